"""Server of reading processes: forks one for each file, so that a file costs a few milliseconds instead of a start of
Python.

A forked process runs what `python -m kernel.spreadsheets.reading_process` runs, within the same limits; tests/kernel
compares them. Run as `python -m tests.reading_server`, with a socket that keeps messages apart as its standard input.
"""

import json
import os
import signal
import socket
from typing import Any, NoReturn

from kernel.spreadsheets import reading_process

MAX_MESSAGE = 65536  # bytes


def serve(client: socket.socket) -> None:
    """Fork a parent of a reading process for each task."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the parents
    while True:
        task, files, *_ = socket.recv_fds(client, MAX_MESSAGE, 2)
        if not task:
            return
        if not os.fork():
            client.close()
            _be_parent(json.loads(task), *files)
        for file in files:
            os.close(file)


def _be_parent(task: dict[str, Any], output: int, asked: int) -> NoReturn:
    """Fork the reading process, tell its ID, and its status when that is asked for."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    client = socket.socket(fileno=asked)
    if not (process := os.fork()):
        client.close()
        _read(task, output)
    os.close(output)
    client.send(b"%d" % process)
    client.recv(MAX_MESSAGE)
    client.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
    os._exit(0)


def _read(task: dict[str, Any], output: int) -> NoReturn:
    with os.fdopen(output, "wb") as out:
        reading_process.main(task, out)
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
