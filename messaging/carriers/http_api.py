"""Calls to a carrier's HTTP API, within our time limits, and the SendError that a failed call means."""

from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from django.conf import settings

from kernel.call_deadline import DeadlineAdapter, NothingWritten
from messaging.carriers.base import OptedOutAtCarrier, OutcomeUnknown, Rejected, SendError, TryLater
from messaging.carriers.webhooks import Fields

NO_CREDENTIALS = "This inbox has no readable credentials. Save them in Settings > Inboxes."
WRONG_CREDENTIALS = "The carrier does not accept this inbox's credentials. Check Settings > Inboxes."


class TimeoutAdapter(DeadlineAdapter):
    """Applies our time limits to the whole call."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.send_within(settings.CARRIER_TIMEOUT, request, *args, **kwargs)


def _new_session() -> requests.Session:
    """A session that keeps connections, but no cookies: all inboxes use it."""
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("https://", "http://"):
        session.mount(scheme, TimeoutAdapter())
    return session


_session = _new_session()


def call(method: str, url: str, **options: Any) -> requests.Response:
    """Call an API. Raises TryLater if it certainly received nothing, and OutcomeUnknown if that is unknown."""
    try:
        return _session.request(method, at_base(url), allow_redirects=False, **options)
    except NothingWritten as error:
        raise TryLater("The carrier could not be reached.") from error
    except requests.RequestException as error:
        raise OutcomeUnknown("The carrier did not respond; the text may have arrived.") from error


def at_base(url: str) -> str:
    """The address of an API, with the other base URL of tests."""
    if not settings.CARRIER_API_URL:
        return url
    base = urlsplit(settings.CARRIER_API_URL)
    return urlunsplit(urlsplit(url)._replace(scheme=base.scheme, netloc=base.netloc))


def answer_of(response: requests.Response, refusal: Callable[[Fields, str], SendError]) -> Fields:
    """The JSON object of a successful answer. Otherwise raises the SendError that it means.

    `refusal` makes it of an answer and its status, for what concerns this text or number.
    """
    fields = _json(response)
    if 200 <= response.status_code < 300:
        return fields
    error = refusal(fields, str(response.status_code))
    raise _by_status(response.status_code, error) or error


def _json(response: requests.Response) -> Fields:
    try:
        return Fields(response.json())
    except ValueError:
        if 200 <= response.status_code < 300 and response.content:
            raise unreadable() from None
        return Fields(None)


def unreadable() -> SendError:
    return OutcomeUnknown("The carrier's response could not be read; the text may have arrived.")


def _by_status(status: int, error: SendError) -> SendError | None:
    """What a status alone means, unless the carrier said that the person opted out. None for other refusals."""
    if isinstance(error, OptedOutAtCarrier):
        return None
    if status in (429, 503):
        return TryLater("The carrier is rate-limiting this inbox.", error.code)
    if status == 401:
        return Rejected(WRONG_CREDENTIALS, error.code)
    if status >= 500 or status < 400:
        return OutcomeUnknown("The carrier had an error; the text may have arrived.", error.code)
    return None


def coded(prefix: str, code: str) -> str:
    """A carrier's error code as it is stored: of Telnyx 40300 it is "TX-40300". Empty if there is none."""
    return f"{prefix}-{code}"[:12] if code else ""
