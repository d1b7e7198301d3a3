"""A receiver of the classic dialect that opens its UDP socket only after it has read the number of clients, as simple ones do.

usage: late_file_receiver.py HOST PORT DATA_PORT DELAY [DATAGRAMS]

It binds after DELAY seconds and prints the length and the first bytes of each datagram that it reads, until none arrives for one
second, or after DATAGRAMS of them. With a DELAY below 0 it binds no socket, and waits until the sender has closed the connection.
"""
import socket
import sys
import time

host, port, data_port, delay = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
most = int(sys.argv[5]) if len(sys.argv) > 5 else None
control = socket.create_connection((host, port))
control.recv(2)
control.sendall(data_port.to_bytes(3, "little"))
control.recv(2)
if delay < 0:
    control.recv(1)
    sys.exit()
time.sleep(delay)
data = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
data.bind((host, data_port))
data.settimeout(10)
read = 0
try:
    while read != most:
        datagram = data.recv(2048)
        data.settimeout(1)
        read += 1
        print(len(datagram), datagram[:5], flush=True)
except TimeoutError:
    pass
