"""Twilio's REST API: sending a text, listing received texts, and the meaning of its errors."""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings
from django.utils import timezone
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient

from accounts.models import Inbox
from kernel import phone_numbers
from kernel.call_deadline import NothingWritten, write_before
from messaging.carriers.base import (
    Accepted,
    InboundText,
    ListedText,
    MediaLimits,
    MediaSource,
    OptedOutAtCarrier,
    OutboundText,
    OutcomeUnknown,
    Rejected,
    SendError,
    TryLater,
    storable,
    storable_body,
)
from messaging.carriers.http_api import WRONG_CREDENTIALS, TimeoutAdapter
from messaging.carriers.number_facts import NumberFacts
from messaging.carriers.opt_out_lists import ListChange
from messaging.carriers.twilio import opt_out_list
from messaging.carriers.twilio.addresses import direct_texts
from messaging.carriers.twilio.number_facts import read_number_facts
from messaging.carriers.twilio.webhooks import OPTED_OUT_ERROR, STATUSES
from messaging.carriers.webhooks import small_int
from messaging.line_types.kinds import LineKind

log = logging.getLogger(__name__)
AUTHENTICATION_ERROR = "20003"  # twilio.com/docs/api/errors/20003
NO_CREDENTIALS = "This inbox has no readable auth token. Save it in Settings > Inboxes."
# Also those of a region, such as api.dublin.ie1.twilio.com.
_API_HOST = re.compile(r"api(\.[a-z0-9-]+)*\.twilio\.com")
LINE_TYPE = "line_type_intelligence"
MMS_COUNTRIES = ("US", "CA")
MMS_LIMITS = MediaLimits(count=10, total_bytes=5 * 1024 * 1024)


class TwilioAdapter:
    tells_sent_times = True
    list_batch = opt_out_list.BATCH

    def check(self, inbox: Inbox) -> None:
        list(islice(self.recent(inbox, timezone.now()), 1))

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        with _converting_errors(), write_before(text.write_before):
            message = _client(inbox).messages.create(
                **_parties(inbox, text),
                body=text.body,
                status_callback=text.callback,
                **({"media_url": list(text.media)} if text.media else {}),
            )
        return Accepted(message.sid, small_int(message.num_segments))

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        """Texts to the number, to its WhatsApp sender, and to the agents and senders that the inbox lists."""
        number = phone_numbers.dialled(inbox.number)
        addresses = [number, *(address for address in inbox.further_addresses if ":" in address)]
        if number.startswith("+"):
            addresses.append(f"whatsapp:{number}")
        for to in dict.fromkeys(addresses):
            yield from self._recent_to(inbox, to, since, until)

    def _recent_to(
        self, inbox: Inbox, to: str, since: datetime, until: datetime | None
    ) -> Iterator[InboundText]:
        period = {"date_sent_after": since, **({"date_sent_before": until} if until else {})}
        with _converting_errors():
            for message in _client(inbox).messages.stream(to=to, page_size=1000, **period):
                if message.direction == "inbound" and message.sid:
                    yield _inbound(message, inbox.team.country)

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        sender, to = phone_numbers.dialled(inbox.number), phone_numbers.dialled(number)
        with _converting_errors():
            for message in _client(inbox).messages.stream(
                from_=sender, to=to, date_sent_after=since, page_size=1000
            ):
                at = message.date_created or message.date_sent
                if message.direction != "inbound" and message.sid and at:
                    yield _listed(message, at)

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        with _converting_errors():
            message = _client(inbox).messages(carrier_id).fetch()
        return message.date_sent or message.date_created

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        """Twilio's own addresses take the inbox's credentials; an address elsewhere is fetched without any."""
        parts = urlsplit(url)
        if parts.scheme != "https" or not _API_HOST.fullmatch(parts.netloc):
            return MediaSource(url)
        if not (tokens := inbox.readable_tokens):
            raise Rejected(NO_CREDENTIALS)
        return MediaSource(_at_base(url), (inbox.account_id, tokens[0]), settings.TWILIO_API_URL)

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        """MMS from the USA and Canada: help.twilio.com/articles/223181808, and accepted-mime-types in its docs."""
        return MMS_LIMITS if phone_numbers.country_of(inbox.number) in MMS_COUNTRIES else None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        """Lookup v2, Line Type Intelligence: twilio.com/docs/lookup/v2-api/line-type-intelligence."""
        with _converting_errors():
            lookup = _client(inbox).lookups.v2.phone_numbers(number).fetch(fields=LINE_TYPE)
        found = lookup.line_type_intelligence
        if not isinstance(found, dict) or found.get("error_code") or found.get("type") in (None, "unknown"):
            return LineKind.UNKNOWN
        return LineKind.LANDLINE if found["type"] == "landline" else LineKind.OTHER

    def push_opt_outs(self, inbox: Inbox, changes: Sequence[ListChange]) -> dict[str, str]:
        with _converting_errors():
            return opt_out_list.push_changes(_client(inbox), inbox, changes)

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        with _converting_errors():
            direct_texts(_client(inbox), phone_numbers.dialled(inbox.number), url, replacing)

    def number_facts(self, inbox: Inbox) -> NumberFacts:
        with _converting_errors():
            return read_number_facts(_client(inbox), phone_numbers.dialled(inbox.number))


def _parties(inbox: Inbox, text: OutboundText) -> dict[str, str]:
    """Sender and recipient, both with the text's channel: twilio.com/docs/messaging/channels."""
    channel = text.channel or phone_numbers.channel_of(inbox.number)
    to = phone_numbers.dialled(text.number)
    return {"from_": inbox.address_in(channel), "to": f"{channel}:{to}" if channel else to}


def _at_base(url: str) -> str:
    """An address of Twilio, with the other base URL of tests."""
    if not settings.TWILIO_API_URL:
        return url
    base = urlsplit(settings.TWILIO_API_URL)
    return urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))


def _listed(message: Any, at: datetime) -> ListedText:
    code = str(message.error_code or "")
    return ListedText(
        carrier_id=message.sid,
        body=str(message.body or ""),
        at=at,
        status=STATUSES.get(str(message.status), ""),
        error_code=code[:12],
        error=str(message.error_message or "")[:300],
    )


def _inbound(message: Any, country: str) -> InboundText:
    """A listed text. What has another form than documented is left out, and the words count."""
    text = InboundText(
        carrier_id=message.sid,
        sender=phone_numbers.from_carrier(str(message.from_ or ""), country),
        body=storable_body(str(message.body or "")),
        sent_at=message.date_sent or message.date_created,
        channel=phone_numbers.channel_of(str(message.from_ or "")),
    )
    try:
        media, left_out = _media(message)
        segments = small_int(message.num_segments)
        return replace(text, segments=segments, media=media, left_out=left_out)
    except (AttributeError, TypeError, ValueError):
        log.exception("text %s of the carrier's list has another form than documented", message.sid)
        return replace(
            text, left_out="The carrier listed it in another form than documented; only its words were read."
        )


def _media(message: Any) -> tuple[tuple[tuple[str, str], ...], str]:
    """The attachments of a listed text, and what could not be fetched of them: the text counts without them."""
    count = small_int(message.num_media) or 0
    if not count:
        return (), ""
    try:
        with _converting_errors():
            found = [
                (f"https://api.twilio.com{item.uri.removesuffix('.json')}", storable(item.content_type or ""))
                for item in message.media.list()
            ]
    except SendError as error:
        return (("", ""),) * count, f"Its attachments could not be fetched: {error}"
    missing = max(0, count - len(found))
    return (*found, *(("", ""),) * missing), "An attachment was no longer there." if missing else ""


@contextmanager
def _converting_errors() -> Iterator[None]:
    """Turn any error of an API call into the SendError that it means."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _as_send_error(error) from error
    except requests.RequestException as error:
        raise _as_outage_error(error) from error
    except (TwilioException, ValueError) as error:
        if len(error.args) == 2 and error.args[1].status_code in (401, 403):  # the library's error of a list
            raise Rejected(WRONG_CREDENTIALS) from error
        raise OutcomeUnknown(
            "The carrier's response could not be read; the text may have arrived."
        ) from error


class _HttpClient(TwilioHttpClient):
    """The library's client with our time limits (its own are of each part) and, for tests, another base URL."""

    def __init__(self) -> None:
        super().__init__()
        for scheme in ("https://", "http://"):
            self.session.mount(scheme, TimeoutAdapter())

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        return super().request(method, _at_base(url), *args, **kwargs)


def _client(inbox: Inbox) -> Any:
    if not (tokens := inbox.readable_tokens):
        raise Rejected(NO_CREDENTIALS, AUTHENTICATION_ERROR)
    return _cached_client(inbox.account_id, tokens[0])


@lru_cache(maxsize=256)
def _cached_client(account_id: str, token: str) -> Any:
    from twilio.rest import Client  # its import takes a tenth of a second, and only workers need it

    return Client(account_id, token, http_client=_HttpClient())


def _as_send_error(error: TwilioRestException | TwilioServiceException) -> SendError:
    message = error.msg if isinstance(error, TwilioRestException) else error.detail or error.title
    code, sentence = str(error.code or ""), message.removeprefix("Unable to create record: ")[:300]
    if code == OPTED_OUT_ERROR:
        return OptedOutAtCarrier(sentence, code)
    if error.status in (429, 503):
        return TryLater("The carrier is rate-limiting this inbox.", code)
    if error.status in (401, 403):
        return Rejected(WRONG_CREDENTIALS, code or AUTHENTICATION_ERROR)
    if error.status >= 500:
        return OutcomeUnknown("The carrier had an error; the text may have arrived.", code)
    return Rejected(sentence, code)


def _as_outage_error(error: requests.RequestException) -> SendError:
    """The carrier certainly took nothing only if nothing was written."""
    if isinstance(error, NothingWritten):
        return TryLater("The carrier could not be reached.")
    return OutcomeUnknown("The carrier did not respond; the text may have arrived.")
