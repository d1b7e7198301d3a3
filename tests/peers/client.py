"""A simple client, as a student might write it. It greets with number 0, then sends "N - oi" and counts replies.

usage: client.py HOST PORT COUNT
"""
import re
import socket
import sys

host, port, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1.0)
texts = ["0-conexão"] + [f"{n} - oi" for n in range(1, count + 1)]
answered = 0
for number, text in enumerate(texts):
    sock.sendto(text.encode(), (host, port))
    try:
        reply = sock.recv(2048).decode()
    except socket.timeout:
        print(f"{number}: nothing", flush=True)
        continue
    found = re.fullmatch(r"ACK (\d+)", reply)
    assert found and int(found.group(1)) == number, f"{text!r} was answered {reply!r}"
    answered += 1
print(f"answered {answered} of {len(texts)}", flush=True)
