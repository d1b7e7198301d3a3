"""The textbook's ping server. It returns each text in upper case and drops some of them.

usage: ping_server.py PORT NUMBERS     NUMBERS: which texts to drop, e.g. 3,7; 0 drops none
       ping_server.py PORT pong        returns the word "pong" instead and drops the third text
"""
import socket
import sys

port, how = int(sys.argv[1]), sys.argv[2]
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", port))
print(f"listening on {sock.getsockname()[1]}", flush=True)
dropped = {3} if how == "pong" else {int(number) for number in how.split(",")}
count = 0
while True:
    message, address = sock.recvfrom(1024)
    count += 1
    if count in dropped:
        continue
    sock.sendto(b"pong" if how == "pong" else message.upper(), address)
