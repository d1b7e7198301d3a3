"""A simple file receiver, as a student might write it. It stops when no block arrives for one second.

usage: file_receiver.py HOST PORT FOLDER
"""
import os
import socket
import sys

host, port, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
data = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
data.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
data.bind(("", 0))
control = socket.create_connection((host, port))
number = int.from_bytes(control.recv(2), "little")
control.sendall(data.getsockname()[1].to_bytes(3, "little"))
clients = int.from_bytes(control.recv(2), "little")
name, sender = data.recvfrom(2048)
size = int.from_bytes(data.recv(2048), "little")
data.settimeout(1)
came = 0
with open(os.path.join(folder, os.path.basename(name.decode())), "wb") as file:
    try:
        while True:
            block = data.recv(2048)
            file.write(block)
            came += len(block)
    except TimeoutError:
        pass
print(f"number {number} of {clients} from port {sender[1] - port} past control: {came} of {size}", flush=True)
