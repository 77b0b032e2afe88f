"""Vonage's webhooks: fields as JSON or as a form, signed with HMAC over all of them.

developer.vonage.com/messaging/sms/guides/inbound-sms and …/getting-started/concepts/signing-messages. Only SHA-256 and
SHA-512 are accepted. Vonage delivers again for 24 hours until it is answered with success; whether with a new timestamp
is not documented, so a timestamp may be a day old. A nonce that was answered with success is refused.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from django.http import HttpRequest

from accounts.models import Carrier, Inbox
from kernel import phone_numbers
from messaging.carriers.base import InboundText, PartOf, StatusReport, storable, storable_body
from messaging.carriers.http_api import coded
from messaging.carriers.webhooks import (
    BadWebhook,
    Fields,
    InboundEvent,
    StatusEvent,
    Webhook,
    form_fields,
    international,
    message_id_of,
    read_body,
    read_form,
    read_json,
    require,
)
from messaging.models import MessageStatus

PREFIX = "VN"  # of its error codes
OPTED_OUT_ERROR = "9"  # developer.vonage.com/en/opt-out-assist/guides/messaging-opted-out-numbers
FRESH_SECONDS = 24 * 60 * 60 + 300
AHEAD_SECONDS = 300  # that Vonage's clock may be ahead of ours
MAX_PARTS = 255  # of a text, as phones write them
STATUSES = {
    "accepted": MessageStatus.SENT,
    "buffered": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "expired": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.UNDELIVERED,
    "rejected": MessageStatus.UNDELIVERED,
}
_ALGORITHMS = {64: hashlib.sha256, 128: hashlib.sha512}  # by the length of the signature


def read_webhook(request: HttpRequest, account: str) -> Webhook:
    fields = _read_fields(request)
    _require_fresh(fields.text("timestamp"))
    nonce = fields.text("nonce")
    return Webhook(
        (Carrier.VONAGE,),
        account,
        [_event(fields, message_id_of(request))],
        lambda inbox: bool(nonce) and _is_signed_by(inbox, fields.found),
        nonce,
    )


def _read_fields(request: HttpRequest) -> Fields:
    if request.content_type == "application/x-www-form-urlencoded":
        return form_fields(read_form(read_body(request, request.content_type)))
    found = read_json(read_body(request, "application/json"))
    if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
        raise BadWebhook(400, "The body is not an object of fields.")
    return Fields(found)


def _require_fresh(timestamp: str) -> None:
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise BadWebhook(403, "The field timestamp is missing: webhooks must be signed.")
    if not -AHEAD_SECONDS <= time.time() - int(timestamp[:12]) <= FRESH_SECONDS:
        raise BadWebhook(403, "The timestamp is not of the last day.")


def _is_signed_by(inbox: Inbox, found: Mapping[str, object]) -> bool:
    return any(is_signed(secret, found) for secret in inbox.readable_credentials("signature_secret"))


def is_signed(secret: str, found: Mapping[str, object]) -> bool:
    """Whether the field "sig" is the HMAC of the others, with SHA-256 or SHA-512."""
    given = str(found.get("sig", "")).lower()
    if not (algorithm := _ALGORITHMS.get(len(given))):
        return False
    signed = "".join(
        f"&{name}={re.sub('[&=]', '_', _as_text(value))}"
        for name, value in sorted(found.items())
        if name != "sig"
    )
    expected = hmac.new(secret.encode(), signed.encode(errors="replace"), algorithm).hexdigest()
    return hmac.compare_digest(expected.encode(), given.encode(errors="replace"))


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _event(fields: Fields, message_id: int | None) -> InboundEvent | StatusEvent:
    require("messageId", fields.text("messageId"))
    ours = international(require("to", fields.text("to")))
    if fields.text("status"):
        return StatusEvent(ours, _parse_report(fields), message_id, may_be_foreign=True)
    theirs = international(fields.text("msisdn"))
    return InboundEvent(ours, theirs, partial(_parse_text, fields, theirs))


def _parse_text(fields: Fields, sender: str, country: str) -> InboundText:
    """Of a binary text only the receipt is kept."""
    return InboundText(
        carrier_id=fields.required("messageId"),
        sender=phone_numbers.from_carrier(storable(sender), country),
        body=storable_body(fields.text("text")),
        sent_at=_read_utc(fields.text("message-timestamp")),
        part=_read_part(fields),
    )


def _read_part(fields: Fields) -> PartOf | None:
    """None for a text of one part, and for numbers that make no sense: then the words count at once."""
    reference = storable(fields.text("concat-ref"))[:64]
    position, total = fields.count("concat-part"), fields.count("concat-total")
    if not (reference and position and total and position <= total and 1 < total <= MAX_PARTS):
        return None
    return PartOf(reference, position, total)


def _read_utc(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _parse_report(fields: Fields) -> StatusReport:
    code, number = fields.text("err-code"), fields.text("msisdn")
    code = "" if code in ("", "0") else code
    status = STATUSES.get(fields.text("status"), "")
    return StatusReport(
        carrier_id=fields.required("messageId"),
        number=phone_numbers.from_carrier(international(storable(number)), "US") if number else "",
        status=status,
        error_code=coded(PREFIX, storable(code)),
        error=f"Vonage reports {storable(fields.text('status'))[:20]}, code {storable(code)[:20]}."
        if code
        else "",
        opted_out=code == OPTED_OUT_ERROR,
    )
