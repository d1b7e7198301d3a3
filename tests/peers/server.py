"""A simple server, as a student might write it. It sends "ack: N" from a second port to one fixed address.

usage: server.py LISTEN_PORT REPLY_PORT FIXED_HOST FIXED_PORT
"""
import re
import socket
import sys

listen_port, reply_port, fixed_host, fixed_port = sys.argv[1:5]
listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listening.bind(("0.0.0.0", int(listen_port)))
answering = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
answering.bind(("0.0.0.0", int(reply_port)))
print("listening", flush=True)
while True:
    text, sender = listening.recvfrom(2048)
    number = re.search(rb"\d+", text)
    if number is None:
        continue
    print(f"{sender[0]} {text.decode()}", flush=True)
    answering.sendto(b"ack: " + number.group(), (fixed_host, int(fixed_port)))
