"""Twilio's webhook forms: read, checked and parsed into inbound texts and status reports."""

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from django.http import HttpRequest

from kernel import phone_numbers
from messaging.carriers.base import InboundText, StatusReport
from messaging.models import MessageStatus

MAX_BODY_BYTES = 64 * 1024  # of a webhook's body; Twilio's own are below 10 kB
OPTED_OUT_ERROR = "21610"  # twilio.com/docs/api/errors/21610: the recipient replied STOP
# twilio.com/docs/messaging/api/message-resource#message-status-values
_STATUS = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.DELIVERED,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.FAILED,
}


class BadWebhook(Exception):
    """A webhook that is refused: a 4xx status, and a sentence for the log and the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class WebhookFields:
    """The fields of a webhook. The last value of a repeated field counts; the signature covers all of them."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str:
        values = self._values.get(name)
        return values[-1] if values else ""

    def getall(self, name: str) -> list[str]:
        """The library tries this method of Flask forms first; each other method would cost it an exception."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_fields(request: HttpRequest) -> WebhookFields:
    """Read the fields of a webhook. Raises BadWebhook for a body that Twilio does not send."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadWebhook(415, "Send application/x-www-form-urlencoded.")
    if len(body := request.read(MAX_BODY_BYTES + 1)) > MAX_BODY_BYTES:
        raise BadWebhook(413, f"The body is larger than {MAX_BODY_BYTES} bytes.")
    try:
        return WebhookFields(
            parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=500)
        )
    except ValueError:  # other encodings would be stored wrong, and their signature could not be checked
        raise BadWebhook(400, "The body is not URL-encoded UTF-8, or it has too many fields.") from None


def require_fields(form: WebhookFields, *names: str) -> list[str]:
    """The values of these fields. Raises BadWebhook if a field is missing or too long."""
    values = [_storable(form, name).strip() for name in names]
    for name, value in zip(names, values, strict=True):
        if not value:
            raise BadWebhook(400, f"The field {name} is missing.")
        if len(value) > 64:
            raise BadWebhook(400, f"The field {name} is too long.")
    return values


def parse_inbound_text(form: WebhookFields, country: str) -> InboundText:
    """Parse an inbound text. Unknown fields are ignored; an optional field that makes no sense is dropped."""
    (sid,) = require_fields(form, "MessageSid")
    return InboundText(
        carrier_id=sid,
        sender=phone_numbers.from_carrier(form.get("From"), country),
        body=_storable(form, "Body"),
        segments=parse_small_int(form.get("NumSegments")),
        media=tuple(
            (_storable(form, f"MediaUrl{i}"), _storable(form, f"MediaContentType{i}"))
            for i in range(min(parse_small_int(form.get("NumMedia")) or 0, 10))
            if form.get(f"MediaUrl{i}").startswith("https://")
        ),
        opt_out_type=_storable(form, "OptOutType"),
    )


def parse_status_report(form: WebhookFields) -> StatusReport:
    """Parse a status callback. An unknown status becomes empty, and changes nothing."""
    sid, status = require_fields(form, "MessageSid", "MessageStatus")
    code = _storable(form, "ErrorCode")[:12]
    to = _storable(form, "To")
    return StatusReport(
        carrier_id=sid,
        number=phone_numbers.from_carrier(to, "US") if to else "",
        status=_STATUS.get(status, ""),
        error_code=code,
        error=_storable(form, "ErrorMessage")[:300] or (f"The carrier reports error {code}." if code else ""),
        opted_out=code == OPTED_OUT_ERROR,
    )


def _storable(form: WebhookFields, name: str) -> str:
    """A field without NUL characters, which PostgreSQL refuses in text."""
    return form.get(name).replace("\x00", "")


def parse_small_int(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None
