"""Plivo's webhooks: forms, signed with the auth token over the address, the fields and a nonce (signature V3).

plivo.com/docs/messaging/concepts/signature-validation. The header with "Ma" is made with the token of the main account,
the other with that of the subaccount that has the number; either may be the inbox's. Each may list several signatures.
"""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Sequence
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Carrier
from kernel import phone_numbers
from messaging.carriers.base import InboundText, StatusReport, storable, storable_body
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
    require,
)
from messaging.models import MessageStatus

PREFIX = "PL"  # of its error codes
OPTED_OUT_ERROR = "200"  # source number blocked by STOP from destination number
SIGNATURES = ("HTTP_X_PLIVO_SIGNATURE_V3", "HTTP_X_PLIVO_SIGNATURE_MA_V3")
MAX_MEDIA = 10
# The signature is made over names and values without separators: an ID must have its documented form.
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "rejected": MessageStatus.FAILED,
}


def read_webhook(request: HttpRequest, account: str) -> Webhook:
    pairs = read_form(read_body(request, "application/x-www-form-urlencoded"))
    nonce = request.META.get("HTTP_X_PLIVO_SIGNATURE_V3_NONCE", "")
    given = [part.strip() for name in SIGNATURES for part in request.META.get(name, "").split(",")]
    signed = signed_bytes(settings.PUBLIC_URL + request.get_full_path(), pairs, nonce)
    return Webhook(
        (Carrier.PLIVO,),
        account,
        [_event(form_fields(pairs), message_id_of(request))],
        lambda inbox: bool(nonce) and any(is_signed(token, signed, given) for token in inbox.readable_tokens),
        nonce,
    )


def signed_bytes(url: str, pairs: Sequence[tuple[bytes, bytes]], nonce: str) -> bytes:
    """What a POST's signature is made over: address?query.fields.nonce, each sorted by name."""
    parts = urlsplit(url)
    query = "&".join(
        f"{name}={value}" for name, value in sorted(parse_qsl(parts.query, keep_blank_values=True))
    )
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    if query or pairs:
        address += f"?{query}"
    if query and pairs:
        address += "."
    return address.encode() + b"".join(name + value for name, value in sorted(pairs)) + f".{nonce}".encode()


def is_signed(token: str, signed: bytes, signatures: Sequence[str]) -> bool:
    expected = b64encode(hmac.digest(token.encode(), signed, hashlib.sha256))
    return any(hmac.compare_digest(expected, given.encode()) for given in signatures)


def _event(form: Fields, message_id: int | None) -> InboundEvent | StatusEvent:
    if not _UUID.fullmatch(require("MessageUUID", form.text("MessageUUID"))):
        raise BadWebhook(400, "The field MessageUUID does not have the form that Plivo documents.")
    if form.text("Status"):
        ours = international(require("From", form.text("From")))
        return StatusEvent(ours, _parse_report(form), message_id)
    ours, theirs = (international(form.text(name).lstrip("+")) for name in ("To", "From"))
    return InboundEvent(require("To", ours), theirs, partial(_parse_text, form, theirs))


def _parse_text(form: Fields, sender: str, country: str) -> InboundText:
    return InboundText(
        carrier_id=form.required("MessageUUID"),
        sender=phone_numbers.from_carrier(storable(sender), country),
        body=storable_body(form.text("Text")),
        segments=form.count("Units"),
        media=_media(form),
    )


def _media(form: Fields) -> tuple[tuple[str, str], ...]:
    names = sorted(name for name in form.found if re.fullmatch(r"Media[0-9]", name))
    urls = (storable(form.text(name)) for name in names[:MAX_MEDIA])
    return tuple((url if url.startswith("https://") else "", "") for url in urls)


def _parse_report(form: Fields) -> StatusReport:
    code, number = form.text("ErrorCode"), form.text("To")
    code = "" if code in ("", "0", "000") else code
    return StatusReport(
        carrier_id=form.required("MessageUUID"),
        number=phone_numbers.from_carrier(international(storable(number).lstrip("+")), "US")
        if number
        else "",
        status=STATUSES.get(form.text("Status"), ""),
        error_code=coded(PREFIX, storable(code)),
        error=f"Plivo reports error {storable(code)[:20]}." if code else "",
        opted_out=code == OPTED_OUT_ERROR,
    )
