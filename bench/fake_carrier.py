"""Fake carrier for the outage test: Twilio's REST API and webhooks, with a record in memory.

The product's simulator keeps its record in the product's database, which has outages too.
"""

import itertools
import json
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from twilio.request_validator import RequestValidator

STATUS_DELAY = 0.3  # seconds from accepting a text to its status "delivered"
WEBHOOK_TIMEOUT = 15.0  # seconds, as at Twilio
UNREACHED = 0  # in place of a status if there was no response


@dataclass(frozen=True)
class CarrierNumber:
    """A number of the product, with its account and token at the carrier."""

    number: str
    account_id: str
    token: str


@dataclass
class HandsetText:
    """A text sent from a handset; `answers` are the HTTP statuses of its webhooks."""

    sid: str
    account: CarrierNumber
    number: str
    body: str
    sent_at: datetime
    started_at: float  # by time.monotonic()
    answers: list[int] = field(default_factory=list)
    accepted_at: float | None = None  # by time.monotonic(): the first answer 200


@dataclass(frozen=True)
class DeliveredText:
    """A text from the product that reached a handset."""

    sid: str
    number: str
    body: str
    message_id: int  # from the callback's address
    at: float  # by time.monotonic(): when the product sent it


class FakeCarrier:
    """The carrier: `text` sends a text from a handset; `delivered` has the texts from the product."""

    def __init__(self, webhook: str, accounts: list[CarrierNumber]) -> None:
        self.webhook = webhook
        self.accounts = {account.account_id: account for account in accounts}
        self.texts: list[HandsetText] = []
        self.delivered: list[DeliveredText] = []
        self.report_answers: list[int] = []  # the statuses of status callbacks
        self.numbers = itertools.count(1)
        self.session = threading.local()
        self.reports = ThreadPoolExecutor(4)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.reports.shutdown(cancel_futures=True)

    # -- from the handset ----------------------------------------------------------------------------------------

    def text(self, account: CarrierNumber, number: str, body: str) -> HandsetText:
        """Send a text from a handset: record it, then post its webhook once."""
        text = HandsetText(self._sid(), account, number, body, datetime.now(UTC), time.monotonic())
        self.texts.append(text)
        self.post_text(text)
        return text

    def post_text(self, text: HandsetText) -> None:
        """Post the webhook of a text; a second call posts a duplicate."""
        fields = {
            "MessageSid": text.sid, "SmsSid": text.sid, "AccountSid": text.account.account_id, "From": text.number,
            "To": text.account.number, "ToCountry": "US", "FromCountry": "US", "Body": text.body, "NumMedia": "0",
            "NumSegments": "1", "ApiVersion": "2010-04-01",
        }  # fmt: skip
        status = self.post(text.account, self.webhook, fields)
        text.answers.append(status)
        if status == 200 and text.accepted_at is None:
            text.accepted_at = time.monotonic()

    def post(self, account: CarrierNumber, url: str, fields: Mapping[str, str]) -> int:
        signature = RequestValidator(account.token).compute_signature(url, fields)
        try:
            return (
                self._session()
                .post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=WEBHOOK_TIMEOUT)
                .status_code
            )
        except requests.RequestException:
            return UNREACHED

    def _session(self) -> requests.Session:
        if not hasattr(self.session, "kept"):
            self.session.kept = requests.Session()
            # A carrier would reconnect after a server restart; a kept connection would fail.
            self.session.kept.headers["Connection"] = "close"
        return self.session.kept  # type: ignore[no-any-return]

    def _sid(self) -> str:
        return f"SM{next(self.numbers):032x}"

    # -- from the product ----------------------------------------------------------------------------------------

    def send(self, account_id: str, form: Mapping[str, str]) -> dict[str, Any]:
        """POST Messages.json: accept a text, and report its status a moment later."""
        callback = form["StatusCallback"]
        id = int(parse_qs(urlsplit(callback).query)["message"][0])
        sent = DeliveredText(self._sid(), form["To"], form["Body"], id, time.monotonic())
        self.delivered.append(sent)
        self.reports.submit(self._report, self.accounts[account_id], sent, callback)
        return {
            "sid": sent.sid,
            "status": "queued",
            "num_segments": "1",
            "body": sent.body,
            "to": sent.number,
        }

    def _report(self, account: CarrierNumber, sent: DeliveredText, callback: str) -> None:
        for status in "sent", "delivered":
            time.sleep(STATUS_DELAY / 2)
            fields = {
                "MessageSid": sent.sid, "MessageStatus": status, "AccountSid": account.account_id,
                "From": account.number, "FromCountry": "US", "To": sent.number,
            }  # fmt: skip
            self.report_answers.append(self.post(account, callback, fields))

    def fetch(self, sid: str) -> dict[str, Any]:
        """GET Messages/SM….json: one text from a handset."""
        return _as_json(next(text for text in reversed(self.texts) if text.sid == sid))

    def list(self, account_id: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        """GET Messages.json: a page of the texts from handsets to a number, newest first."""
        size, page = int(query.get("PageSize", ["50"])[0]), int(query.get("Page", ["0"])[0])
        (to,), (since,) = query["To"], query["DateSent>"]
        after = datetime.strptime(since, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        account = self.accounts[account_id]
        found = [
            text for text in reversed(self.texts) if text.account is account and text.account.number == to
        ]
        found = [text for text in found if text.sent_at >= after]
        path = f"/2010-04-01/Accounts/{account_id}/Messages.json"
        more = f"{path}?To=%2B{to[1:]}&DateSent%3E={since}&PageSize={size}&Page={page + 1}"
        return {
            "messages": [_as_json(text) for text in found[page * size : (page + 1) * size]],
            "next_page_uri": more if len(found) > (page + 1) * size else None,
        }


def _as_json(text: HandsetText) -> dict[str, Any]:
    at = format_datetime(text.sent_at)  # whole seconds, as Twilio's are
    return {
        "sid": text.sid, "direction": "inbound", "from": text.number, "to": text.account.number, "body": text.body,
        "num_segments": "1", "num_media": "0", "status": "received", "date_sent": at, "date_created": at,
    }  # fmt: skip


def _handler(carrier: FakeCarrier) -> type[BaseHTTPRequestHandler]:
    class CarrierHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self._answer(
                201, carrier.send(self._account(), {name: values[0] for name, values in form.items()})
            )

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path.endswith("/Messages.json"):
                self._answer(200, carrier.list(self._account(), parse_qs(address.query)))
            else:
                self._answer(200, carrier.fetch(address.path.rpartition("/")[2].removesuffix(".json")))

        def _account(self) -> str:
            return urlsplit(self.path).path.split("/")[3]

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    return CarrierHandler
