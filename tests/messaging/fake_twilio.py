"""Fake Twilio: its REST API on a loopback port, and the webhooks that it posts."""

import hashlib
import json
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from twilio.request_validator import RequestValidator

from accounts.models import Inbox
from heymarket.carrier_entry import carrier_entry
from kernel import phone_numbers
from messaging.models import Message

MESSAGES = "/webhooks/twilio/messages"
STATUS = "/webhooks/twilio/status"
_sids = count(1)
_NUMBERS = re.compile(r"/IncomingPhoneNumbers|/SMS/ShortCodes|^/v1/Services|/a2p/BrandRegistrations")


def new_sid() -> str:
    return f"SM{next(_sids):032x}"


def sid_of(word: str) -> str:
    """The ID that stands for a word in a test."""
    return f"SM{hashlib.md5(word.encode(), usedforsecurity=False).hexdigest()}"


@dataclass(frozen=True)
class SendAnswer:
    """The API's response to a send: a status and JSON."""

    status: int = 201
    body: Any = None
    # Called during the request, and before the response.
    before: Callable[[], object] = field(default=lambda: None, repr=False)
    wait: Callable[[], object] = field(default=lambda: None, repr=False)


def refusal(code: int, sentence: str = "refused", status: int = 400) -> SendAnswer:
    return SendAnswer(status, {"code": code, "message": sentence, "status": status, "more_info": "…"})


OPTED_OUT = refusal(21610, "Attempt to send to unsubscribed recipient")
OVERLOADED = refusal(20429, "Too many requests", 429)


@dataclass(frozen=True)
class FileAnswer:
    """The response to a request for an attachment. `more` are pieces that are made while they are sent."""

    body: bytes = b""
    status: int = 200
    location: str = ""
    announced: int | None = None  # the length that it announces; its own if None
    more: Callable[[], Iterator[bytes]] = field(default=lambda: iter(()), repr=False)


@dataclass
class SentText:
    sid: str
    number: str
    body: str
    sender: str
    callback: str
    authorization: str
    media: tuple[str, ...] = ()


@dataclass
class FakeTwilio:
    """A carrier with the texts that it took, the responses that it will give, and the texts that it received."""

    sent: list[SentText] = field(default_factory=list)
    refused: list[SentText] = field(default_factory=list)
    # The responses to the next sends, in order; all further texts are accepted.
    answers: list[SendAnswer] = field(default_factory=list)
    # Its list of received messages, newest first.
    received: list[dict[str, Any]] = field(default_factory=list)
    sent_times: dict[str, datetime] = field(default_factory=dict)  # of single texts, by ID
    available: bool = True  # whether single texts can be fetched
    queries: list[dict[str, str]] = field(default_factory=list)  # requests for that list
    page_size: int = 1000
    token: str = ""  # the only auth token with which its list may be read; any if empty
    files: dict[str, FileAnswer] = field(default_factory=dict)  # attachments, by path
    file_requests: list[tuple[str, str]] = field(default_factory=list)  # path, Authorization
    line_types: dict[str, Any] = field(default_factory=dict)  # by number: a type, or (status, JSON) to answer
    looked_up: list[str] = field(default_factory=list)  # numbers, in the order of the lookups
    # Its numbers; its Messaging Services, each with the "numbers" (IDs) that it has; and changes of both: path, form.
    numbers: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    # Its opt-out list by number and sender, the changes of each call, and what it refuses.
    opt_out_list: dict[tuple[str, str], str] = field(default_factory=dict)
    list_calls: list[list[dict[str, str]]] = field(default_factory=list)
    list_answers: list[tuple[int, Any]] = field(default_factory=list)  # instead of taking changes
    not_on_list: set[str] = field(default_factory=set)  # numbers
    # Campaigns by the ID of their service, brands by their ID, and short codes.
    campaigns: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    brands: dict[str, dict[str, Any]] = field(default_factory=dict)
    short_codes: list[dict[str, Any]] = field(default_factory=list)
    without_media: set[str] = field(default_factory=set)  # texts whose attachments are gone

    def bodies(self, number: str | None = None) -> list[str]:
        return [text.body for text in self.sent if number in (None, text.number)]

    # -- its webhooks ------------------------------------------------------------------------------------------

    def text(
        self, inbox: Inbox, sender: str, body: str, *, sid: str | None = None, **fields: str
    ) -> HttpResponse:
        """Post a signed text from `sender` to the inbox."""
        return post_signed(inbox, MESSAGES, text_fields(inbox, sender, body, sid, **fields))

    def report(
        self, message: Message, status: str, *, inbox: Inbox | None = None, **fields: str
    ) -> HttpResponse:
        """Post a signed status report about an outbound text, to the callback that it was sent with."""
        inbox = inbox or message.inbox
        address = f"{STATUS}?team={message.team_id}&message={message.id}"
        return post_signed(inbox, address, report_fields(inbox, message, status, **fields))

    # -- its REST API ------------------------------------------------------------------------------------------

    def add_received(
        self, sender: str | None, inbox: Inbox, body: str | None, at: datetime, **more: Any
    ) -> str:
        """Add a text for the inbox to its list of received messages. Returns the ID."""
        sid = more.pop("sid", None) or new_sid()
        date = format_datetime(at.astimezone(UTC))
        text = {
            "sid": sid, "from": sender, "to": inbox.number, "body": body, "direction": "inbound",
            "date_sent": date, "date_created": date, "num_segments": "1", "num_media": "0", "status": "received",
            "account_sid": inbox.account_id,
        }  # fmt: skip
        self.received.insert(0, {**text, **more})
        return sid

    def add_sent(self, inbox: Inbox, number: str, body: str, at: datetime, **more: Any) -> str:
        """Add a text of the inbox to its list, as if it had taken it. Returns the ID."""
        more = {"status": "sent", "error_code": None, "error_message": None, **more}
        return self.add_received(
            inbox.number, inbox, body, at, to=phone_numbers.dialled(number), direction="outbound-api", **more
        )

    def _create(
        self, form: dict[str, str], authorization: str, media: tuple[str, ...]
    ) -> tuple[int, Any, Callable[[], object]]:
        answer = self.answers.pop(0) if self.answers else SendAnswer()
        text = SentText(
            new_sid(), form["To"], form.get("Body", ""), form["From"], form.get("StatusCallback", ""), authorization,
            media,
        )  # fmt: skip
        try:
            answer.before()
        finally:
            connection.close()  # of this thread, if `before` used the database
        (self.sent if answer.status < 400 else self.refused).append(text)
        created = {"sid": text.sid, "num_segments": "1", "status": "queued", "body": text.body}
        return answer.status, created if answer.body is None else answer.body, answer.wait

    def _accepts(self, authorization: str) -> bool:
        return not self.token or b64decode(authorization.split()[-1]).decode().endswith(f":{self.token}")

    def _fetch(self, sid: str) -> tuple[int, Any]:
        """A single text: its times have whole seconds."""
        if not self.available:
            return 503, {"code": 20503, "message": "Service unavailable", "status": 503}
        listed = next((text for text in self.received if text["sid"] == sid), None)
        if listed:
            return 200, listed
        if at := self.sent_times.get(sid):
            date = format_datetime(at.astimezone(UTC))
            return 200, {"sid": sid, "date_sent": date, "date_created": date, "direction": "inbound"}
        return 404, {"code": 20404, "message": "The requested resource was not found", "status": 404}

    def _look_up(self, number: str) -> tuple[int, Any]:
        """Lookup v2 with Line Type Intelligence, as its documentation shows the response."""
        self.looked_up.append(number)
        found = self.line_types.get(number, "mobile")
        if isinstance(found, tuple):
            return found
        line = {"type": found, "error_code": None, "carrier_name": "Example", "mobile_network_code": None}
        return 200, {
            "phone_number": number,
            "valid": True,
            "country_code": "US",
            "line_type_intelligence": line,
        }

    def _change(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        self.changes.append((path, form))
        return 200, {"sid": path.rpartition("/")[2].removesuffix(".json")}

    def _find(self, path: str, query: dict[str, str]) -> tuple[int, Any]:
        """Numbers, Messaging Services, and whether a service has a number."""
        if path.endswith("/Compliance/Usa2p"):
            return 200, {
                "compliance": self.campaigns.get(path.split("/")[3], []),
                "meta": {"key": "compliance"},
            }
        if "/a2p/BrandRegistrations/" in path:
            return 200, self.brands[path.rpartition("/")[2]]
        if "/SMS/ShortCodes" in path:
            codes = [row for row in self.short_codes if row["short_code"] == query["ShortCode"]]
            return 200, {"short_codes": codes, "next_page_uri": None}
        if "/IncomingPhoneNumbers/TollFree" in path:
            listed = [row for row in self.numbers if row.get("toll_free")]
            return 200, {"incoming_phone_numbers": listed, "next_page_uri": None}
        if "/IncomingPhoneNumbers" in path:
            listed = [row for row in self.numbers if query["PhoneNumber"] in row["phone_number"]]
            return 200, {"incoming_phone_numbers": listed, "next_page_uri": None}
        if path.endswith("/v1/Services"):
            return 200, {"services": self.services, "meta": {"key": "services", "next_page_url": None}}
        service_sid, number_sid = path.split("/")[3], path.split("/")[5]
        if any(row["sid"] == service_sid and number_sid in row["numbers"] for row in self.services):
            return 200, {"sid": number_sid, "service_sid": service_sid}
        return 404, {"code": 20404, "message": "not found", "status": 404}

    def _push(self, forms: list[str]) -> tuple[int, Any]:
        """Its Consent Management API: at most 25 changes in a call."""
        if self.list_answers:
            return self.list_answers.pop(0)
        items = [json.loads(form) for form in forms]
        assert 0 < len(items) <= 25 and all(len(item["correlation_id"]) == 32 for item in items)
        self.list_calls.append(items)
        return 201, {"items": [self._take_change(item) for item in items]}

    def _take_change(self, item: dict[str, str]) -> dict[str, Any]:
        id, refused = item["correlation_id"], item["contact_id"] in self.not_on_list
        if not refused:
            self.opt_out_list[item["contact_id"], item["sender_id"]] = item["status"]
        errors = ["contact_id is not valid"] if refused else []
        return {"correlation_id": id, "error_code": 30646 if refused else 0, "error_messages": errors}

    def _list(self, path: str, query: dict[str, str]) -> Any:
        self.queries.append(query)
        page = int(query.get("Page", 0))
        texts = [text for text in self.received if text["to"] == query["To"]]
        texts = [text for text in texts if query.get("From") in (None, text["from"])]
        on_page = texts[page * self.page_size : (page + 1) * self.page_size]
        more = len(texts) > (page + 1) * self.page_size
        next_uri = f"{path}?{urlencode({'To': query['To'], 'Page': page + 1})}" if more else None
        return {"messages": on_page, "next_page_uri": next_uri, "page": page, "page_size": self.page_size}


def text_fields(
    inbox: Inbox, sender: str, body: str, sid: str | None = None, **fields: str
) -> dict[str, str]:
    return {
        "ToCountry": "US", "ToState": "CA", "SmsMessageSid": sid or "", "NumMedia": "0", "FromCountry": "US",
        "MessageSid": sid or new_sid(), "AccountSid": inbox.account_id, "From": sender,
        "To": phone_numbers.dialled(inbox.number), "Body": body, "NumSegments": "1", "ApiVersion": "2010-04-01",
        **fields,
    }  # fmt: skip


def report_fields(inbox: Inbox, message: Message, status: str, **fields: str) -> dict[str, str]:
    return {
        "MessageSid": message.carrier_id or f"SM{message.id:032d}", "MessageStatus": status, "SmsStatus": status,
        "AccountSid": inbox.account_id, "From": inbox.number, "To": message.number, **fields,
    }  # fmt: skip


def post_signed(
    inbox: Inbox, address: str, fields: dict[str, str], *, token: str | None = None, **headers: str
) -> HttpResponse:
    """Post a webhook as Twilio does: a form, signed with the inbox's token over the public URL."""
    return _post(signed_environ(inbox, address, fields, token=token, **headers))


def signed_environ(
    inbox: Inbox, address: str, fields: dict[str, str], *, token: str | None = None, **headers: str
) -> dict[str, Any]:
    """What a web server makes of such a webhook."""
    token = inbox.auth_tokens[0] if token is None else token
    signature = RequestValidator(token).compute_signature(settings.PUBLIC_URL + address, fields)
    return _environ(address, urlencode(fields), **{"X-Twilio-Signature": signature, **headers})


def post_raw(address: str, body: str | bytes, *, content_type: str | None = None, **headers: str) -> Any:
    """Post any body through the carriers' entry. A response of 500 fails the test."""
    return _post(_environ(address, body, content_type=content_type, **headers))


def _environ(address: str, body: str | bytes, *, content_type: str | None = None, **headers: str) -> Any:
    kind = content_type or "application/x-www-form-urlencoded; charset=UTF-8"
    return _Requests().post(address, body, content_type=kind, headers=headers)


def _post(environ: dict[str, Any]) -> HttpResponse:
    response = call_entry(environ)
    assert response.status_code != 500, f"500 {response.content.decode()}"
    return response


class _Requests(RequestFactory):
    """Builds the environ of a request instead of a request."""

    def request(self, **request: Any) -> Any:
        return self._base_environ(**request)  # type: ignore[attr-defined]


def call_entry(environ: dict[str, Any]) -> HttpResponse:
    """Call the entry as a web server does. Returns the response."""
    started: list[tuple[str, list[tuple[str, str]]]] = []
    response = carrier_entry(_no_pages)(environ, lambda status, headers: started.append((status, headers)))
    ((status, headers),) = started
    content = b"".join(response)
    response.close()
    return HttpResponse(content, status=int(status[:3]), headers=dict(headers))


def _no_pages(environ: Any, start_response: Any) -> Any:
    raise AssertionError(f"{environ['PATH_INFO']} is not a webhook")


@contextmanager
def serving(carrier: Callable[[], FakeTwilio]) -> Iterator[str]:
    """Serve the API of the current carrier on a loopback port. Yields its base URL."""

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            pairs = parse_qsl(content, strict_parsing=True, keep_blank_values=True)
            path = urlsplit(self.path).path
            if path == "/v1/Consents/Bulk":
                self._answer(*carrier()._push([value for name, value in pairs if name == "Items"]))
                return
            if not path.endswith("/Messages.json"):
                self._answer(*carrier()._change(path, dict(pairs)))
                return
            media = tuple(value for name, value in pairs if name == "MediaUrl")
            status, body, wait = carrier()._create(dict(pairs), self.headers.get("Authorization", ""), media)
            wait()
            self._answer(status, body)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if file := carrier().files.get(parts.path):
                carrier().file_requests.append((parts.path, self.headers.get("Authorization", "")))
                self._send_file(file)
            elif "/Media" in parts.path:
                sid = parts.path.split("/")[5]
                uri = parts.path.replace(".json", "/ME1.json")
                media = {"sid": "ME1", "uri": uri, "content_type": "image/jpeg", "parent_sid": sid}
                found = {"media_list": [media], "next_page_uri": None}
                gone = {"code": 20404, "message": "not found", "status": 404}
                self._answer(*((404, gone) if sid in carrier().without_media else (200, found)))
            elif not carrier()._accepts(self.headers.get("Authorization", "")):
                self._answer(401, {"code": 20003, "message": "Authenticate", "status": 401})
            elif parts.path.startswith("/v2/PhoneNumbers/"):
                assert query == {"Fields": "line_type_intelligence"}
                self._answer(*carrier()._look_up(unquote(parts.path.rpartition("/")[2])))
            elif _NUMBERS.search(parts.path):
                self._answer(*carrier()._find(parts.path, query))
            elif parts.path.endswith("/Messages.json"):
                self._answer(200, carrier()._list(parts.path, query))
            else:
                self._answer(*carrier()._fetch(parts.path.rpartition("/")[2].removesuffix(".json")))

        def _send_file(self, file: FileAnswer) -> None:
            self.close_connection = True
            try:
                self.send_response(file.status)
                if file.location:
                    self.send_header("Location", file.location)
                self.send_header("Content-Type", "image/jpeg")  # whatever it is
                if file.announced != -1:
                    self.send_header("Content-Length", str(file.announced or len(file.body)))
                self.end_headers()
                self.wfile.write(file.body)
                for piece in file.more():
                    self.wfile.write(piece)
            except OSError:
                pass  # the client has disconnected

        def _answer(self, status: int, body: Any) -> None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # the client has disconnected

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
