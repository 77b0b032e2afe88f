"""Twilio: its webhooks' form format and signature, and its REST API."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator, compare
from urllib3.exceptions import NewConnectionError

from accounts import numbers
from accounts.encryption import Undecipherable
from accounts.models import Inbox
from messaging.carriers.base import (
    Accepted,
    InboundText,
    OptedOutAtCarrier,
    OutboundText,
    Rejected,
    Report,
    SendError,
    TryLater,
    Unknown,
)
from messaging.models import Status

MOST_BYTES = 64 * 1024  # of a webhook's body; Twilio's own are below 10 kB
OPTED_OUT = "21610"  # twilio.com/docs/api/errors/21610: the recipient replied STOP

# twilio.com/docs/messaging/api/message-resource#message-status-values
_STATUS = {
    "sent": Status.SENT,
    "delivered": Status.DELIVERED,
    "read": Status.DELIVERED,
    "undelivered": Status.UNDELIVERED,
    "failed": Status.FAILED,
    "canceled": Status.FAILED,
}


class BadWebhook(Exception):
    """A webhook that is not taken in: an HTTP status of 4xx and a sentence for the log and the caller."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


# -- webhooks ----------------------------------------------------------------------------------------------------


class Form:
    """The fields of a webhook. Of a name that comes several times the last counts, and the signature covers each."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in fields:
            self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str:
        values = self._values.get(name)
        return values[-1] if values else ""

    def getall(self, name: str) -> list[str]:
        """By this name the library asks first, as for a Flask form; all others cost it an exception each time."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def read_form(request: HttpRequest) -> Form:
    """The fields of a webhook. Raises BadWebhook for a body that Twilio does not send."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadWebhook(415, "Send application/x-www-form-urlencoded.")
    if len(body := request.read(MOST_BYTES + 1)) > MOST_BYTES:
        raise BadWebhook(413, f"The body is larger than {MOST_BYTES} bytes.")
    try:
        return Form(parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=500))
    except ValueError:  # what is not UTF-8 would be stored wrong, and its signature could not be checked
        raise BadWebhook(400, "The body is no URL-encoded UTF-8, or it has too many fields.") from None


def signed_by(inbox: Inbox, request: HttpRequest, form: Form) -> bool:
    """Whether one of the inbox's auth tokens signed this request, under our public address."""
    signature = request.META.get("HTTP_X_TWILIO_SIGNATURE", "")
    address = settings.PUBLIC_URL + request.get_full_path()
    return bool(signature) and any(_signed_with(token, address, form, signature) for token in _tokens(inbox))


def _signed_with(token: str, address: str, form: Form, signature: str) -> bool:
    validator = RequestValidator(token)
    if compare(validator.compute_signature(address, form), signature):
        return True
    # The library also takes the address with its port or without, and reckons both, each time.
    return bool(validator.validate(address, form, signature))


def _tokens(inbox: Inbox) -> list[str]:
    """The inbox's auth tokens; none where their key is lost, as Settings > Inboxes says."""
    try:
        return list(inbox.auth_tokens)
    except Undecipherable:
        return []


def need(form: Form, *names: str) -> list[str]:
    """The values of these fields. Raises BadWebhook where one is missing."""
    values = [_storable(form, name).strip() for name in names]
    for name, value in zip(names, values, strict=True):
        if not value:
            raise BadWebhook(400, f"The field {name} is missing.")
        if len(value) > 64:
            raise BadWebhook(400, f"The field {name} is too long.")
    return values


def parse_text(form: Form, country: str) -> InboundText:
    """An inbound text. Unknown fields are normal; one that only adds something is dropped when it makes no sense."""
    (sid,) = need(form, "MessageSid")
    return InboundText(
        carrier_id=sid,
        sender=numbers.from_carrier(form.get("From"), country),
        body=_storable(form, "Body"),
        segments=_small_int(form.get("NumSegments")),
        media=tuple(
            (_storable(form, f"MediaUrl{i}"), _storable(form, f"MediaContentType{i}"))
            for i in range(min(_small_int(form.get("NumMedia")) or 0, 10))
            if form.get(f"MediaUrl{i}").startswith("https://")
        ),
        opt_out_type=_storable(form, "OptOutType"),
    )


def parse_report(form: Form) -> Report:
    """A status callback; a status that we do not know moves nothing."""
    sid, status = need(form, "MessageSid", "MessageStatus")
    code = _storable(form, "ErrorCode")[:12]
    to = _storable(form, "To")
    return Report(
        carrier_id=sid,
        number=numbers.from_carrier(to, "US") if to else "",
        status=_STATUS.get(status, ""),
        error_code=code,
        error=_storable(form, "ErrorMessage")[:300] or (f"The carrier reports error {code}." if code else ""),
        opted_out=code == OPTED_OUT,
    )


def _storable(form: Form, name: str) -> str:
    """A field without the NUL characters that PostgreSQL refuses in any text."""
    return form.get(name).replace("\x00", "")


def _small_int(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 4 else None


# -- REST API ----------------------------------------------------------------------------------------------------


class Twilio:
    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        with _as_send_errors():
            message = _client(inbox).messages.create(
                from_=numbers.dialled(inbox.number),
                to=numbers.dialled(text.number),
                body=text.body,
                status_callback=text.callback,
            )
        return Accepted(message.sid, _small_int(message.num_segments))

    def recent(self, inbox: Inbox, since: datetime) -> Iterable[InboundText]:
        # Without a limit: the list begins with the newest, and what a long outage left behind is at its end.
        to = numbers.dialled(inbox.number)
        with _as_send_errors():
            for message in _client(inbox).messages.stream(to=to, date_sent_after=since, page_size=1000):
                if message.direction == "inbound":
                    yield _inbound(message, inbox.team.country)


def _inbound(message: Any, country: str) -> InboundText:
    return InboundText(
        carrier_id=message.sid,
        sender=numbers.from_carrier(message.from_ or "", country),
        body=(message.body or "").replace("\x00", ""),
        sent_at=message.date_sent or message.date_created,
        segments=_small_int(message.num_segments),
        media=tuple(_media(message)) if message.num_media not in (None, "0") else (),
    )


@contextmanager
def _as_send_errors() -> Iterator[None]:
    """Whatever goes wrong in a call of the API, as the SendError that it means."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _meaning(error) from error
    except requests.RequestException as error:
        raise _meaning_of_outage(error) from error
    except ValueError as error:
        raise Unknown("The carrier's answer could not be read; the text may have arrived.") from error


class _InTime(HTTPAdapter):
    """Waits no longer than we do. The library has no time limit of its own, and takes no pair of them."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().send(request, *args, **{**kwargs, "timeout": settings.CARRIER_TIMEOUT})


class _Http(TwilioHttpClient):
    """The library's client with our time limit and, for tests, another base address."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _InTime())

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if settings.TWILIO_API_URL:
            base = urlsplit(settings.TWILIO_API_URL)
            url = urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))
        return super().request(method, url, *args, **kwargs)


def _client(inbox: Inbox) -> Any:
    if not (tokens := _tokens(inbox)):
        raise Rejected("This inbox has no auth token that can be read. Save it in Settings > Inboxes.")
    return _client_of(inbox.account_id, tokens[0])


@lru_cache(maxsize=256)
def _client_of(account_id: str, token: str) -> Any:
    from twilio.rest import Client  # a tenth of a second to import, and only the worker needs it

    return Client(account_id, token, http_client=_Http())


def _media(message: Any) -> Iterable[tuple[str, str]]:
    for item in message.media.list():
        yield f"https://api.twilio.com{item.uri.removesuffix('.json')}", item.content_type


def _meaning(error: TwilioRestException | TwilioServiceException) -> SendError:
    said = error.msg if isinstance(error, TwilioRestException) else error.detail or error.title
    code, sentence = str(error.code or ""), said.removeprefix("Unable to create record: ")[:300]
    if code == OPTED_OUT:
        return OptedOutAtCarrier(sentence, code)
    if error.status in (429, 503):
        return TryLater("The carrier asks us to wait.", code)
    if error.status in (401, 403):
        return Rejected(
            "The carrier does not accept this inbox's credentials. Check Settings > Inboxes.", code
        )
    if error.status >= 500:
        return Unknown("The carrier had a fault and did not say whether it took the text.", code)
    return Rejected(sentence, code)


def _meaning_of_outage(error: requests.RequestException) -> SendError:
    """Only where no connection came about is it certain that the carrier took nothing."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError):
        return TryLater("The carrier could not be reached.")
    return Unknown("The carrier did not answer; the text may have arrived.")
