"""A rolling restart under load: one of two web servers stops while clients send texts, and no request is lost."""

import itertools
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import Inbox
from devserver.processes import wait_until
from kernel.tenancy import scope
from messaging.models import Message
from tests.cast import Cast
from tests.front.test_web_server import WebServer

CLIENTS = 6
STOPS_WITHIN = 20  # seconds
ROUND = 60  # texts that are answered between two steps


class Balancer:
    """Clients behind a load balancer, which divides their requests among the servers in rotation."""

    def __init__(self, servers: list[WebServer], inbox: Inbox) -> None:
        self.rotation, self.inbox = list(servers), inbox
        self.counter = itertools.count()
        self.answers: dict[str, bytes] = {}  # the first line of each, by number
        self.ended = threading.Event()
        self.clients = [threading.Thread(target=self._send_texts, daemon=True) for _ in range(CLIENTS)]
        for client in self.clients:
            client.start()

    def await_round(self) -> None:
        until = len(self.answers) + ROUND
        assert wait_until(lambda: len(self.answers) >= until, lambda: not self.ended.is_set(), 60)

    def end(self) -> None:
        self.ended.set()
        for client in self.clients:
            client.join(60)

    def _send_texts(self) -> None:
        while not self.ended.is_set():
            turn = next(self.counter)
            number = f"+1415666{turn:04d}"
            self.answers[number] = self._send(number, turn)

    def _send(self, number: str, turn: int) -> bytes:
        rotation = list(self.rotation)
        server = rotation[turn % len(rotation)]
        head, body = server.signed_text(self.inbox, number, "Hello")
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
                client.sendall((head + body).encode())
                return client.recv(65536).partition(b"\r\n")[0]
        except OSError as error:
            return f"lost: {error}".encode()


@pytest.fixture
def servers(cast: Cast, tmp_path: Path) -> Iterator[list[WebServer]]:
    servers = [WebServer(tmp_path / f"web{n}.log") for n in range(2)]
    try:
        for server in servers:
            assert wait_until(server.answers, server.is_up, 240), server.log.read_text()
        yield servers
    finally:
        for server in servers:
            server.process.kill()
            server.process.wait(30)


def test_a_server_that_stops_under_load_loses_no_request(cast: Cast, servers: list[WebServer]) -> None:
    balancer = Balancer(servers, cast.front_desk)
    try:
        balancer.await_round()
        balancer.rotation.remove(servers[0])
        balancer.await_round()  # as docs/operations.md says: wait before the stop
        servers[0].process.terminate()
        assert servers[0].process.wait(STOPS_WITHIN) == 0
        balancer.await_round()
    finally:
        balancer.end()
    assert set(balancer.answers.values()) == {b"HTTP/1.1 200 OK"}
    with scope(cast.northside.id):
        stored = Message.objects.filter(team_id=cast.northside.id).values_list("number", flat=True)
        assert sorted(stored) == sorted(balancer.answers)
