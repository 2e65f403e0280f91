"""Stands for `aws`: sends its words to the server beside it, and prints what comes back."""

import os
import socket
import sys

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(os.environ["RUNBOOK_AWS_SOCKET"])
    connection.sendall("".join(word + "\0" for word in sys.argv[1:]).encode())
    connection.shutdown(socket.SHUT_WR)
    while chunk := connection.recv(65536):
        sys.stdout.buffer.write(chunk)
sys.stdout.buffer.write(b"\n")
