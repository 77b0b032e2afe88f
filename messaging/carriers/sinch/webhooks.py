"""Sinch's callbacks: JSON, signed with HMAC over body, nonce and timestamp.

developers.sinch.com/docs/sms/api-reference/sms/tag/Webhooks. Sinch signs them once HMAC is set up for the service plan.
It retries after an answer 5xx or 429, for nearly 23 hours; whether a retry has a new timestamp is not documented, so a
timestamp may be a day old. A nonce that was answered with success is refused.
"""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Iterator
from functools import partial

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
    international,
    message_id_of,
    read_body,
    read_json,
    require,
)
from messaging.models import MessageStatus

PREFIX = "SI"  # of its error codes
FRESH_SECONDS = 24 * 60 * 60
AHEAD_SECONDS = 300  # that Sinch's clock may be ahead of ours
MAX_MEDIA = 10
TEXTS = ("mo_text", "mo_media", "mo_binary")
REPORTS = ("recipient_delivery_report_sms", "recipient_delivery_report_mms")
# …/tag/Delivery-reports, "Delivery report statuses"
STATUSES = {
    "dispatched": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "failed": MessageStatus.UNDELIVERED,
    "expired": MessageStatus.UNDELIVERED,
    "rejected": MessageStatus.UNDELIVERED,
    "deleted": MessageStatus.UNDELIVERED,
    "aborted": MessageStatus.FAILED,
    "cancelled": MessageStatus.FAILED,
}


def read_webhook(request: HttpRequest, account: str) -> Webhook:
    body = read_body(request, "application/json")
    nonce = request.META.get("HTTP_X_SINCH_WEBHOOK_SIGNATURE_NONCE", "")
    signed = b".".join((body, nonce.encode(), _fresh_timestamp(request).encode()))
    signature = request.META.get("HTTP_X_SINCH_WEBHOOK_SIGNATURE", "")
    if request.META.get("HTTP_X_SINCH_WEBHOOK_SIGNATURE_ALGORITHM", "HmacSHA256") != "HmacSHA256":
        raise BadWebhook(403, "Sign with HmacSHA256.")
    return Webhook(
        (Carrier.SINCH,),
        account,
        list(_events(Fields(read_json(body)), message_id_of(request))),
        lambda inbox: bool(nonce) and _is_signed_by(inbox, signed, signature),
        nonce,
    )


def _fresh_timestamp(request: HttpRequest) -> str:
    timestamp = request.META.get("HTTP_X_SINCH_WEBHOOK_SIGNATURE_TIMESTAMP", "")
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise BadWebhook(403, "The header x-sinch-webhook-signature-timestamp is missing.")
    if not -AHEAD_SECONDS <= time.time() - int(timestamp[:12]) <= FRESH_SECONDS:
        raise BadWebhook(403, "The timestamp is not of the last day.")
    return timestamp


def _is_signed_by(inbox: Inbox, signed: bytes, signature: str) -> bool:
    return any(
        is_signed(secret, signed, signature) for secret in inbox.readable_credentials("webhook_secret")
    )


def is_signed(secret: str, signed: bytes, signature: str) -> bool:
    expected = b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256))
    return hmac.compare_digest(expected, signature.encode())


def _events(event: Fields, message_id: int | None) -> Iterator[InboundEvent | StatusEvent]:
    """Other kinds count as none: reports about whole batches."""
    kind = event.text("type")
    if kind in TEXTS:
        ours = international(require("to", event.text("to")))
        yield InboundEvent(ours, international(event.text("from")), partial(parse_text, event))
    elif kind in REPORTS:
        yield StatusEvent("", _parse_report(event), message_id, may_be_foreign=True)


def parse_text(event: Fields, country: str) -> InboundText:
    """An inbound text, of a callback or of Sinch's list. Of a binary text only the receipt is kept."""
    sender, media = international(event.text("from")), event.object("body")
    return InboundText(
        carrier_id=event.required("id"),
        sender=phone_numbers.from_carrier(storable(sender), country),
        body=storable_body(_words(event)),
        sent_at=event.time("sent_at") or event.time("received_at"),
        media=tuple(_media(item) for item in media.objects("media")[:MAX_MEDIA]),
        left_out="It is binary and has no words." if event.text("type") == "mo_binary" else "",
    )


def _words(event: Fields) -> str:
    match event.text("type"):
        case "mo_text":
            return event.text("body")
        case "mo_media":
            media = event.object("body")
            return media.text("message") or media.text("subject")
    return ""


def _media(item: Fields) -> tuple[str, str]:
    url = storable(item.text("url"))
    return url if url.startswith("https://") else "", storable(item.text("content_type"))


def _parse_report(event: Fields) -> StatusReport:
    status = STATUSES.get(event.text("status").lower(), "")
    failed = status in (MessageStatus.UNDELIVERED, MessageStatus.FAILED)
    number, code = event.text("recipient"), event.text("code") if failed else ""
    return StatusReport(
        carrier_id=event.required("batch_id"),
        number=phone_numbers.from_carrier(international(storable(number).lstrip("+")), "US")
        if number
        else "",
        status=status,
        error_code=coded(PREFIX, storable(code)),
        error=f"Sinch reports {storable(event.text('status'))[:20]}, code {storable(code)[:20]}."
        if failed
        else "",
    )
