"""A simple chat server, as a student might write it. Each recv() is one message, forwarded without a line ending.

usage: chat_server.py tcp|udp PORT
"""
import socket
import sys
import threading

kind, port = sys.argv[1], int(sys.argv[2])
members = []


def name(address):
    return f"{address[0]}:{address[1]}"


def serve(connection, address):
    while True:
        data = connection.recv(1024)
        text = data.decode("utf-8", "replace")
        print(f"{name(address)} said {text!r}", flush=True)
        if not data or text.strip() == "/sair":
            break
        for other in members:
            if other is not connection:
                other.send(f"{name(address)} disse: {text}".encode())
    members.remove(connection)
    connection.close()


if kind == "tcp":
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    listening.listen()
    print(f"listening on {listening.getsockname()[1]}", flush=True)
    while True:
        connection, address = listening.accept()
        members.append(connection)
        threading.Thread(target=serve, args=(connection, address), daemon=True).start()
else:
    chat = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    chat.bind(("127.0.0.1", port))
    print(f"listening on {chat.getsockname()[1]}", flush=True)
    while True:
        data, address = chat.recvfrom(1024)
        text = data.decode("utf-8", "replace")
        print(f"{name(address)} said {text!r}", flush=True)
        if text.strip() == "ping":
            chat.sendto(b"ping", address)
            continue
        if address not in members:
            members.append(address)
        if text.strip() == "/sair":
            members.remove(address)
            continue
        for other in members:
            if other != address:
                chat.sendto(f"{name(address)} disse: {text}".encode(), other)
