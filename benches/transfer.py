#!/usr/bin/env python3
"""Compares file transfers with iperf3 on loopback, and prints the table of docs/performance.md.

Started by scripts/bench, in a network namespace of its own. All figures of the table come from one run. In each round the
programs run in turn, because on a busy machine only ratios within a round are comparable.

medidor writes the received data to files and verifies their SHA-256; the time of the verification is not included.
iperf3 discards the received data.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time

from tools import Child, machine, median, say

PORT = 5005
IPERF_PORT = 5201
BLOCK = 1024


class Bench:
    def __init__(self, medidor, folder, size):
        self.medidor = medidor
        self.folder = folder
        self.size = size
        self.file = os.path.join(folder, "file.bin")
        with open(self.file, "wb") as file:
            left = size
            while left:
                piece = os.urandom(min(left, 1 << 20))
                file.write(piece)
                left -= len(piece)

    def transfer(self, mode, clients):
        """Sends the file to `clients` receivers. Returns MB/s to all together, MB/s to the slowest, the loss ratio, and the
        number of whole files."""
        command = [self.medidor, "--lang", "en", "send", self.file, "--json", "--mode", mode, "--block", str(BLOCK)]
        command += ["--clients", str(clients), "--listen", f"127.0.0.1:{PORT}"]
        sender = Child(command, str(PORT))
        folders = [os.path.join(self.folder, f"{number}") for number in range(clients)]
        receivers = []
        for folder in folders:
            os.mkdir(folder)
            command = [self.medidor, "--lang", "en", "receive", f"127.0.0.1:{PORT}", "--output", folder, "--json"]
            receivers.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        out, err = sender.process.communicate(timeout=600)
        for receiver in receivers:
            receiver.wait(timeout=600)
        for folder in folders:
            shutil.rmtree(folder)
        if sender.process.returncode not in (0, 1):
            raise SystemExit(f"medidor send: {err}")
        transfers = json.loads(out)["transfers"]
        rates = [transfer["bytes_received"] / transfer["took_ns"] * 1e3 for transfer in transfers]
        received = sum(transfer["bytes_received"] for transfer in transfers)
        longest = max(transfer["took_ns"] for transfer in transfers)
        lost = 1 - received / (self.size * clients)
        return received / longest * 1e3, min(rates), lost, sum(transfer["complete"] for transfer in transfers)

    def iperf(self, *arguments):
        """Runs iperf3. Returns MB/s received (twice), the loss ratio, and None, in the order of `transfer`."""
        server = Child(["iperf3", "--server", "--port", str(IPERF_PORT)])
        command = ["iperf3", "--client", "127.0.0.1", "--port", str(IPERF_PORT), "--json", *arguments]
        # The client fails until the server listens.
        for _ in range(50):
            done = subprocess.run(command, capture_output=True, text=True, timeout=120)
            end = json.loads(done.stdout or "{}").get("end", {})
            if done.returncode == 0 and "streams" in end:
                break
            time.sleep(0.1)
        else:
            raise SystemExit(f"iperf3: {done.stdout}")
        server.process.terminate()
        server.process.communicate(timeout=60)
        if "udp" in end["streams"][0]:
            stream = end["streams"][0]["udp"]
            lost = stream["lost_percent"] / 100
            rate = stream["bytes"] * (1 - lost) / stream["seconds"] / 1e6
            return rate, rate, lost, None
        rate = end["sum_received"]["bits_per_second"] / 8e6
        return rate, rate, 0.0, None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medidor")
    parser.add_argument("--size", type=int, default=250_000_000, help="size of the file in bytes")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--clients", default="1,5,10", help="numbers of receivers, one test for each")
    parser.add_argument("--folder", help="folder for the files, on a fast disk")
    arguments = parser.parse_args()
    machine(["iperf3", "--version"])
    counts = [int(count) for count in arguments.clients.split(",")]
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        bench = Bench(arguments.medidor, folder, arguments.size)
        size = str(arguments.size)
        udp, tcp = f"iperf3 -u -l {BLOCK} -b 0 -w 4M", "iperf3, TCP"
        programs = {
            udp: lambda: bench.iperf("-u", "-l", str(BLOCK), "-b", "0", "-w", "4M", "-n", size),
            tcp: lambda: bench.iperf("-n", size),
        }
        peers = {udp: udp, tcp: tcp}
        for mode, peer in [("udp", udp), ("quic", tcp), ("tcp", tcp)]:
            for count in counts:
                name = f"medidor, {mode}, {count} receiver{'s' if count > 1 else ''}"
                programs[name] = lambda mode=mode, count=count: bench.transfer(mode, count)
                peers[name] = peer
        table(measure(programs, arguments.rounds), peers)


def measure(programs, rounds):
    """Runs programs in turn, in an order that changes. Returns the results of each round."""
    results = {name: [] for name in programs}
    order = list(programs)
    for number in range(rounds):
        for name in order:
            result = programs[name]()
            results[name].append(result)
            say(f"  round {number + 1}: {name}: {result[0]:.0f} MB/s, {result[2]:.2%} lost")
        order = order[1:] + order[:1]
    return results


def table(results, peers):
    print("| program | MB/s to all | to the slowest | ratio to iperf3, by round | median | lost | whole files |")
    print("|---|--:|--:|---|--:|--:|--:|")
    for name, rounds in results.items():
        base = results[peers[name]]
        ratios = [own[0] / peer[0] for own, peer in zip(rounds, base)]
        by_round = "" if peers[name] == name else " ".join(f"{ratio:.2f}" for ratio in ratios)
        lost = median(result[2] for result in rounds)
        whole = "" if rounds[0][3] is None else str(sum(result[3] for result in rounds))
        cells = [name, f"{median(result[0] for result in rounds):,.0f}", f"{median(result[1] for result in rounds):,.0f}"]
        cells += [by_round, f"{median(ratios):.2f}", f"{lost:.1%}" if lost else "0", whole]
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
