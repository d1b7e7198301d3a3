"""Code shared by the benches: child processes, tcpdump, and a description of the machine."""

import os
import platform
import re
import signal
import statistics
import subprocess
import sys

# Ring buffer of medidor's captures, used for tcpdump too, in KiB.
RING = 65536


def say(text):
    print(text, file=sys.stderr, flush=True)


class Child:
    """A child process. Reads its stderr until a line contains `ready`."""

    def __init__(self, command, ready=None, **options):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        self.said = []
        while ready:
            line = self.process.stderr.readline()
            if not line:
                raise SystemExit(f"{' '.join(command)} ended: {''.join(self.said)}")
            self.said.append(line)
            if ready in line:
                break

    def stop(self):
        """Sends SIGINT and waits. Returns stdout and stderr."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=120)
        return out, "".join(self.said) + err


def tcpdump(port, file, *options):
    """Starts tcpdump on loopback, for one UDP port or, without a port, for all packets."""
    command = ["tcpdump", "-Z", "root", "-n", "-i", "lo", "-B", str(RING), *options, "-w", file]
    return Child(command + (["udp", "port", str(port)] if port else []), "listening on")


def median(values):
    return statistics.median(values)


def machine(*tools):
    model = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo", encoding="utf-8").read())
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} cores ({model.group(1) if model else platform.machine()}), Linux {platform.release()},", end=" ")
    print(f"load average at the start {load}; {'; '.join(version(*tool) for tool in tools)}")
    print()


def version(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip().split("\n")[0].split(" (")[0]
