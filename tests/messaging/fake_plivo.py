"""Fake Plivo: its API for messages, numbers and applications, and the forms that it signs and posts."""

import hashlib
import hmac
import secrets
from base64 import b64encode
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.carriers.plivo.webhooks import signed_bytes
from messaging.models import Message
from tests.messaging.fake_carrier import Answer, Call, CarrierFake, Posting, TakenText

ACCOUNT = "MAXXXXXXXXXXXXXXXXXX"
BASE = f"/v1/Account/{ACCOUNT}/"
FORM = "application/x-www-form-urlencoded"
_OUTCOMES = {
    "delivered": {"Status": "delivered", "ErrorCode": "000"},
    "failed": {"Status": "undelivered", "ErrorCode": "70"},
    "opted_out": {"Status": "failed", "ErrorCode": "200"},
}


class FakePlivo(CarrierFake):
    carrier = Carrier.PLIVO
    account_id = ACCOUNT
    token = "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4"
    refuses_later = True
    refusal_code = "PL-200"

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
        fields = {
            "From": sender.lstrip("+"), "To": phone_numbers.dialled(inbox.number).lstrip("+"), "Text": body,
            "Type": "sms", "MessageUUID": id or str(uuid4()), "Units": "1", **more,
        }  # fmt: skip
        return signed(fields, self.address)

    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        sent = self.sent_for(message)
        fields = {
            "From": sent.sender.lstrip("+"),
            "To": sent.number.lstrip("+"),
            "MessageUUID": sent.id,
            **_OUTCOMES[outcome],
        }
        return signed(fields, sent.callback.removeprefix(settings.PUBLIC_URL))

    def answer(self, call: Call) -> Answer:
        user = b64encode(f"{ACCOUNT}:{self.token}".encode()).decode()
        if call.headers["Authorization"] != f"Basic {user}":
            return 401, None
        if call.path == f"{BASE}Message/":
            sent = call.json
            media = tuple(sent.get("media_urls", ()))
            text = TakenText(str(uuid4()), sent["src"], sent["dst"], sent["text"], sent["url"], media)
            return 202, {"message": "message(s) queued", "message_uuid": [self.take(text).id]}
        return 200, self._found(call)

    def _found(self, call: Call) -> dict[str, Any]:
        if call.path.startswith(f"{BASE}Message/"):
            return {"message_time": "2026-03-01 18:00:05+05:30", "message_direction": "inbound"}
        if call.path.startswith(f"{BASE}Number/"):
            return {"application": f"{BASE}Application/29986316244302815/"}
        if call.method == "POST":
            self.webhook = call.json["message_url"]
        return {"message_url": self.webhook, "auth_id": ACCOUNT}


def signed(fields: dict[str, str], address: str, nonce: str = "") -> Posting:
    nonce = nonce or secrets.token_hex(10)
    pairs = [(name.encode(), value.encode()) for name, value in fields.items()]
    content = signed_bytes(settings.PUBLIC_URL + address, pairs, nonce)
    signature = b64encode(hmac.digest(FakePlivo.token.encode(), content, hashlib.sha256)).decode()
    headers = {"X-Plivo-Signature-V3": signature, "X-Plivo-Signature-V3-Nonce": nonce}
    return Posting(address, urlencode(fields).encode(), headers, FORM)
