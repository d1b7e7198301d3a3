#!/usr/bin/env python3
"""Compares medidor with other tools on loopback, and prints the tables of docs/performance.md.

Started by scripts/bench, in a network namespace of its own. All figures of a table come from one run. In each round the
programs run in turn, because on a busy machine only ratios within a round are comparable.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import tempfile
import time

import rtt
from tools import Child, machine, median, say, tcpdump

PORT = 5005
IPERF_PORT = 5201
PAYLOAD = 64
# 64 bytes when the number has six digits.
TEXT = "Mensagem {n} " + "." * (PAYLOAD - len("Mensagem 123456 "))

class Bench:
    def __init__(self, medidor, folder):
        self.medidor = medidor
        self.folder = folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def forget(self):
        for name in os.listdir(self.folder):
            os.remove(self.path(name))

    def server(self, *arguments):
        command = [self.medidor, "--lang", "en", "server", "--json", "--listen", f"127.0.0.1:{PORT}", *arguments]
        server = Child(command, "Ctrl-C ends the server")
        return server

    def client(self, count, *arguments, interval="0s", wait="1s"):
        """Runs a client. Returns its result document, the processor time of its sending thread in seconds, and the
        seconds from the last message to the end."""
        command = [self.medidor, "--lang", "en", "client", "--json", f"127.0.0.1:{PORT}", "--count", str(count)]
        command += ["--batch", "0", "--interval", interval, "--wait", wait, "--message", TEXT, *arguments]
        client = Child(command, "All sent")
        sent = time.monotonic()
        pid = client.process.pid
        with open(f"/proc/{pid}/task/{pid}/schedstat", encoding="ascii") as stat:
            busy = int(stat.read().split()[0]) / 1e9
        out, err = client.process.communicate(timeout=600)
        if client.process.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {err}")
        return json.loads(out), busy, time.monotonic() - sent

    def exchange(self, count, captured=False, answered=True, **options):
        """Sends messages without pacing. Returns messages per second, loss ratio, and processor time per message."""
        self.forget()
        # One reply in a thousand shows the client that the server is running.
        server = self.server("--rate-limit", "0", "--drop", "0" if answered else "99.9")
        files = ["--capture", self.path("client.pcap"), "--journal", self.path("client.jsonl")] if captured else []
        document, busy, _ = self.client(count, *files, **options)
        server.stop()
        flow = document["flows"][0]
        return rate(flow), flow["counts"]["lost"] / flow["counts"]["sent"], busy / count

    def iperf(self, seconds, packets_a_second):
        """Runs iperf3. Returns its sender's packets per second, loss ratio, processor time per packet, and packets."""
        server = Child(["iperf3", "--server", "--port", str(IPERF_PORT)])
        command = ["iperf3", "--client", "127.0.0.1", "--port", str(IPERF_PORT), "--udp", "--length", str(PAYLOAD)]
        command += ["--bitrate", str(packets_a_second * PAYLOAD * 8), "--time", str(seconds), "--json"]
        # The client fails until the server listens.
        for _ in range(50):
            done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
            end = json.loads(done.stdout or "{}").get("end", {})
            if done.returncode == 0 and "sum" in end:
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"iperf3: {done.stdout}")
        # Under load the server does not always notice the end of the test.
        server.process.terminate()
        server.process.communicate(timeout=60)
        total = end.get("sum_sent", end["sum"])
        packets, took = total["packets"], total["seconds"]
        busy = end["cpu_utilization_percent"]["host_total"] / 100 * took / packets
        return packets / took, end["sum"]["lost_percent"] / 100, busy, packets


def rate(flow):
    """Messages per second. All are due at the start, so the largest send delay is the duration of the sending."""
    return flow["counts"]["sent"] / flow["timing"]["lateness"]["max_ns"] * 1e9


def capture_end(journal):
    """The capture's final counters, from the journal's last line, and the number of records that the journal lost."""
    lost = 0
    end = None
    with open(journal, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"e":"gap"'):
                lost += json.loads(line)["lost"]
            end = line
    return json.loads(end)["capture"], lost


def tcpdump_counts(said):
    found = {name: re.search(rf"(\d+) packets {name}", said) for name in ("captured", "received by filter", "dropped by kernel")}
    return {name: int(match.group(1)) for name, match in found.items()}


def throughput(bench, rounds, seconds, count):
    programs = {
        "iperf3": lambda: bench.iperf(seconds, 0),
        "medidor, one way (not answered)": lambda: bench.exchange(count, answered=False),
        "medidor, answered": lambda: bench.exchange(count),
        "medidor, answered, capture and journal": lambda: bench.exchange(count, captured=True),
    }
    rows = {name: [] for name in programs}
    for number in range(rounds):
        say(f"throughput, round {number + 1} of {rounds}")
        runs = list(programs.items())
        turn = number % len(runs)
        for name, run in runs[turn:] + runs[:turn]:
            rows[name].append(run())
    print("| sender | messages/s | ratio to iperf3, by round | median | CPU per message | ratio to iperf3 | lost |")
    print("|---|--:|---|--:|--:|--:|--:|")
    for name, values in rows.items():
        ratios = [value[0] / other[0] for value, other in zip(values, rows["iperf3"])]
        each = " ".join(f"{ratio:.2f}" for ratio in ratios) if name != "iperf3" else ""
        # The server withholds these replies on purpose (--drop), so they are not losses.
        lost = "" if "not answered" in name else f"{median([value[1] for value in values]):.1%}"
        busy = median([value[2] for value in values])
        dearer = median([value[2] / other[2] for value, other in zip(values, rows["iperf3"])])
        print(
            f"| {name} | {median([value[0] for value in values]):,.0f} | {each} | {median(ratios):.2f} |"
            f" {busy * 1e6:.2f} µs | {dearer:.2f} | {lost} |"
        )
    print()


def captures(bench, rounds, seconds, rates):
    """Compares medidor's capture with tcpdump's, both of the same one-way traffic of iperf3."""
    print("| requested, packets/s | sent, packets/s | packets | medidor: captured | dropped | tcpdump: captured | dropped |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for asked in rates:
        for number in range(rounds):
            say(f"capture at {asked or 'any'} packets/s, round {number + 1} of {rounds}")
            bench.forget()
            filter_text = f"udp port {IPERF_PORT}"
            capture = bench.path("ours.pcap")
            ours = bench.server("--capture", capture, "--interface", "lo", "--filter", filter_text)
            theirs = tcpdump(IPERF_PORT, bench.path("theirs.pcap"))
            sent, _, _, packets = bench.iperf(seconds, asked)
            # Without a delay tcpdump would not write the packets that are still in the kernel.
            time.sleep(1)
            counts = tcpdump_counts(theirs.stop()[1])
            ours.stop()
            end, _ = capture_end(bench.path("ours.journal.jsonl"))
            print(
                f"| {f'{asked:,}' if asked else 'unpaced'} | {sent:,.0f} | {packets:,} | {end['written']:,} |"
                f" {end['dropped']:,} | {counts['captured']:,} | {counts['dropped by kernel']:,} |",
                flush=True,
            )
    print()


def exchanges(bench, seconds, rates):
    """Runs client and server with captures at the requested message rates, together with tcpdump."""
    print("| requested, messages/s | sent, messages/s | lost | client's capture: packets | dropped | server's: packets | dropped | tcpdump: packets | dropped | journal records lost |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for asked in rates:
        say(f"exchange at {asked or 'any'} messages/s")
        bench.forget()
        server = bench.server("--rate-limit", "0", "--capture", bench.path("server.pcap"))
        theirs = tcpdump(PORT, bench.path("theirs.pcap"))
        count = seconds * (asked or 100_000)
        interval = f"{1_000_000_000 // asked}ns" if asked else "0s"
        document, _, _ = bench.client(count, "--capture", bench.path("client.pcap"), interval=interval)
        counts = tcpdump_counts(theirs.stop()[1])
        server.stop()
        flow = document["flows"][0]
        schedule = count / asked * 1e9 if asked else 0
        took = schedule + flow["timing"]["lateness"]["max_ns"]
        client_end, client_lost = capture_end(bench.path("client.journal.jsonl"))
        server_end, server_lost = capture_end(bench.path("server.journal.jsonl"))
        print(
            f"| {f'{asked:,}' if asked else 'unpaced'} | {count / took * 1e9:,.0f} | {flow['counts']['lost'] / count:.2%} |"
            f" {client_end['written']:,} | {client_end['dropped']:,} | {server_end['written']:,} | {server_end['dropped']:,} |"
            f" {counts['captured']:,} | {counts['dropped by kernel']:,} | {client_lost + server_lost} |",
            flush=True,
        )
    print()


def large(bench, count):
    say(f"one run of {count:,} messages")
    bench.forget()
    server = bench.server("--rate-limit", "0")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    document, _, after = bench.client(count, "--capture", bench.path("client.pcap"), wait="2s")
    # The maximum over all children so far. It is this client's if it has increased.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    server.stop()
    end, lost = capture_end(bench.path("client.journal.jsonl"))
    flow = document["flows"][0]
    print("| messages | messages/s | lost | captured | dropped | journal records lost | time from timeout to result | peak memory |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|")
    memory = f"{peak / 1024:,.0f} MiB" if peak > before else f"at most {peak / 1024:,.0f} MiB"
    print(
        f"| {count:,} | {rate(flow):,.0f} | {flow['counts']['lost'] / count:.2%} | {end['written']:,} | {end['dropped']:,} |"
        f" {lost} | {after - 2:.1f} s | {memory} |"
    )
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medidor")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="duration of traffic in each run")
    parser.add_argument("--count", type=int, default=200_000, help="messages in each unpaced run")
    parser.add_argument("--large", type=int, default=1_000_000, help="messages in the large run")
    parser.add_argument("--probes", type=int, default=10_000, help="probes in each measurement of round-trip times")
    parser.add_argument("--only", choices=["throughput", "capture", "exchange", "large", "rtt"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.medidor, folder)
        machine(("iperf3", "--version"), ("tcpdump", "--version"), ("irtt", "version"), ("ping", "-V"), ("sockperf", "--version"))
        wanted = lambda name: options.only in (None, name)
        if wanted("throughput"):
            throughput(bench, options.rounds, options.seconds, options.count)
        if wanted("capture"):
            captures(bench, min(options.rounds, 3), options.seconds, [10_000, 50_000, 100_000, 200_000, 0])
        if wanted("exchange"):
            exchanges(bench, options.seconds, [10_000, 25_000, 50_000, 100_000, 0])
        if wanted("large"):
            large(bench, options.large)
        if wanted("rtt"):
            rtt.table(bench, min(options.rounds, 3), options.probes)


if __name__ == "__main__":
    main()
