#!/usr/bin/env python3
"""Compares `medidor analyze` with other readers of captures, and prints the tables of docs/performance.md.

Started by scripts/bench. benches/pair.rs makes the files together with their true losses, and every analysis is checked
against those. All figures of a table come from one run. In each round the programs run in turn, because on a busy
machine only ratios within a round are comparable.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# The fields that tshark prints: those that medidor reads, as far as tshark has them.
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "udp.payload"]
# Programs slower than this (seconds) run in every third round only.
SLOW = 2.0


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, keep=False):
    """Runs a command. Returns seconds, peak memory in MiB, and stdout if `keep` is true."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE if keep else subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    out = process.stdout.read() if keep else b""
    _, status, usage = os.wait4(process.pid, 0)
    took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return took, usage.ru_maxrss / 1024, out


class Pair:
    """The files of one exchange."""

    def __init__(self, generator, folder, messages):
        self.folder = folder
        self.messages = messages
        self.truth = json.loads(run([generator, folder, str(messages)], keep=True)[2])["lost"]

    def captures(self, journals=False):
        folder = os.path.join(self.folder, "with-journals") if journals else self.folder
        return [os.path.join(folder, name) for name in ["client.pcap", "server.pcap"]]

    def analysis(self, medidor, journals):
        return [medidor, "--lang", "en", "analyze", "--json", *self.captures(journals)]

    def check(self, medidor):
        """Checks that both analyses find the true losses; without that their speed means nothing."""
        blame = {journals: self.blame(medidor, journals) for journals in [False, True]}
        for segment, count in self.truth.items():
            if blame[True][segment] != count:
                raise SystemExit(f"{segment}: {blame[True][segment]} found, {count} lost")
        # A capture without a journal proves nothing about its last second, so it may find fewer losses.
        network = ["network_forward", "network_return"]
        if any(blame[False][segment] > self.truth[segment] for segment in network):
            raise SystemExit(f"without journals: {blame[False]} found, {self.truth} lost")

    def blame(self, medidor, journals):
        return json.loads(run(self.analysis(medidor, journals), keep=True)[2])["flows"][0]["blame"]


def measure(programs, rounds):
    """Runs programs in turn, in an order that changes. Returns the seconds of each round, and the peak memory."""
    seconds = {name: [] for name in programs}
    memory = dict.fromkeys(programs, 0.0)
    order = list(programs)
    for number in range(rounds):
        for name in order:
            # A program that takes minutes does not need as many rounds.
            if seconds[name] and seconds[name][0] > SLOW and number % 3:
                continue
            took, peak = 0.0, 0.0
            for command in programs[name]:
                once, most, _ = run(command)
                took, peak = took + once, max(peak, most)
            seconds[name].append(took)
            memory[name] = max(memory[name], peak)
            say(f"  round {number + 1}: {name}: {took:.2f} s")
        order = order[1:] + order[:1]
    return seconds, memory


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("|---|" + "--:|" * (len(heads) - 1))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def readers(medidor, pair, rounds):
    """Compares medidor with the other programs, for one capture and for both."""
    one, both = pair.captures()[0], pair.captures()
    fields = [word for field in FIELDS for word in ["-e", field]]
    programs = {
        "`tcpdump -r FILE -w /dev/null`": [["tcpdump", "-r", one, "-w", "/dev/null"]],
        "`capinfos FILE`": [["capinfos", one]],
        "`tcpdump -n -r FILE`": [["tcpdump", "-n", "-r", one]],
        "`tshark -r FILE -T fields`": [["tshark", "-r", one, "-T", "fields", *fields]],
        "`medidor analyze FILE`": [[medidor, "analyze", "--json", "--client", one]],
    }
    join = {
        "`tcpdump -w /dev/null`, each file": [["tcpdump", "-r", file, "-w", "/dev/null"] for file in both],
        "`medidor analyze`, both captures": [pair.analysis(medidor, False)],
        "`medidor analyze`, both captures and journals": [pair.analysis(medidor, True)],
    }
    packets = 2 * pair.messages
    for title, programs, packets in [("One capture", programs, packets), ("Two captures", join, 2 * packets)]:
        say(f"{title}:")
        seconds, memory = measure(programs, rounds)
        base = seconds[next(iter(programs))]
        rows = []
        for name, took in seconds.items():
            ratio = statistics.median(a / b for a, b in zip(took, base))
            median = statistics.median(took)
            rows.append([name, f"{median:.2f}", f"{packets / median / 1e6:.2f}", f"{ratio:.1f}", f"{memory[name]:.0f}"])
        print(f"### {title}\n")
        table(["program", "seconds", "million packets/s", "time, ratio to the first row", "peak memory, MiB"], rows)


def growth(medidor, generator, sizes):
    """Measures how time and memory grow with the number of packets."""
    say("Growth:")
    rows = []
    for messages in sizes:
        with tempfile.TemporaryDirectory() as folder:
            pair = Pair(generator, folder, messages)
            packets = 2 * messages
            cells = [f"{packets:,}"]
            for journals in [False, True]:
                took, peak, _ = min(run(pair.analysis(medidor, journals)) for _ in range(3))
                cells += [f"{took:.2f}", f"{took / packets / 2 * 1e9:.0f}", f"{peak:.0f}"]
                say(f"  {packets} packets, journals {journals}: {took:.2f} s, {peak:.0f} MiB")
            rows.append(cells)
    print("### Growth\n")
    heads = ["packets in each capture", "seconds", "ns per packet", "peak memory, MiB"]
    table([*heads, "with journals: seconds", "ns per packet", "peak memory, MiB"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medidor")
    parser.add_argument("generator")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages of the exchange; each is four packets")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sizes", default="5000,50000,500000,5000000", help="message counts for the table of growth")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average at the start {' '.join(f'{load:.1f}' for load in os.getloadavg())}\n")
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(arguments.generator, folder, arguments.messages)
        pair.check(arguments.medidor)
        readers(arguments.medidor, pair, arguments.rounds)
    growth(arguments.medidor, arguments.generator, [int(size) for size in arguments.sizes.split(",") if size])


if __name__ == "__main__":
    main()
