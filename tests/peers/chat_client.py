"""A simple chat client, as a student might write it. It sends each typed line unchanged, without a line ending.

usage: chat_client.py tcp|udp HOST PORT
"""
import socket
import sys
import threading

kind, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
if kind == "tcp":
    chat = socket.create_connection((host, port))
    print("joined", flush=True)
else:
    chat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    chat.sendto("Novo participante no chat.".encode(), (host, port))


def listen():
    while True:
        try:
            data = chat.recv(1024) if kind == "tcp" else chat.recvfrom(1024)[0]
        except OSError:
            break
        if not data and kind == "tcp":
            break
        print("got " + data.decode("utf-8", "replace").replace("\n", "|"), flush=True)
    print("over", flush=True)


threading.Thread(target=listen, daemon=kind == "udp").start()
for line in sys.stdin:
    text = line.rstrip("\n").encode()
    if kind == "tcp":
        chat.send(text)
    else:
        chat.sendto(text, (host, port))
if kind == "tcp":
    chat.send(b"/sair")
    chat.shutdown(socket.SHUT_WR)
else:
    chat.sendto(b"/sair", (host, port))
