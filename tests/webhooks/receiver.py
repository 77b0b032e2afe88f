"""A system that is told: a web server on this machine which answers as a story wants, and checks each signature."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

HANGS = 0.5  # seconds


@dataclass(frozen=True)
class Reply:
    """How one request is answered; `silent_for` seconds pass first. `drips` sends a byte now and then, for ever."""

    status: int = 204
    body: bytes = b""
    silent_for: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False


@dataclass(frozen=True)
class ReceivedWebhook:
    """A request that came, with its body read by the official verifier."""

    id: str
    signatures: list[str]
    event: dict[str, Any]
    raw: bytes
    headers: dict[str, str]

    @property
    def type(self) -> str:
        return str(self.event["type"])

    @property
    def phone(self) -> str:
        return str(self.event["data"].get("phone", ""))


class Receiver:
    """`replies` for the next requests in turn; `answers` for those beyond, by what was heard."""

    def __init__(self) -> None:
        self.address = ""
        self.secret = ""
        self.replies: list[Reply] = []
        self.answers: Callable[[ReceivedWebhook], Reply] = lambda heard: Reply()
        self.received: list[ReceivedWebhook] = []  # every request
        self.accepted: list[ReceivedWebhook] = []  # those that were answered well
        self.faults: list[str] = []
        self.busiest = 0
        self._busy: list[ReceivedWebhook] = []
        self._lock = threading.Lock()

    @property
    def types(self) -> list[str]:
        return [heard.type for heard in self.accepted]

    def take(self, headers: dict[str, str], raw: bytes) -> Reply:
        heard = self._read(headers, raw)
        with self._lock:
            self.busiest = max(self.busiest, len(self._busy) + 1)
            if any(other.phone == heard.phone != "" and other.id != heard.id for other in self._busy):
                self.faults.append(f"two events at once for {heard.phone}")
            self._busy.append(heard)
            self.received.append(heard)
            reply = self.replies.pop(0) if self.replies else None
        reply = reply or self.answers(heard)
        hangs = reply.silent_for >= HANGS  # whoever asked goes on without it
        if not hangs:
            time.sleep(reply.silent_for)
        with self._lock:
            self._busy.remove(heard)
        if hangs:
            time.sleep(reply.silent_for)
            return reply
        with self._lock:
            if reply.status < 300:
                self.accepted.append(heard)
        return reply

    def _read(self, headers: dict[str, str], raw: bytes) -> ReceivedWebhook:
        try:
            event = Webhook(self.secret).verify(raw, headers)
        except Exception as error:  # noqa: BLE001
            self.faults.append(f"{type(error).__name__}: {error}")
            event = json.loads(raw)
        return ReceivedWebhook(
            headers["webhook-id"], headers["webhook-signature"].split(), event, raw, headers
        )


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.take(headers, raw)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) if not reply.drips else 100_000))
                self.end_headers()
                self.wfile.write(reply.body)
                while reply.drips:
                    self.wfile.write(b".")
                    time.sleep(0.05)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
