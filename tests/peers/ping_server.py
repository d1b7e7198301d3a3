"""The textbook's ping server: sends each text back in upper case, but leaves some unanswered.

usage: ping_server.py PORT NUMBERS     NUMBERS are those of the texts to drop, as 3,7; 0 drops none
       ping_server.py PORT pong        answers the bare word instead, to all but the third
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
