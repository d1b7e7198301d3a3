"""A simple file sender, as a student might write it: blocks without numbers or checksums.

usage: file_sender.py FILE PORT CLIENTS [SECONDS_BETWEEN_BLOCKS]
"""
import os
import socket
import sys
import threading
import time

path, port, clients = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
pause = float(sys.argv[4]) if len(sys.argv) > 4 else 0.00002
control = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
control.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
control.bind(("127.0.0.1", port))
control.listen(clients)
print("listening", flush=True)

together = threading.Barrier(clients)


def serve(number, connection, address):
    connection.sendall(number.to_bytes(2, "little"))
    told = int.from_bytes(connection.recv(3), "little")
    together.wait()
    connection.sendall(clients.to_bytes(2, "little"))
    data = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    data.bind(("127.0.0.1", port + number))
    to = (address[0], told)
    data.sendto(path.encode(), to)
    time.sleep(0.01)
    size = os.path.getsize(path)
    data.sendto(size.to_bytes((size.bit_length() + 7) // 8 or 1, "little"), to)
    time.sleep(0.01)
    with open(path, "rb") as file:
        while block := file.read(1024):
            data.sendto(block, to)
            time.sleep(pause)


threads = []
for number in range(1, clients + 1):
    connection, address = control.accept()
    threads.append(threading.Thread(target=serve, args=(number, connection, address)))
    threads[-1].start()
for thread in threads:
    thread.join()
