"""Twilio's REST API: sending a text, listing received texts, and the meaning of its errors."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from urllib3.exceptions import NewConnectionError

from accounts.models import Inbox
from kernel import phone_numbers
from messaging.carriers.base import (
    Accepted,
    InboundText,
    OptedOutAtCarrier,
    OutboundText,
    OutcomeUnknown,
    Rejected,
    SendError,
    TryLater,
)
from messaging.carriers.twilio_signature import readable_tokens
from messaging.carriers.twilio_webhooks import OPTED_OUT_ERROR, parse_small_int


class TwilioAdapter:
    tells_sent_times = True

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        with _converting_errors():
            message = _client(inbox).messages.create(
                from_=phone_numbers.dialled(inbox.number),
                to=phone_numbers.dialled(text.number),
                body=text.body,
                status_callback=text.callback,
            )
        return Accepted(message.sid, parse_small_int(message.num_segments))

    def recent(self, inbox: Inbox, since: datetime) -> Iterable[InboundText]:
        # No limit: the list begins with the newest text, and the texts of a long outage are at its end.
        to = phone_numbers.dialled(inbox.number)
        with _converting_errors():
            for message in _client(inbox).messages.stream(to=to, date_sent_after=since, page_size=1000):
                if message.direction == "inbound":
                    yield _inbound(message, inbox.team.country)

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        with _converting_errors():
            message = _client(inbox).messages(carrier_id).fetch()
        return message.date_sent or message.date_created


def _inbound(message: Any, country: str) -> InboundText:
    return InboundText(
        carrier_id=message.sid,
        sender=phone_numbers.from_carrier(message.from_ or "", country),
        body=(message.body or "").replace("\x00", ""),
        sent_at=message.date_sent or message.date_created,
        segments=parse_small_int(message.num_segments),
        media=tuple(_media(message)) if message.num_media not in (None, "0") else (),
    )


@contextmanager
def _converting_errors() -> Iterator[None]:
    """Turn any error of an API call into the SendError that it means."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _as_send_error(error) from error
    except requests.RequestException as error:
        raise _as_outage_error(error) from error
    except ValueError as error:
        raise OutcomeUnknown(
            "The carrier's response could not be read; the text may have arrived."
        ) from error


class _TimeoutAdapter(HTTPAdapter):
    """Applies our time limits (connect, read): the library has none and accepts only a single limit."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return super().send(request, *args, **{**kwargs, "timeout": settings.CARRIER_TIMEOUT})


class _HttpClient(TwilioHttpClient):
    """The library's client with our time limits and, for tests, another base URL."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, _TimeoutAdapter())

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        if settings.TWILIO_API_URL:
            base = urlsplit(settings.TWILIO_API_URL)
            url = urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))
        return super().request(method, url, *args, **kwargs)


def _client(inbox: Inbox) -> Any:
    if not (tokens := readable_tokens(inbox)):
        raise Rejected("This inbox has no readable auth token. Save it in Settings > Inboxes.")
    return _cached_client(inbox.account_id, tokens[0])


@lru_cache(maxsize=256)
def _cached_client(account_id: str, token: str) -> Any:
    from twilio.rest import Client  # its import takes a tenth of a second, and only workers need it

    return Client(account_id, token, http_client=_HttpClient())


def _media(message: Any) -> Iterable[tuple[str, str]]:
    for item in message.media.list():
        yield f"https://api.twilio.com{item.uri.removesuffix('.json')}", item.content_type


def _as_send_error(error: TwilioRestException | TwilioServiceException) -> SendError:
    message = error.msg if isinstance(error, TwilioRestException) else error.detail or error.title
    code, sentence = str(error.code or ""), message.removeprefix("Unable to create record: ")[:300]
    if code == OPTED_OUT_ERROR:
        return OptedOutAtCarrier(sentence, code)
    if error.status in (429, 503):
        return TryLater("The carrier is rate-limiting this inbox.", code)
    if error.status in (401, 403):
        return Rejected(
            "The carrier does not accept this inbox's credentials. Check Settings > Inboxes.", code
        )
    if error.status >= 500:
        return OutcomeUnknown("The carrier had an error; the text may have arrived.", code)
    return Rejected(sentence, code)


def _as_outage_error(error: requests.RequestException) -> SendError:
    """The carrier certainly took nothing only if no connection was made."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout) or isinstance(cause, NewConnectionError):
        return TryLater("The carrier could not be reached.")
    return OutcomeUnknown("The carrier did not respond; the text may have arrived.")
