"""The web server as it runs: STOPs are counted while clients send and read slowly, and killed parts come back."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo
from twilio.request_validator import RequestValidator

from accounts.models import Inbox
from api.models import KeyScope
from devserver.addresses import ROOT
from devserver.processes import wait_until
from kernel.tenancy import scope
from optout.models import Suppression
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import MESSAGES, text_fields

OTHER = "+14155550188"


class WebServer:
    """A `python -m heymarket.serve` on the tests' database."""

    def __init__(self, log: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.log = log
        address = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
        environment = {**os.environ, "DATABASE_URL": address, "PORT": str(self.port), "GRANIAN_WORKERS": "1"}
        words = [sys.executable, "-m", "heymarket.serve", "--port", str(self.port)]
        with log.open("wb") as output:
            self.process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=output, stderr=output)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        return self.get("/healthz") == 200

    def is_up(self) -> bool:
        return self.process.poll() is None

    def get(self, path: str) -> int:
        return self._request("GET", path)

    def post_text(self, inbox: Inbox, number: str, body: str) -> int:
        return self._request("POST", MESSAGES, *self._text(inbox, number, body))

    def signed_text(self, inbox: Inbox, number: str, body: str) -> tuple[str, str]:
        """Head and body of a webhook as a client writes them."""
        form, headers = self._text(inbox, number, body)
        lines = {"Host": "127.0.0.1", "Content-Length": str(len(form)), "Connection": "close", **headers}
        return f"POST {MESSAGES} HTTP/1.1\r\n" + "".join(
            f"{k}: {v}\r\n" for k, v in lines.items()
        ) + "\r\n", form

    def _text(self, inbox: Inbox, number: str, body: str) -> tuple[str, dict[str, str]]:
        fields = text_fields(inbox, number, body)
        signature = RequestValidator(inbox.auth_tokens[0]).compute_signature(self.url + MESSAGES, fields)
        headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
        return urlencode(fields), headers

    def _request(
        self, method: str, path: str, body: str | list[bytes] = "", headers: dict[str, str] | None = None
    ) -> int:
        """The status of the response, 0 without one. A list is sent in chunks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def stall(self, head: str) -> socket.socket:
        """Open a connection that sends this much and no more."""
        stalled = socket.create_connection(("127.0.0.1", self.port))
        stalled.sendall(head.encode())
        return stalled


@pytest.fixture
def web(cast: Cast, tmp_path: Path) -> Iterator[WebServer]:
    server = WebServer(tmp_path / "web.log")
    try:
        assert wait_until(server.answers, server.is_up, 240), server.log.read_text()
        yield server
    finally:
        server.process.terminate()
        server.process.wait(30)


def test_requests_survive_slow_clients_killed_parts_and_the_end(cast: Cast, web: WebServer) -> None:
    """One web server for all three, since a start takes seconds."""
    stops_are_counted_while_clients_are_slow_and_parts_are_killed(cast, web)
    killed_parts_come_back(web)
    a_stop_lets_requests_end(cast, web)


def stops_are_counted_while_clients_are_slow_and_parts_are_killed(cast: Cast, web: WebServer) -> None:
    head = f"POST {MESSAGES} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    stalled = [web.stall(f"{head}Content-Length: 400\r\n\r\nMessageSid=SM") for _ in range(60)]
    stalled += [web.stall(head) for _ in range(60)]
    assert web.post_text(cast.front_desk, MARIA, "STOP") == 200
    assert web.get("/accounts/login/") == 200
    # An API call whose body comes in chunks, as .NET sends it, gets as far as the check of its key.
    assert web._request("POST", "/v1/contact", [b'{"phone":', b' "14155550177"}']) == 401
    pids = children(web.process.pid)
    for name in "pages.sock", "downloads.sock":
        os.kill(next(pid for pid, command in pids.items() if name in command), signal.SIGKILL)
    assert web.post_text(cast.front_desk, TOM, "STOP") == 200, "webhooks need no page server"
    assert wait_until(web.answers, web.is_up, 60), web.log.read_text()
    assert stopped(cast) == {MARIA, TOM}
    for connection_ in stalled:
        connection_.close()


def stopped(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(Suppression.objects.values_list("number", flat=True))


def killed_parts_come_back(web: WebServer) -> None:
    assert wait_until(lambda: web.get("/accounts/login/") == 200, web.is_up, 60), web.log.read_text()
    assert sum(".sock" in command for command in children(web.process.pid).values()) == 2


def a_stop_lets_requests_end(cast: Cast, web: WebServer) -> None:
    """Those that have arrived in part, or wait, are answered; whoever connects later goes elsewhere."""
    reader = check_that_a_reader_waits(cast, web)
    head, body = web.signed_text(cast.front_desk, OTHER, "STOP")
    half_sent = [web.stall(head + body[:20]) for _ in range(3)]
    assert web.get("/accounts/login/") == 200
    web.process.terminate()
    assert wait_until(lambda: web.get("/healthz") == 0, web.is_up, 10)
    assert json.loads(reader.result(5).text)["changes"] == []
    for connection_ in half_sent:
        connection_.sendall(body[20:].encode())
        assert connection_.recv(100).startswith(b"HTTP/1.1 200 "), "the request was lost"
        connection_.close()
    assert web.process.wait(20) == 0
    assert stopped(cast) == {MARIA, TOM, STRANGER, OTHER}


def check_that_a_reader_waits(cast: Cast, web: WebServer) -> "Future[requests.Response]":
    """A reader at the end of the feed gets an entry within a second of its commit; another one still waits."""
    app = create_client(cast.owner, KeyScope.READ)
    readers = ThreadPoolExecutor(1)

    def read(since: str, wait: int = 30) -> "Future[requests.Response]":
        address = f"{web.url}/v1/optouts?wait={wait}&since={since}"
        headers = {"Authorization": f"Bearer {app.secret}"}
        return readers.submit(requests.get, address, headers=headers, timeout=60)

    earlier = read("0", wait=0).result(30).json()
    first = read(earlier["next"])
    # Nothing tells that it waits: this is longer than it takes to be answered.
    with pytest.raises(TimeoutError):
        first.result(1.5)
    assert web.post_text(cast.front_desk, STRANGER, "STOP") == 200
    committed = time.monotonic()
    page = first.result(5).json()
    assert time.monotonic() - committed < 1
    assert [change["phone"] for change in page["changes"]] == [STRANGER.removeprefix("+")]
    second = read(page["next"])
    with pytest.raises(TimeoutError):
        second.result(1.5)
    readers.shutdown(wait=False)
    return second


def children(pid: int) -> dict[int, str]:
    """The command lines of a process's children."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ") for child in found}
