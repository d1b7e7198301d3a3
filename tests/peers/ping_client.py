"""The textbook's UDP ping client: ten pings, each with a timeout of one second.

usage: ping_client.py HOST PORT
"""
import socket
import sys
import time

host, port = sys.argv[1], int(sys.argv[2])
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(1)
for number in range(1, 11):
    start = time.time()
    sock.sendto(f"Ping {number} {start}".encode(), (host, port))
    try:
        reply, _ = sock.recvfrom(1024)
        print(f"{reply.decode()} RTT {time.time() - start:.6f}", flush=True)
    except socket.timeout:
        print("Request timed out", flush=True)
