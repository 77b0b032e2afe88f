"""Background load in processes of its own: people who read reports and exports, and clients that send or read slowly.

In other processes than the measurement, whose clock would otherwise wait for this work.
"""

import itertools
import multiprocessing
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench.http_load import send_all

NICE = 10  # clients are elsewhere in real life; here they leave the cores to the product where they can
_processes = multiprocessing.get_context("spawn")


@contextmanager
def in_background(work: Callable[..., None], *args: Any) -> Iterator[Any]:
    """Run `work(count, *args)` in a process until the end of the block; yields `count`, what it has done so far."""
    count = _processes.Value("i", 0)
    process = _processes.Process(target=work, args=(count, *args), daemon=True)
    process.start()
    try:
        yield count
    finally:
        process.terminate()
        process.join()


def read_pages(count: Any, address: tuple[str, int], requests: list[bytes]) -> None:
    """Read one page after another without a pause."""
    os.nice(NICE)
    for request in itertools.cycle(requests):
        send_all(address, [request], 1)
        count.value += 1


def download(count: Any, address: tuple[str, int], request: bytes) -> None:
    """Download one file after another, as fast as it comes; counts the complete ones."""
    os.nice(NICE)
    while True:
        with socket.create_connection(address, timeout=120) as connection:
            connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
            head = connection.recv(1 << 16)
            while connection.recv(1 << 20):
                pass
            count.value += head.startswith(b"HTTP/1.1 200")


def be_slow(count: Any, address: tuple[str, int], senders: list[bytes], readers: list[bytes]) -> None:
    """Keep a connection open for each request: senders send a byte a second, readers read one. `count`: those open.

    A connection that the server closes is opened again.
    """
    os.nice(NICE)
    clients = [_SlowClient(request, True) for request in senders] + [_SlowClient(r, False) for r in readers]
    while True:
        began = time.monotonic()
        for client in clients:
            client.turn(address)
        count.value = sum(client.connection is not None for client in clients)
        time.sleep(max(0.0, began + 1 - time.monotonic()))


class _SlowClient:
    def __init__(self, request: bytes, sends: bool) -> None:
        self.request, self.sends = request, sends
        self.connection: socket.socket | None = None

    def turn(self, address: tuple[str, int]) -> None:
        """Send or read one byte."""
        try:
            if self.connection is None:
                self._connect(address)
            elif self.sends:
                self._send_byte(self.connection)
            elif not self.connection.recv(1):
                raise ConnectionError
        except BlockingIOError:
            pass
        except OSError:
            self.connection = None

    def _connect(self, address: tuple[str, int]) -> None:
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(address)
        head, end, body = self.request.partition(b"\r\n\r\n")
        connection.sendall(head + end if self.sends else self.request)
        self.body = body
        connection.setblocking(False)
        self.connection = connection

    def _send_byte(self, connection: socket.socket) -> None:
        byte, self.body = self.body[:1], self.body[1:]
        connection.send(byte)
        try:
            if not connection.recv(4096, socket.MSG_PEEK):
                raise ConnectionError  # refused: the server has closed it
        except BlockingIOError:
            return
        raise ConnectionError  # answered
