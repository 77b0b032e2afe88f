"""A receiver as one writes it for the Heymarket API, from its public reference and nothing of ours.

developers.heymarket.com/guides/webhooks: it parses JSON, compares `token`, responds 2xx at once, branches on `type`,
and processes each `type` with its `event_data.id` once. It refuses what the reference does not describe.
"""

import json
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from tests.webhooks.receiver import Receiver, Reply


class Referenced(BaseModel):
    """An object of the reference: these types, without conversions. Fields beyond it are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class HeymarketConversation(Referenced):
    assigned: int
    blocked: bool
    channel: str
    created: str
    creator: int
    email_noti: bool
    id: int
    inbox: int
    last_inbound: int
    local_id: str
    members: list[dict[str, Any]]
    muted: bool
    name: str
    noreply: str
    op: str
    read: int
    replied: bool
    snooze_till: str
    status: str
    super: int
    support: bool
    target: str
    type: str
    updated: str


class HeymarketCustom(Referenced):
    data: list[int]
    type: str


class HeymarketMessage(Referenced):
    author: str
    broadcast_id: int
    conversation: HeymarketConversation
    custom: HeymarketCustom
    date: str
    flagged: bool
    id: int
    link_url: str
    local_id: str
    media: str
    phone: str
    status: str
    super: int
    support: bool
    target: str
    text: str
    type: str
    updated: str
    user: int


class HeymarketUnsubscribed(Referenced):
    """The reference names no fields; a receiver needs to know whom it is about."""

    phone: str


EVENT_DATA: dict[str, type[Referenced]] = {
    "message_sent": HeymarketMessage,
    "message_recieved": HeymarketMessage,
    "chat_reassigned": HeymarketConversation,
    "chat_closed": HeymarketConversation,
    "chat_opened": HeymarketConversation,
    "chat_transferred": HeymarketConversation,
    "target_opt_out": HeymarketUnsubscribed,
    "target_opt_in": HeymarketUnsubscribed,
    "target_double_opt_in": HeymarketUnsubscribed,
}


class HeymarketEvent(Referenced):
    type: str
    id: int
    token: str
    event_data: dict[str, Any]


class HeymarketReceiver(Receiver):
    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token
        self.payloads: list[dict[str, Any]] = []
        self.processed: dict[tuple[str, Any], Referenced] = {}

    def receive(self, headers: dict[str, str], raw: bytes) -> Reply:
        payload = json.loads(raw)
        if payload.get("token") != self.token:
            return Reply(401)
        self.payloads.append(payload)
        try:
            event = HeymarketEvent(**payload)
            self._process(event)
        except ValidationError as error:
            self.errors.append(f"{payload['type']}: {error}")
            return Reply(400)
        return Reply(200)

    def _process(self, event: HeymarketEvent) -> None:
        if kind := EVENT_DATA.get(event.type):
            self.processed.setdefault((event.type, event.event_data.get("id")), kind(**event.event_data))
