"""Fake Telnyx: its API v2 for messages and messaging profiles, and the webhooks that it signs."""

import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.models import Message
from tests.messaging.fake_carrier import Answer, Call, CarrierFake, Posting, TakenText, new_id

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PROFILE = "0f512bda-ae1e-4597-8e11-e5f5686b97d3"
_OUTCOMES = {"delivered": "delivered", "failed": "delivery_failed", "opted_out": "sending_failed"}
_ERRORS = {
    "failed": [{"code": "40008", "title": "Undeliverable"}],
    "opted_out": [{"code": "40300", "title": "Blocked due to STOP message"}],
}


class FakeTelnyx(CarrierFake):
    carrier = Carrier.TELNYX
    account_id = PROFILE
    token = "KEY0123456789ABCDEF0123456789ABCDEF"
    credentials = {"public_key": b64encode(KEY.public_key().public_bytes_raw()).decode()}
    refusal_code = "TX-40300"

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
        payload = {
            "record_type": "message", "direction": "inbound", "id": id or new_id(), "type": "SMS",
            "messaging_profile_id": PROFILE, "text": body, "media": [], "cc": [], "parts": 1, "errors": [],
            "from": {"phone_number": sender, "carrier": "T-MOBILE USA, INC.", "line_type": "Wireless"},
            "to": [{"phone_number": phone_numbers.dialled(inbox.number), "status": "webhook_delivered"}],
            "received_at": (at or datetime.now(UTC)).isoformat(), "autoresponse_type": None, **more,
        }  # fmt: skip
        return self.event("message.received", payload)

    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        sent = self.sent_for(message)
        payload = {
            "record_type": "message", "direction": "outbound", "id": sent.id,
            "from": {"phone_number": sent.sender}, "errors": _ERRORS.get(outcome, []),
            "to": [{"phone_number": sent.number, "status": _OUTCOMES[outcome]}],
        }  # fmt: skip
        return self.event("message.finalized", payload, sent.callback)

    def event(self, kind: str, payload: dict[str, Any], address: str = "") -> Posting:
        envelope = {"record_type": "event", "id": new_id(), "event_type": kind, "payload": payload}
        body = json.dumps({"data": envelope, "meta": {"attempt": 1}}).encode()
        return Posting(address or self.address, body, signed_headers(body))

    def answer(self, call: Call) -> Answer:
        if call.headers["Authorization"] != f"Bearer {self.token}":
            return 401, {"errors": [{"code": "10009", "title": "Authentication failed"}]}
        if call.path == f"/v2/messaging_profiles/{PROFILE}":
            self.webhook = call.json["webhook_url"] if call.method == "PATCH" else self.webhook
            return 200, {"data": {"id": PROFILE, "webhook_url": self.webhook}}
        assert (call.method, call.path) == ("POST", "/v2/messages")
        sent = call.json
        if sent["to"] in self.opted_out:
            return 400, {"errors": [{"code": "40300", "title": "Blocked due to STOP message"}]}
        text = self.take(
            TakenText(
                new_id(),
                sent["from"],
                sent["to"],
                sent["text"],
                sent["webhook_url"],
                tuple(sent.get("media_urls", ())),
            )
        )
        return 200, {"data": {"id": text.id, "parts": 1, "to": [{"status": "queued"}]}}


def signed_headers(body: bytes, timestamp: float | None = None) -> dict[str, str]:
    at = str(int(time.time() if timestamp is None else timestamp))
    signature = KEY.sign(f"{at}|".encode() + body)
    return {"Telnyx-Timestamp": at, "Telnyx-Signature-Ed25519": b64encode(signature).decode()}
