"""Fake Bandwidth: its messaging API v2, and the webhooks that it posts with a name and a password."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.models import Message
from tests.messaging.fake_carrier import Answer, Call, CarrierFake, Posting, TakenText, new_id

APPLICATION = "93de2206-9669-4e07-948d-329f4b722ee2"
_OUTCOMES: dict[str, dict[str, Any]] = {
    "delivered": {"type": "message-delivered", "description": "ok"},
    "failed": {"type": "message-failed", "errorCode": 4720, "description": "invalid-destination-address"},
    "opted_out": {"type": "message-failed", "errorCode": 4775, "description": "rejected-due-to-user-opt-out"},
}


class FakeBandwidth(CarrierFake):
    carrier = Carrier.BANDWIDTH
    account_id = APPLICATION
    token = "api-password-of-bandwidth"
    credentials = {
        "bandwidth_account": "9900000", "api_user": "heymarket-api", "webhook_user": "webhooks",
        "webhook_password": "a-long-webhook-password",
    }  # fmt: skip
    refuses_later = True
    refusal_code = "BW-4775"

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
        return self.events([self.received(inbox, sender, body, id=id, at=at, **more)])

    def received(
        self, inbox: Inbox, sender: str, body: str, *, id: str = "", at: datetime | None = None, **more: Any
    ) -> dict[str, Any]:
        ours, time = phone_numbers.dialled(inbox.number), (at or datetime.now(UTC)).isoformat()
        message = {
            "id": id or new_id(), "time": time, "to": [ours], "from": sender, "text": body, "owner": ours,
            "applicationId": APPLICATION, "direction": "in", "segmentCount": 1, **more,
        }  # fmt: skip
        return {
            "type": "message-received",
            "time": time,
            "description": "Incoming message received",
            "to": ours,
            "message": message,
        }

    def report(self, inbox: Inbox, message: Message, outcome: str) -> Posting:
        sent = self.sent_for(message)
        content = {
            "id": sent.id, "owner": sent.sender, "from": sent.sender, "to": [sent.number], "text": "",
            "tag": sent.reference,
            "applicationId": APPLICATION, "direction": "out", "segmentCount": 1,
        }  # fmt: skip
        return self.events([{"to": sent.number, "message": content, **_OUTCOMES[outcome]}])

    def events(self, events: list[Any]) -> Posting:
        user = f"{self.credentials['webhook_user']}:{self.credentials['webhook_password']}"
        headers = {"Authorization": f"Basic {b64encode(user.encode()).decode()}"}
        return Posting(self.address, json.dumps(events).encode(), headers)

    def answer(self, call: Call) -> Answer:
        user = b64encode(f"{self.credentials['api_user']}:{self.token}".encode()).decode()
        if call.headers["Authorization"] != f"Basic {user}":
            return 401, {"type": "unauthorized", "description": "Authentication Failed"}
        assert call.path == "/api/v2/users/9900000/messages"
        if call.method == "GET":
            return 200, {"totalCount": 0, "messages": []}
        sent = call.json
        assert sent["applicationId"] == APPLICATION
        (number,) = sent["to"]
        text = self.take(
            TakenText(
                new_id(),
                sent["from"],
                number,
                sent["text"],
                media=tuple(sent.get("media", ())),
                reference=sent["tag"],
            )
        )
        return 202, {"id": text.id, "owner": text.sender, "segmentCount": 1, "direction": "out"}
