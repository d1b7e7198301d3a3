#!/usr/bin/env python3
"""Compares the cost of medidor's monitor with fping: same targets, interval and timeout, at the same time.

usage: monitor.py MEDIDOR [--minutes N] [--targets N] [--interval SECONDS ...]

Each target is a separate loopback address: a medidor server replies to the monitor, and the kernel replies to fping.
Prints a table with the CPU time, peak memory and wake-ups of each program.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time

from tools import Child, machine, say

PORT = 12345
TICKS = os.sysconf("SC_CLK_TCK")


def used(pid):
    """CPU time in ms, peak resident memory in MB, and voluntary context switches of all threads."""
    fields = open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
    status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status", encoding="utf-8") if ":" in line)
    switches = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        for line in open(f"/proc/{pid}/task/{thread}/status", encoding="utf-8"):
            if line.startswith("voluntary_ctxt_switches"):
                switches += int(line.split(":")[1])
    # schedstat is more precise than the clock ticks of user and system time.
    exact = sum(
        int(open(f"/proc/{pid}/task/{thread}/schedstat", encoding="utf-8").read().split()[0])
        for thread in os.listdir(f"/proc/{pid}/task")
    )
    ticks = (int(fields[11]) + int(fields[12])) * 1000 / TICKS
    return exact / 1e6 or ticks, int(status["VmHWM"].split()[0]) / 1024, switches


def watchers(medidor, folder, targets, interval):
    """Starts the programs. Returns their processes by name."""
    config = os.path.join(folder, f"{interval}.toml")
    with open(config, "w", encoding="utf-8") as file:
        for target in targets:
            file.write(f'[[target]]\nhost = "{target}:{PORT}"\ninterval = "{int(interval * 1000)}ms"\ntimeout = "2s"\n')
    monitor = [medidor, "--lang", "en", "monitor", "--config", config]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    log = os.path.join(folder, f"{interval}.csv")
    return {
        "medidor monitor": subprocess.Popen(monitor, **quiet),
        "medidor monitor, --capture, --log": subprocess.Popen(
            monitor + ["--capture", folder, "--log", log], **quiet
        ),
        "fping -l": subprocess.Popen(["fping", "-l", "-p", str(int(interval * 1000)), "-t", "2000", *targets], **quiet),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("medidor")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--targets", type=int, default=5)
    parser.add_argument("--interval", type=float, nargs="+", default=[10, 1])
    args = parser.parse_args()
    targets = [f"127.0.0.{number}" for number in range(1, args.targets + 1)]
    with tempfile.TemporaryDirectory() as folder:
        serve = ["--lang", "en", "server", "--reply", "pong", "--listen"]
        servers = [Child([args.medidor, *serve, f"{target}:{PORT}"], "Server listening") for target in targets]
        running = {interval: watchers(args.medidor, folder, targets, interval) for interval in args.interval}
        machine([args.medidor, "--version"], ["fping", "--version"])
        say(f"watching for {args.minutes:g} minutes")
        time.sleep(args.minutes * 60)
        print(f"| program, {len(targets)} targets, {args.minutes:g} minutes | interval | CPU time | memory | wake-ups |")
        print("|---|--:|--:|--:|--:|")
        for interval, programs in running.items():
            for name, process in programs.items():
                if process.poll() is not None:
                    raise SystemExit(f"{name} ended")
                milliseconds, megabytes, switches = used(process.pid)
                print(f"| {name} | {interval:g} s | {milliseconds:,.0f} ms | {megabytes:.1f} MB | {switches:,} |")
                process.send_signal(signal.SIGINT)
                process.wait(60)
        for server in servers:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
