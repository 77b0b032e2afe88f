"""Fake Vonage: its SMS API, and the webhooks that it signs and posts as JSON or as a form."""

import hmac
import json
import re
import secrets
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.models import Message
from tests.messaging.fake_carrier import Answer, Call, CarrierFake, Posting, TakenText, new_id

KEY, SECRET = "abcd1234", "a-signature-secret-of-vonage"
FORM = "application/x-www-form-urlencoded"
_OUTCOMES = {"delivered": ("delivered", "0"), "failed": ("failed", "3"), "opted_out": ("rejected", "9")}


class FakeVonage(CarrierFake):
    carrier = Carrier.VONAGE
    account_id = KEY
    token = "ABCDEFGH01234abc"
    credentials = {"signature_secret": SECRET}
    refuses_later = True
    refusal_code = "VN-9"

    def text(
        self,
        inbox: Inbox,
        sender: str,
        body: str,
        *,
        id: str = "",
        at: datetime | None = None,
        **more: str,
    ) -> Posting:
        return signed(self.received(inbox, sender, body, id=id, at=at, **more), self.address)

    def part(self, inbox: Inbox, sender: str, body: str, place: str, **more: Any) -> Posting:
        """A part of a long text; the place is such as "2/3"."""
        position, _, total = place.partition("/")
        concat: dict[str, Any] = {
            "concat": "true",
            "concat-ref": "a7",
            "concat-part": position,
            "concat-total": total,
        }
        return self.text(inbox, sender, body, **{**concat, **more})

    def received(
        self, inbox: Inbox, sender: str, body: str, *, id: str = "", at: datetime | None = None, **more: str
    ) -> dict[str, str]:
        return {
            "api-key": KEY, "msisdn": sender.lstrip("+"), "messageId": id or new_id(), "text": body, "type": "text",
            "to": phone_numbers.dialled(inbox.number).lstrip("+"), "keyword": body.partition(" ")[0].upper(),
            "message-timestamp": (at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"), **more,
        }  # fmt: skip

    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        sent = self.sent_for(message)
        status, code = _OUTCOMES[outcome]
        fields = {
            "api-key": KEY, "msisdn": sent.number, "to": sent.sender, "messageId": sent.id, "status": status,
            "err-code": code, "scts": "2611291200", "client-ref": sent.reference, "price": "0.0",
        }  # fmt: skip
        return signed(fields, sent.callback.removeprefix(settings.PUBLIC_URL))

    def answer(self, call: Call) -> Answer:
        if not call.headers["Authorization"].startswith("Basic "):
            return 401, {"type": "unauthorized"}
        if call.path == "/account/get-balance":
            return 200, {"value": 10.28, "autoReload": False}
        assert call.path == "/sms/json"
        sent = call.form
        assert sent["type"] == ("text" if sent["text"].isascii() else "unicode")
        text = TakenText(
            new_id(), sent["from"], sent["to"], sent["text"], sent["callback"], reference=sent["client-ref"]
        )
        taken = {"to": sent["to"], "message-id": self.take(text).id, "status": "0"}
        return 200, {"message-count": "1", "messages": [taken]}


def signed(
    fields: dict[str, str],
    address: str,
    *,
    timestamp: float | None = None,
    algorithm: str = "sha256",
    form: bool = False,
) -> Posting:
    at = str(int(time.time() if timestamp is None else timestamp))
    fields = {"nonce": secrets.token_hex(8), **fields, "timestamp": at}
    text = "".join(f"&{name}={re.sub('[&=]', '_', value)}" for name, value in sorted(fields.items()))
    found: dict[str, Any] = {**fields, "sig": hmac.new(SECRET.encode(), text.encode(), algorithm).hexdigest()}
    if form:
        return Posting(address, urlencode(found).encode(), {}, FORM)
    return Posting(address, json.dumps(found).encode(), {})
