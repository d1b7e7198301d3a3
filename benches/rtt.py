"""Compares the round-trip times that programs report with those on the wire of the same packets.

Started by benches/fast.py. While each program sends its probes, tcpdump records the time of each probe and reply on
loopback, in nanoseconds. The round-trip time reported for a probe is compared with the frames of the same probe.
"""

import json
import os
import re
import socket
import statistics
import struct
import subprocess
import time

from tools import Child, median, say, tcpdump

PORT = 5005
IRTT_PORT = 2112
SOCKPERF_PORT = 11111
PAYLOAD = 64
# The magic number of irtt's packets, and the flag of its replies.
IRTT_MAGIC = b"\x14\xa7\x5b"
IRTT_REPLY = 2


def frames(file):
    """Yields time in ns, protocol, source port, destination port and payload of each frame in a capture of loopback."""
    data = open(file, "rb").read()
    if struct.unpack("<I", data[:4])[0] != 0xA1B23C4D:
        raise SystemExit("tcpdump writes no nanoseconds here")
    at = 24
    while at + 16 <= len(data):
        seconds, ns, kept, _ = struct.unpack("<IIII", data[at : at + 16])
        frame = data[at + 16 : at + 16 + kept]
        at += 16 + kept
        if frame[12:14] != b"\x08\x00":
            continue
        protocol, body = frame[23], frame[14 + (frame[14] & 15) * 4 :]
        ports = struct.unpack(">HH", body[:4]) if protocol == 17 else (0, 0)
        yield seconds * 1_000_000_000 + ns, protocol, *ports, body[8:] if protocol == 17 else body


def round_trips(file, key):
    """Round-trip time on the wire and time of the request, both in ns, by probe. `key` returns a frame's probe and
    whether it is a reply."""
    requests, replies = {}, {}
    for when, *frame in frames(file):
        name, is_reply = key(*frame) or (None, False)
        if name is not None:
            (replies if is_reply else requests).setdefault(name, when)
    return {name: (replies[name] - sent, sent) for name, sent in requests.items() if name in replies}


def of_text(protocol, source, destination, payload):
    number = re.search(rb"\d+", payload)
    if protocol == 17 and PORT in (source, destination) and number:
        return int(number.group()), source == PORT
    return None


def of_irtt(protocol, source, destination, payload):
    if protocol == 17 and IRTT_PORT in (source, destination) and payload[:3] == IRTT_MAGIC and not payload[3] & 5:
        return struct.unpack("<I", payload[12:16])[0], bool(payload[3] & IRTT_REPLY)
    return None


def of_sockperf(protocol, source, destination, payload):
    if protocol == 17 and SOCKPERF_PORT in (source, destination):
        return struct.unpack(">Q", payload[:8])[0], source == SOCKPERF_PORT
    return None


def of_icmp(protocol, _source, _destination, payload):
    if protocol == 1 and payload[0] in (0, 8):
        return struct.unpack(">H", payload[6:8])[0], payload[0] == 0
    return None


class Probes:
    """One round of each program: `count` probes, one per millisecond."""

    def __init__(self, bench, count):
        self.bench = bench
        self.count = count

    def watched(self, name, key, run):
        """Compares the round-trip times of `run` with the wire, by probe. Returns errors and the wire's round-trip times
        in ns."""
        self.bench.forget()
        file = self.bench.path("wire.pcap")
        witness = tcpdump(None, file, "--time-stamp-precision=nano")
        told = run()
        # Without a delay tcpdump would not write the packets that are still in the kernel.
        time.sleep(1)
        witness.stop()
        on_wire = round_trips(file, key)
        held = {}
        for row, rtts in told(on_wire).items():
            pairs = [(rtt - on_wire[probe][0], on_wire[probe][0]) for probe, rtt in rtts.items() if probe in on_wire]
            if len(pairs) < self.count * 0.9:
                say(f"{name}: {len(pairs)} of {self.count} probes could be compared with the wire")
            held[row] = pairs
        return held

    def medidor(self):
        def run():
            server = self.bench.server("--reply", "upper", "--rate-limit", "0")
            command = [self.bench.medidor, "--lang", "en", "ping", "--json", f"127.0.0.1:{PORT}", "--interval", "1ms"]
            command += ["--count", str(self.count), "--size", str(PAYLOAD), "--capture", self.bench.path("own.pcap")]
            done = subprocess.run(command, capture_output=True, text=True, timeout=600)
            server.stop()
            if done.returncode:
                raise SystemExit(f"{' '.join(command)}: {done.stderr}")
            delay = json.loads(done.stdout)["flows"][0]["delay"]
            self.own = [delay[error]["median_ns"] for error in ("application_error", "kernel_error")]
            return self.bench.path("own.journal.jsonl")

        def told(journal):
            application, kernel = {}, {}
            sent, departed = {}, {}
            arrived = {}
            for line in open(journal, encoding="utf-8"):
                record = json.loads(line)
                kind, number = record["e"], record.get("n")
                if kind == "sent":
                    sent[number] = record["m"]
                elif kind == "tx_timestamp":
                    departed[number] = record["k"]
                elif kind == "received":
                    application.setdefault(number, record["m"] - sent[number])
                    arrived.setdefault(number, record.get("k"))
            for number, when in arrived.items():
                if when is not None and number in departed:
                    kernel[number] = when - departed[number]
            return {"medidor, kernel timestamps": kernel, "medidor, application": application}

        def later():
            journal = run()
            return lambda _: told(journal)

        return self.watched("medidor", of_text, later)

    def irtt(self):
        def run():
            server = subprocess.Popen(["irtt", "server", "-b", "127.0.0.1", "-i", "0"], stdout=subprocess.DEVNULL)
            time.sleep(0.5)
            file = self.bench.path("irtt.json")
            command = ["irtt", "client", "-i", "1ms", "-d", f"{self.count}ms", "-l", str(PAYLOAD), "-Q", "-o", file]
            subprocess.run([*command, "127.0.0.1"], check=True, stdout=subprocess.DEVNULL, timeout=600)
            server.terminate()
            server.wait()
            trips = [trip for trip in json.load(open(file, encoding="utf-8"))["round_trips"] if trip["lost"] == "false"]
            # irtt's own figure excludes the server's processing time, but the wire's includes it.
            at = lambda trip, way: trip["timestamps"]["client"][way]["monotonic"]
            rtts = {trip["seqno"]: at(trip, "receive") - at(trip, "send") for trip in trips}
            return lambda _: {"irtt": rtts}

        return self.watched("irtt", of_irtt, run)

    def ping(self):
        def run():
            command = ["ping", "-n", "-i", "0.001", "-c", str(self.count), "-s", str(PAYLOAD), "127.0.0.1"]
            said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=600).stdout
            lines = re.findall(r"icmp_seq=(\d+) .*time=([\d.]+) ms", said)
            rtts = {int(number): float(ms) * 1e6 for number, ms in lines}
            return lambda _: {"ping": rtts}

        return self.watched("ping", of_icmp, run)

    def sockperf(self):
        def run():
            command = ["sockperf", "server", "-i", "127.0.0.1", "-p", str(SOCKPERF_PORT)]
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.5)
            file = self.bench.path("sockperf.csv")
            # sockperf reports nothing about the first 400 ms and the last 50 ms, so it runs one second longer.
            command = ["sockperf", "ping-pong", "-i", "127.0.0.1", "-p", str(SOCKPERF_PORT), "--mps=1000"]
            command += ["-t", str(self.count // 1000 + 1), "-m", str(PAYLOAD), "--full-rtt", "--full-log", file]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=600)
            server.terminate()
            server.wait()
            rows = [re.fullmatch(r"\d+, ([\d.]+), ([\d.]+), [\d.]+", line.strip()) for line in open(file, encoding="utf-8")]
            rows = [(float(row.group(1)) * 1e9, float(row.group(2)) * 1e9) for row in rows if row]
            return lambda on_wire: {"sockperf": numbered(rows, on_wire)}

        return self.watched("sockperf", of_sockperf, run)

    def python(self):
        def run():
            server = self.bench.server("--reply", "upper", "--rate-limit", "0")
            probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            probe.settimeout(1)
            rtts = {}
            due = time.perf_counter()
            for number in range(1, self.count + 1):
                time.sleep(max(0, due - time.perf_counter()))
                due = max(due + 0.001, time.perf_counter())
                text = f"Ping {number} ".encode().ljust(PAYLOAD, b".")
                before = time.perf_counter_ns()
                probe.sendto(text, ("127.0.0.1", PORT))
                try:
                    probe.recv(2048)
                except TimeoutError:
                    continue
                rtts[number] = time.perf_counter_ns() - before
            server.stop()
            return lambda _: {"a loop in Python": rtts}

        return self.watched("Python", of_text, run)


def numbered(rows, on_wire):
    """Finds the probe numbers of sockperf's log, which has no numbers and its own clock. Its rows are consecutive, so
    the first row gets the number at which the send times fit those on the wire best."""
    requests = sorted(on_wire)
    times = [on_wire[number][1] for number in requests]
    sample = range(0, len(rows), max(1, len(rows) // 500))

    def misfit(first):
        gaps = [times[first + index] - rows[index][0] for index in sample]
        middle = median(gaps)
        return median([abs(gap - middle) for gap in gaps])

    first = min(range(len(times) - len(rows) + 1), key=misfit)
    return {requests[first + index]: received - sent for index, (sent, received) in enumerate(rows)}


def table(bench, rounds, count):
    probes = Probes(bench, count)
    programs = [probes.medidor, probes.irtt, probes.ping, probes.sockperf, probes.python]
    found, own = {}, []
    for number in range(rounds):
        say(f"round-trip times, round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}")
        turn = number % len(programs)
        for run in programs[turn:] + programs[:turn]:
            for row, pairs in run().items():
                found.setdefault(row, []).append(pairs)
            if run == probes.medidor:
                own.append(probes.own)
    print("| program | probes | RTT on the wire | error of its RTT, median by round | median | 95th percentile |")
    print("|---|--:|--:|---|--:|--:|")
    median_error = lambda pairs: median([error for error, _ in pairs])
    percentile = lambda pairs: statistics.quantiles([error for error, _ in pairs], n=20)[-1]
    for row, of_rounds in sorted(found.items(), key=lambda item: median([median_error(pairs) for pairs in item[1]])):
        medians = [median_error(pairs) for pairs in of_rounds]
        wire = median([median([wire for _, wire in pairs]) for pairs in of_rounds])
        tail = median([percentile(pairs) for pairs in of_rounds])
        each = " ".join(f"{value / 1e3:.2f}" for value in medians)
        print(
            f"| {row} | {sum(len(pairs) for pairs in of_rounds):,} | {wire / 1e3:.1f} µs | {each} |"
            f" {median(medians) / 1e3:.2f} µs | {tail / 1e3:.1f} µs |"
        )
    told = [" ".join(f"{round_own[index] / 1e3:.2f}" for round_own in own) for index in (0, 1)]
    print()
    print(f"medidor's own estimate of its error, by round: application {told[0]} µs, kernel timestamps {told[1]} µs.")
    print()
