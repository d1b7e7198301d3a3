#!/usr/bin/env python3
"""Measures `medidor analisar` beside the programs that read captures, and prints the tables of docs/performance.md.

Started by scripts/bench. The files come from benches/pair.rs, with a truth that every analysis is held against. All
figures of a table come from one run, in rounds that put the programs next to each other in turn: on a busy machine only
ratios within a round mean anything.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# What each peer is asked: the same fields, or as near as it comes.
FIELDS = ["frame.number", "frame.time_epoch", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "udp.payload"]
# Readers that are so slow that one round says enough.
SLOW = 2.0


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(command, keep=False):
    """Runs a command: (seconds, peak memory in MiB, stdout where it is to be kept)."""
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
        """Both analyses must say what was really lost where, or their speed is worth nothing."""
        blame = {journals: self.blame(medidor, journals) for journals in [False, True]}
        for segment, count in self.truth.items():
            if blame[True][segment] != count:
                raise SystemExit(f"{segment}: {blame[True][segment]} found, {count} lost")
        # A capture by itself says nothing of its last second.
        network = ["network_forward", "network_return"]
        if any(blame[False][segment] > self.truth[segment] for segment in network):
            raise SystemExit(f"without journals: {blame[False]} found, {self.truth} lost")

    def blame(self, medidor, journals):
        return json.loads(run(self.analysis(medidor, journals), keep=True)[2])["flows"][0]["blame"]


def measure(programs, rounds):
    """Runs programs in turn, in an order that changes: the seconds of each round, and the most memory."""
    seconds = {name: [] for name in programs}
    memory = dict.fromkeys(programs, 0.0)
    order = list(programs)
    for number in range(rounds):
        for name in order:
            # A reader that takes minutes need not be timed to the hundredth.
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
    """medidor beside its peers, over one capture and over both."""
    one, both = pair.captures()[0], pair.captures()
    fields = [word for field in FIELDS for word in ["-e", field]]
    programs = {
        "`tcpdump -r FILE -w /dev/null`": [["tcpdump", "-r", one, "-w", "/dev/null"]],
        "`capinfos FILE`": [["capinfos", one]],
        "`tcpdump -n -r FILE`": [["tcpdump", "-n", "-r", one]],
        "`tshark -r FILE -T fields`": [["tshark", "-r", one, "-T", "fields", *fields]],
        "`medidor analisar FILE`": [[medidor, "analyze", "--json", "--client", one]],
    }
    join = {
        "`tcpdump -w /dev/null`, each file": [["tcpdump", "-r", file, "-w", "/dev/null"] for file in both],
        "`medidor analisar`, both captures": [pair.analysis(medidor, False)],
        "`medidor analisar`, and both journals": [pair.analysis(medidor, True)],
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
        table(["program", "seconds", "million packets a second", "of the first's time", "peak memory, MiB"], rows)


def growth(medidor, generator, sizes):
    """How time and memory grow with the number of packets."""
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
    heads = ["packets in each capture", "seconds", "ns a packet", "peak memory, MiB"]
    table([*heads, "with journals: seconds", "ns a packet", "peak memory, MiB"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medidor")
    parser.add_argument("generator")
    parser.add_argument("--messages", type=int, default=1_000_000, help="messages of the exchange, each four packets")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--sizes", default="5000,50000,500000,5000000", help="messages, for the table of growth")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load average at the start {' '.join(f'{load:.1f}' for load in os.getloadavg())}\n")
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(arguments.generator, folder, arguments.messages)
        pair.check(arguments.medidor)
        readers(arguments.medidor, pair, arguments.rounds)
    growth(arguments.medidor, arguments.generator, [int(size) for size in arguments.sizes.split(",") if size])


if __name__ == "__main__":
    main()
