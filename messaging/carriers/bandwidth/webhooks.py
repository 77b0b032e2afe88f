"""Bandwidth's webhooks: a JSON array of events, with the name and password of the application's callbacks.

dev.bandwidth.com/docs/messaging/webhooks. Each is sent again for 24 hours until it is answered with success. The
password signs no content: TLS alone protects it.
"""

from collections.abc import Iterator
from functools import partial

from django.http import HttpRequest

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from kernel.id_parameter import read_id
from messaging.carriers.base import InboundText, StatusReport, storable, storable_body
from messaging.carriers.basic_auth import is_authorized
from messaging.carriers.http_api import coded
from messaging.carriers.webhooks import (
    MAX_EVENTS,
    BadWebhook,
    Fields,
    InboundEvent,
    StatusEvent,
    Webhook,
    read_body,
    read_json,
    require,
)
from messaging.models import MessageStatus

PREFIX = "BW"  # of its error codes
OPTED_OUT_ERROR = "4775"  # dev.bandwidth.com/docs/messaging/errors: rejected due to user opt out
MAX_MEDIA = 10
_MAX_OTHERS = 20
# The network or the phone refused the text; other failures are Bandwidth's own.
_AT_THE_NETWORK = ("47", "55", "56", "99")


def read_webhook(request: HttpRequest, account: str) -> Webhook:
    listed = read_json(read_body(request, "application/json"))
    if not isinstance(listed, list):
        raise BadWebhook(400, "The body is not an array.")
    if len(listed) > MAX_EVENTS:
        raise BadWebhook(413, f"The body has more than {MAX_EVENTS} events.")
    events = [event for item in listed for event in _events(Fields(item))]
    return Webhook((Carrier.BANDWIDTH,), account, events, lambda inbox: _is_authorized(inbox, request))


def _is_authorized(inbox: Inbox, request: HttpRequest) -> bool:
    names, passwords = (inbox.readable_credentials(name) for name in ("webhook_user", "webhook_password"))
    return any(is_authorized(request, name, password) for name in names for password in passwords)


def _events(item: Fields) -> Iterator[InboundEvent | StatusEvent]:
    """Other kinds of events count as none: that a text is being sent, or was read."""
    message = item.object("message")
    match item.text("type"):
        case "message-received":
            yield InboundEvent(
                require("owner", message.text("owner")), message.text("from"), partial(_parse_text, message)
            )
        case "message-delivered" | "message-failed":
            owner = require("owner", message.text("owner"))
            message_id = read_id(message.text("tag"))
            yield StatusEvent(owner, _parse_report(item), message_id, may_be_foreign=True)


def _parse_text(message: Fields, country: str) -> InboundText:
    sender = message.text("from")
    return InboundText(
        carrier_id=message.required("id"),
        sender=phone_numbers.from_carrier(storable(sender), country),
        body=storable_body(message.text("text")),
        sent_at=message.time("time"),
        segments=message.count("segmentCount"),
        media=tuple(_media(url) for url in message.texts("media")[:MAX_MEDIA]),
        others=_others(message, country),
        channel=phone_numbers.channel_of(sender),
    )


def _media(url: str) -> tuple[str, str]:
    return storable(url) if url.startswith("https://") else "", ""


def _others(message: Fields, country: str) -> tuple[str, ...]:
    """The other members of a group that got the text."""
    known = {phone_numbers.from_carrier(message.text(name), country) for name in ("owner", "from")}
    numbers = (phone_numbers.from_carrier(storable(number), country) for number in message.texts("to"))
    others = dict.fromkeys(n for n in numbers if phone_numbers.is_number(n) and n not in known)
    return tuple(others)[:_MAX_OTHERS]


def _parse_report(item: Fields) -> StatusReport:
    code, number = item.text("errorCode"), item.text("to")
    failed = MessageStatus.UNDELIVERED if code.startswith(_AT_THE_NETWORK) else MessageStatus.FAILED
    return StatusReport(
        carrier_id=item.object("message").required("id"),
        number=phone_numbers.from_carrier(storable(number), "US") if number else "",
        status=MessageStatus.DELIVERED if item.text("type") == "message-delivered" else failed,
        error_code=coded(PREFIX, storable(code)),
        error=storable(item.text("description"))[:300] if code else "",
        opted_out=code == OPTED_OUT_ERROR,
    )
