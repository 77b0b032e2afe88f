"""Client of the server of reading processes, and the fixture with which tests read files through it."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from devserver.addresses import ROOT
from kernel.spreadsheets import reader
from tests.reading_server import MAX_MESSAGE


class ForkedReading:
    """One reading process of the server: as much of subprocess.Popen as the reader of tables uses."""

    def __init__(self, server: socket.socket, task: dict[str, Any]) -> None:
        output, written = os.pipe()
        self.parent, given = socket_pair()
        socket.send_fds(server, [json.dumps(task).encode()], [written, given.fileno()])
        os.close(written)
        given.close()
        self.stdout = os.fdopen(output, "rb", buffering=0)
        self.pid = int(self.parent.recv(MAX_MESSAGE))
        self.returncode: int | None = None

    def kill(self) -> None:
        if self.returncode is None:  # until then the ID belongs to this process, even after its end
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self.returncode is None:
            with self.parent:
                self.parent.send(b"wait")
                self.returncode = int(self.parent.recv(MAX_MESSAGE))
        return self.returncode


def socket_pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


@contextmanager
def reading_server() -> Iterator[socket.socket]:
    """A server without secrets, which ends with the block."""
    ours, theirs = socket_pair()
    command: list[str] = [sys.executable, "-m", "tests.reading_server"]
    environment = {"PATH": os.environ.get("PATH", os.defpath)}
    with ours, subprocess.Popen(command, stdin=theirs.fileno(), cwd=ROOT, env=environment):
        theirs.close()
        yield ours
        ours.close()


@pytest.fixture(scope="session")
def _reading_server() -> Iterator[Any]:
    with reading_server() as server:
        yield server


@pytest.fixture
def quick_reading(_reading_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork the process that reads a file from a running Python."""

    def start(*file: Any) -> ForkedReading:
        return ForkedReading(_reading_server, reader.reading_task(*file))

    monkeypatch.setattr(reader, "_start", start)
