"""Fake Sinch: its SMS API for batches and inbounds, and the callbacks that it signs."""

import hashlib
import hmac
import json
import secrets
import time
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.models import Message
from tests.messaging.fake_carrier import Answer, Call, CarrierFake, Posting, TakenText, new_id

PLAN = "0123456789abcdef0123456789abcdef"
SECRET = "foo_secret1234"
_OUTCOMES = {"delivered": ("Delivered", 0), "failed": ("Aborted", 412)}


@dataclass
class FakeSinch(CarrierFake):
    carrier = Carrier.SINCH
    account_id = PLAN
    token = "fedcba9876543210fedcba9876543210"
    credentials = {"webhook_secret": SECRET, "region": "us"}
    refusal_code = ""

    inbounds: list[dict[str, Any]] = field(default_factory=list)  # its list of received texts, newest first

    def text(
        self,
        inbox: Inbox,
        sender: str,
        body: str,
        *,
        id: str = "",
        at: datetime | None = None,
        **more: Any,
    ) -> Posting:
        return self.event(self.received(inbox, sender, body, id=id, at=at, **more))

    def received(
        self, inbox: Inbox, sender: str, body: Any, *, id: str = "", at: datetime | None = None, **more: Any
    ) -> dict[str, Any]:
        return {
            "type": "mo_text", "id": id or new_id(), "from": sender.lstrip("+"), "body": body, "operator_id": "311071",
            "to": phone_numbers.dialled(inbox.number).lstrip("+"),
            "received_at": (at or datetime.now(UTC)).isoformat(), **more,
        }  # fmt: skip

    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        sent = self.sent_for(message)
        status, code = _OUTCOMES[outcome]
        content = {
            "type": "recipient_delivery_report_sms", "batch_id": sent.id, "recipient": sent.number, "code": code,
            "status": status, "client_reference": sent.reference, "at": datetime.now(UTC).isoformat(),
        }  # fmt: skip
        return self.event(content, sent.callback.removeprefix(settings.PUBLIC_URL))

    def event(self, content: Any, address: str = "") -> Posting:
        body = json.dumps(content).encode()
        return Posting(address or self.address, body, signed_headers(body))

    def answer(self, call: Call) -> Answer:
        if call.headers["Authorization"] != f"Bearer {self.token}":
            return 401, None
        assert call.headers["Host"] and call.path.startswith(f"/xms/v1/{PLAN}/")
        if call.method == "GET":
            return 200, self._listed(call)
        sent = call.json
        (number,) = sent["to"]
        body, media = sent["body"], tuple[str, ...]()
        if sent["type"] == "mt_media":
            body, media = body.get("message", ""), (body["url"],)
        text = TakenText(
            new_id(), sent["from"], number, body, sent["callback_url"], media, sent["client_reference"]
        )
        return 201, {"id": self.take(text).id, "to": sent["to"], "from": sent["from"]}

    def _listed(self, call: Call) -> dict[str, Any]:
        if call.path.endswith("/batches"):
            batches = [
                {
                    "id": text.id,
                    "to": [text.number],
                    "body": text.body,
                    "created_at": datetime.now(UTC).isoformat(),
                }
                for text in self.sent
            ]
            return {"batches": batches}
        page, size = int(call.query.get("page", 0)), int(call.query["page_size"])
        found = [text for text in self.inbounds if text["to"] == call.query.get("to", text["to"])]
        return {"count": len(found), "page": page, "inbounds": found[page * size : (page + 1) * size]}


def signed_headers(body: bytes, timestamp: float | None = None, nonce: str = "") -> dict[str, str]:
    at, nonce = str(int(time.time() if timestamp is None else timestamp)), nonce or secrets.token_hex(13)
    signed = b".".join((body, nonce.encode(), at.encode()))
    return {
        "X-Sinch-Webhook-Signature": b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode(),
        "X-Sinch-Webhook-Signature-Nonce": nonce,
        "X-Sinch-Webhook-Signature-Timestamp": at,
    }
