"""Receiver of webhooks: a local web server that checks signatures and replies as a test requires."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

TIMEOUT = 0.5  # seconds of silence after which the client has given up


@dataclass(frozen=True)
class Reply:
    """A reply after `silent_for` seconds. `drips` sends single bytes without end."""

    status: int = 204
    body: bytes = b""
    silent_for: float = 0
    headers: dict[str, str] = field(default_factory=dict)
    drips: bool = False


@dataclass(frozen=True)
class ReceivedWebhook:
    """A received request, verified by the official library."""

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
    """`replies` are for the next requests in turn; `reply_to` makes the replies to all others."""

    def __init__(self) -> None:
        self.address = ""
        self.secret = ""
        self.replies: list[Reply] = []
        self.reply_to: Callable[[ReceivedWebhook], Reply] = lambda webhook: Reply()
        self.received: list[ReceivedWebhook] = []  # every request
        self.accepted: list[ReceivedWebhook] = []  # requests with a 2xx reply
        self.errors: list[str] = []
        self.most_concurrent = 0
        self._busy: list[ReceivedWebhook] = []
        self._lock = threading.Lock()

    @property
    def types(self) -> list[str]:
        return [webhook.type for webhook in self.accepted]

    def receive(self, headers: dict[str, str], raw: bytes) -> Reply:
        webhook = self._read(headers, raw)
        with self._lock:
            self.most_concurrent = max(self.most_concurrent, len(self._busy) + 1)
            if any(other.phone == webhook.phone != "" and other.id != webhook.id for other in self._busy):
                self.errors.append(f"two events at once for {webhook.phone}")
            self._busy.append(webhook)
            self.received.append(webhook)
            reply = self.replies.pop(0) if self.replies else None
        reply = reply or self.reply_to(webhook)
        timed_out = reply.silent_for >= TIMEOUT
        if not timed_out:
            time.sleep(reply.silent_for)
        with self._lock:
            self._busy.remove(webhook)
        if timed_out:
            time.sleep(reply.silent_for)
            return reply
        with self._lock:
            if reply.status < 300:
                self.accepted.append(webhook)
        return reply

    def _read(self, headers: dict[str, str], raw: bytes) -> ReceivedWebhook:
        try:
            event = Webhook(self.secret).verify(raw, headers)
        except Exception as error:  # noqa: BLE001
            self.errors.append(f"{type(error).__name__}: {error}")
            event = json.loads(raw)
        return ReceivedWebhook(
            headers["webhook-id"], headers["webhook-signature"].split(), event, raw, headers
        )


@contextmanager
def receiving[R: Receiver](receiver: R) -> Iterator[R]:

    class ReceiverHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = receiver.receive(headers, raw)
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
                self.close_connection = True  # the client has closed the connection

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), ReceiverHandler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    receiver.address = f"http://127.0.0.1:{server.server_port}/webhooks"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
