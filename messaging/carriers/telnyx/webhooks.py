"""Telnyx's webhooks: JSON, signed with Ed25519 over timestamp and body.

developers.telnyx.com/docs/messaging/messages/receiving-webhooks. A webhook is sent up to three times within seconds,
so that a timestamp that is five minutes old is not a retry.
"""

import time
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from functools import partial

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.http import HttpRequest

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.carriers.base import InboundText, StatusReport, storable, storable_body
from messaging.carriers.http_api import coded
from messaging.carriers.webhooks import (
    BadWebhook,
    Fields,
    InboundEvent,
    StatusEvent,
    Webhook,
    message_id_of,
    read_body,
    read_json,
    require,
)
from messaging.models import MessageStatus

FRESH_SECONDS = 300  # as in Telnyx's own libraries
PREFIX = "TX"  # of its error codes
OPTED_OUT_ERROR = "40300"  # …/messages/error-codes: blocked due to STOP message
MAX_MEDIA = 10
_MAX_OTHERS = 20
STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "delivery_failed": MessageStatus.UNDELIVERED,
    "sending_failed": MessageStatus.FAILED,
    "expired": MessageStatus.FAILED,
}
# …/messages/advanced-opt-in-out, as Twilio's OptOutType
_OPT_OUT_TYPES = {"STOP": "STOP", "OPT_OUT": "STOP", "START": "START", "OPT_IN": "START", "HELP": "HELP"}


def read_webhook(request: HttpRequest, account: str) -> Webhook:
    body = read_body(request, "application/json")
    signed = _fresh_timestamp(request).encode() + b"|" + body
    signature = request.META.get("HTTP_TELNYX_SIGNATURE_ED25519", "")
    data = Fields(read_json(body)).object("data")
    return Webhook(
        (Carrier.TELNYX,),
        account,
        list(_events(data, message_id_of(request))),
        lambda inbox: _is_signed_by(inbox, signed, signature),
    )


def _fresh_timestamp(request: HttpRequest) -> str:
    timestamp = request.META.get("HTTP_TELNYX_TIMESTAMP", "")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise BadWebhook(403, "The header telnyx-timestamp is missing.")
    if abs(time.time() - int(timestamp[:12])) > FRESH_SECONDS:
        raise BadWebhook(403, "The timestamp is not of the last five minutes.")
    return timestamp


def _is_signed_by(inbox: Inbox, signed: bytes, signature: str) -> bool:
    return any(is_signed(key, signed, signature) for key in inbox.readable_credentials("public_key"))


def is_signed(public_key: str, signed: bytes, signature: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key))
        key.verify(b64decode(signature, validate=True), signed)
    except (InvalidSignature, ValueError, Error):
        return False
    return True


def _events(data: Fields, message_id: int | None) -> Iterator[InboundEvent | StatusEvent]:
    """Other kinds of events, such as clicked links, count as none."""
    payload = data.object("payload")
    match data.text("event_type"):
        case "message.received":
            for ours in _recipients(payload):
                sender = payload.object("from").text("phone_number")
                yield InboundEvent(ours, sender, partial(_parse_text, payload, ours))
                return  # the others are members of a group, and the same text
            raise BadWebhook(400, "The field to is missing.")
        case "message.sent" | "message.finalized":
            sender = require("from", payload.object("from").text("phone_number"))
            yield StatusEvent(sender, _parse_report(payload), message_id, may_be_foreign=True)


def _recipients(payload: Fields) -> list[str]:
    """Our number first: of several recipients it is the one that Telnyx delivered the text to."""
    to = [item for item in payload.objects("to") if item.text("phone_number")]
    to.sort(key=lambda item: item.text("status") != "webhook_delivered")
    return [item.text("phone_number") for item in to]


def _parse_text(payload: Fields, ours: str, country: str) -> InboundText:
    sender = payload.object("from").text("phone_number")
    return InboundText(
        carrier_id=payload.required("id"),
        sender=phone_numbers.from_carrier(storable(sender), country),
        body=storable_body(payload.text("text")),
        sent_at=payload.time("received_at"),
        segments=payload.count("parts"),
        media=tuple(_media(item) for item in payload.objects("media")[:MAX_MEDIA]),
        others=_others(payload, ours, sender, country),
        opt_out_type=_OPT_OUT_TYPES.get(payload.text("autoresponse_type").upper(), ""),
        channel=phone_numbers.channel_of(sender),
    )


def _media(item: Fields) -> tuple[str, str]:
    url = storable(item.text("url"))
    return url if url.startswith("https://") else "", storable(item.text("content_type"))


def _others(payload: Fields, ours: str, sender: str, country: str) -> tuple[str, ...]:
    """The other members of a group that got the text."""
    known = {phone_numbers.from_carrier(number, country) for number in (ours, sender)}
    listed = [item.text("phone_number") for name in ("to", "cc") for item in payload.objects(name)]
    numbers = (phone_numbers.from_carrier(storable(number), country) for number in listed)
    others = dict.fromkeys(n for n in numbers if phone_numbers.is_number(n) and n not in known)
    return tuple(others)[:_MAX_OTHERS]


def _parse_report(payload: Fields) -> StatusReport:
    to = next(iter(payload.objects("to")), Fields(None))
    number = to.text("phone_number")
    error = next(iter(payload.objects("errors")), Fields(None))
    code = error.text("code")
    return StatusReport(
        carrier_id=payload.required("id"),
        number=phone_numbers.from_carrier(storable(number), "US") if number else "",
        status=STATUSES.get(to.text("status"), ""),
        error_code=coded(PREFIX, storable(code)),
        error=storable(error.text("detail") or error.text("title"))[:300],
        opted_out=code == OPTED_OUT_ERROR,
    )
