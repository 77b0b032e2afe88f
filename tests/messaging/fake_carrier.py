"""What the fakes of carriers share: an API on a loopback port, and webhooks that they sign and post."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from django.http import HttpResponse

from accounts.models import Carrier, Inbox
from messaging.models import Message
from tests.messaging.fake_twilio import post_raw

_ids = count(1)
JSON = "application/json"
type Answer = tuple[int, Any]


def new_id() -> str:
    return f"{next(_ids):032x}"


@dataclass(frozen=True)
class Call:
    """A request to the API."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Posting:
    """A webhook to post."""

    address: str
    body: bytes
    headers: dict[str, str]
    content_type: str = JSON

    def post(self) -> HttpResponse:
        answer: HttpResponse = post_raw(
            self.address, self.body, content_type=self.content_type, **self.headers
        )
        return answer


@dataclass(frozen=True)
class TakenText:
    """A text that the carrier took."""

    id: str
    sender: str
    number: str
    body: str
    callback: str = ""
    media: tuple[str, ...] = ()
    reference: str = ""


@dataclass
class CarrierFake(ABC):
    """A carrier with the texts that it took, and the numbers that it refuses because the person opted out there."""

    carrier: ClassVar[Carrier]
    account_id: ClassVar[str]
    token: ClassVar[str]
    credentials: ClassVar[dict[str, str]] = {}
    refuses_later: ClassVar[bool] = False  # by a report, after it has taken the text
    refusal_code: ClassVar[str]  # as it is stored

    sent: list[TakenText] = field(default_factory=list)
    opted_out: set[str] = field(default_factory=set)
    calls: list[Call] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)  # to the next calls, in order
    webhook: str = ""  # the address that texts go to, where the API tells and sets it

    @classmethod
    def move_in(cls, inbox: Inbox) -> None:
        """Have the inbox at this carrier. Call it in the scope of its team."""
        inbox.carrier, inbox.account_id = cls.carrier, cls.account_id
        inbox.auth_tokens = [cls.token]
        inbox.credentials = {name: [value] for name, value in cls.credentials.items()} or None
        inbox.save()

    def new_id(self) -> str:
        """An ID of a text, as this carrier makes them."""
        return str(uuid4())

    @property
    def address(self) -> str:
        return f"/webhooks/{self.carrier}/{self.account_id}"

    @abstractmethod
    def text(
        self, inbox: Inbox, sender: str, body: str, *, id: str = "", at: datetime | None = None
    ) -> Posting:
        """The webhook of a text to the inbox."""

    @abstractmethod
    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        """The webhook of a report about a text of the inbox: delivered, failed or opted_out."""

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """The API's status and JSON."""

    def take(self, text: TakenText) -> TakenText:
        self.sent.append(text)
        return text

    def sent_for(self, message: Message) -> TakenText:
        return next(text for text in self.sent if text.id == message.carrier_id)


@contextmanager
def serving_api(carrier: Callable[[], CarrierFake]) -> Iterator[str]:
    """Serve the API of the current carrier on a loopback port. Yields its base URL."""

    class FakeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            call = Call(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body)
            fake = carrier()
            fake.calls.append(call)
            status, found = fake.answers.pop(0) if fake.answers else fake.answer(call)
            content = b"" if found is None else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", JSON)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = _respond

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeApi)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
