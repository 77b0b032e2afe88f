"""Server of reading processes: forks one for each file, so that a file costs a few milliseconds instead of a start of
Python.

A forked process runs what `python -m kernel.spreadsheets.reading_process` runs, within the same limits. Run as
`python -m tests.fuzz.reading_server`, with a socket that keeps messages apart as its standard input.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devserver.addresses import ROOT
from kernel.spreadsheets import reading_process

MAX_MESSAGE = 65536  # bytes
WAIT = b"wait"


class ForkedReading:
    """One reading process of the server: as much of subprocess.Popen as the reader of tables uses."""

    def __init__(self, server: socket.socket, task: dict[str, Any]) -> None:
        output, written = os.pipe()
        socket.send_fds(server, [json.dumps(task).encode()], [written])
        os.close(written)
        self.stdout = os.fdopen(output, "rb", buffering=0)
        self.server = server
        self.pid = int(server.recv(MAX_MESSAGE))
        self.returncode: int | None = None

    def kill(self) -> None:
        if self.returncode is None:  # until then the ID belongs to this process, even after its end
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self.returncode is None:
            self.server.send(WAIT)
            self.returncode = int(self.server.recv(MAX_MESSAGE))
        return self.returncode


@contextmanager
def reading_server() -> Iterator[socket.socket]:
    """A server for one thread at a time, without secrets, which ends with the block."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-m", "tests.fuzz.reading_server"]
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    with ours, subprocess.Popen(command, stdin=theirs, cwd=ROOT, env=environment):
        theirs.close()
        yield ours
        ours.close()


def serve(client: socket.socket) -> None:
    """Fork a process for each task, and collect its status when the client asks for it."""
    while True:
        task, files, *_ = socket.recv_fds(client, MAX_MESSAGE, 1)
        if not task:
            return
        if not (process := os.fork()):
            _read(client, json.loads(task), files[0])
        os.close(files[0])
        client.send(b"%d" % process)
        client.recv(MAX_MESSAGE)
        client.send(b"%d" % os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def _read(client: socket.socket, task: dict[str, Any], output: int) -> None:
    client.close()
    with os.fdopen(output, "wb") as out:
        reading_process.main(task, out)
    os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=0))
