"""Twilio's webhook forms: read, checked and parsed into inbound texts and status reports.

Every field that is read must have its documented form. The signature is made over names and values without separators,
so that "MessageSid=SM…NumMedia0" has the same signature as MessageSid and NumMedia, and would be another text.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from django.http import HttpRequest

from kernel import phone_numbers
from messaging.carriers.base import InboundText, StatusReport, storable
from messaging.carriers.webhooks import BadWebhook, read_body, require, small_int
from messaging.models import MessageStatus

OPTED_OUT_ERROR = "21610"  # twilio.com/docs/api/errors/21610: the recipient replied STOP
# twilio.com/docs/messaging/api/message-resource#message-status-values
STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}


# twilio.com/docs/glossary/what-is-a-sid, and the fields of twilio.com/docs/messaging/guides/webhook-request
_FORMS = {
    "AccountSid": re.compile(r"AC[0-9a-fA-F]{32}"),
    "MessageSid": re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}"),
    "MessagingServiceSid": re.compile(r"MG[0-9a-fA-F]{32}"),
    "MessageStatus": re.compile(r"[a-z_]{1,32}"),
    "NumMedia": re.compile(r"[0-9]{1,2}"),
    "NumSegments": re.compile(r"[0-9]{1,3}"),
    "ErrorCode": re.compile(r"[0-9]{1,6}"),
}
_MAX_MEDIA = 10
_MAX_FIELDS = 500
_MEDIA_URL = re.compile(r"MediaUrl[0-9]+")
_OTHER = re.compile(r"OtherRecipients[0-9]{0,3}")
_MAX_OTHERS = 20
# The signature covers the fields in the order of their names. If an ID comes before the field MessageSid, this is a
# captured webhook that was cut differently, with another ID from what the person wrote (such as a profile's name).
_ID = re.compile(r"MessageSid(?:SM|MM)[0-9a-fA-F]{32}")


class WebhookFields:
    """The fields of a webhook, as text that can be stored. `raw` has the bytes of fields that are not UTF-8."""

    def __init__(
        self, fields: Iterable[tuple[str, str]], raw: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        self._values: dict[str, str] = {}
        self.raw = raw
        for name, value in fields:
            if name in self._values:
                raise BadWebhook(400, f"The field {name[:40]!r} occurs twice.")
            self._values[name] = value

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    def getall(self, name: str) -> list[str]:
        """The library tries this method of Flask forms first; each other method would cost it an exception."""
        return [self._values[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_fields(request: HttpRequest) -> WebhookFields:
    """Read the fields of a webhook. Raises BadWebhook for a body that Twilio does not send."""
    body = read_body(request, "application/x-www-form-urlencoded")
    try:
        fields = _parse(body, "utf-8", "strict")
    except UnicodeDecodeError:  # such as half an emoji: the text counts, with U+FFFD in its place
        raw = [
            (name.encode("latin-1"), value.encode("latin-1"))
            for name, value in _parse(body, "latin-1", "strict")
        ]
        fields = [(name.decode(errors="replace"), value.decode(errors="replace")) for name, value in raw]
        return _checked(WebhookFields(fields, raw))
    return _checked(WebhookFields(fields))


def _parse(body: bytes, encoding: str, errors: str) -> list[tuple[str, str]]:
    text = body.decode(encoding, errors)
    if text.count("&") >= _MAX_FIELDS:
        raise BadWebhook(400, "The body has too many fields.")
    pairs = (field.partition("=") for field in text.split("&") if field)
    return [(_decoded(name, encoding, errors), _decoded(value, encoding, errors)) for name, _, value in pairs]


def _decoded(text: str, encoding: str, errors: str) -> str:
    """As urllib.parse.parse_qsl decodes names and values; most need no decoding, of which it makes certain slowly."""
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, encoding, errors) if "%" in text else text


def _checked(form: WebhookFields) -> WebhookFields:
    for name, pattern in _FORMS.items():
        value = form.get(name)
        if value and not pattern.fullmatch(value):
            raise BadWebhook(400, f"The field {name} does not have the form that Twilio documents.")
    before = "".join(name + form.get(name) for name in sorted(form) if name < "MessageSid")
    if "MessageSid" in before and _ID.search(before):
        raise BadWebhook(400, "Another field than MessageSid contains the ID of a text.")
    media = [name for name in form if name.startswith("MediaUrl") and _MEDIA_URL.fullmatch(name)]
    if len(media) > _announced_media(form):
        raise BadWebhook(400, "The field NumMedia is smaller than the number of media.")
    return form


def _announced_media(form: WebhookFields) -> int:
    return int(form.get("NumMedia") or 0)


def require_fields(form: WebhookFields, *names: str) -> list[str]:
    """The values of these fields. Raises BadWebhook if a field is missing or too long."""
    return [require(name, _storable(form, name)) for name in names]


def parse_inbound_text(form: WebhookFields, country: str) -> InboundText:
    """Parse an inbound text. Unknown fields are ignored; an attachment without a usable address counts as missing."""
    (sid,) = require_fields(form, "MessageSid")
    return InboundText(
        carrier_id=sid,
        sender=phone_numbers.from_carrier(form.get("From"), country),
        body=_storable(form, "Body"),
        segments=small_int(form.get("NumSegments")),
        media=tuple(_media(form, nth) for nth in range(min(_announced_media(form), _MAX_MEDIA))),
        others=_others(form, country),
        opt_out_type=_storable(form, "OptOutType"),
        channel=phone_numbers.channel_of(form.get("From")),
    )


def _others(form: WebhookFields, country: str) -> tuple[str, ...]:
    """The other members of a group that got the text: neither its sender nor we.

    Twilio sends these fields for group MMS where the account has it. Without them nothing is assumed.
    """
    names = sorted((name for name in form if _OTHER.fullmatch(name)), key=lambda name: (len(name), name))
    if not names:
        return ()
    ours = {phone_numbers.from_carrier(form.get(name), country) for name in ("From", "To")}
    numbers = (phone_numbers.from_carrier(form.get(name), country) for name in names)
    others = dict.fromkeys(n for n in numbers if phone_numbers.is_number(n) and n not in ours)
    return tuple(others)[:_MAX_OTHERS]


def _media(form: WebhookFields, nth: int) -> tuple[str, str]:
    url = _storable(form, f"MediaUrl{nth}")
    return url if url.startswith("https://") else "", _storable(form, f"MediaContentType{nth}")


def parse_status_report(form: WebhookFields) -> StatusReport:
    """Parse a status callback. An unknown status becomes empty, and changes nothing."""
    sid, status = require_fields(form, "MessageSid", "MessageStatus")
    code = _storable(form, "ErrorCode")[:12]
    to = _storable(form, "To")
    return StatusReport(
        carrier_id=sid,
        number=phone_numbers.from_carrier(to, "US") if to else "",
        status=STATUSES.get(status, ""),
        error_code=code,
        error=_storable(form, "ErrorMessage")[:300] or (f"The carrier reports error {code}." if code else ""),
        opted_out=code == OPTED_OUT_ERROR,
    )


def _storable(form: WebhookFields, name: str) -> str:
    return storable(form.get(name))
