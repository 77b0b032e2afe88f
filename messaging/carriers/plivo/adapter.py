"""Plivo's API: plivo.com/docs/messaging/api/message.

Its list of texts has no words, so a text whose webhook did not arrive cannot be fetched. Plivo blocks texts to a person
who texted STOP without a confirmation of its own: it lets one of ours pass within five minutes
(support.plivo.com/hc/en-us/articles/360041786171).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from accounts.models import Inbox
from kernel import phone_numbers
from kernel.call_deadline import write_before
from messaging.carriers.base import (
    Accepted,
    GoesElsewhere,
    InboundText,
    ListedText,
    MediaLimits,
    MediaSource,
    OutboundText,
    Rejected,
    SendError,
)
from messaging.carriers.http_api import NO_CREDENTIALS, answer_of, at_base, call, coded, unreadable
from messaging.carriers.plivo.webhooks import PREFIX
from messaging.carriers.webhooks import Fields
from messaging.line_types.kinds import LineKind

HOST = "https://api.plivo.com"
MEDIA = "https://media.plivo.com/"
# plivo.com/docs/messaging/concepts/mms: ten files, 5 MB together
MMS_LIMITS = MediaLimits(count=10, total_bytes=5 * 1024 * 1024)
MMS_COUNTRIES = ("US", "CA")


class PlivoAdapter:
    tells_sent_times = True

    def check(self, inbox: Inbox) -> None:
        _call(inbox, "GET", _account(inbox))

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        content: dict[str, Any] = {
            "src": phone_numbers.dialled(inbox.number),
            "dst": phone_numbers.dialled(text.number),
            "text": text.body,
            "url": text.callback,
            "method": "POST",
            **({"type": "mms", "media_urls": list(text.media)} if text.media else {}),
        }
        with write_before(text.write_before):
            answer = _call(inbox, "POST", f"{_account(inbox)}Message/", json=content)
        if not (ids := answer.texts("message_uuid")):
            raise unreadable()
        return Accepted(ids[0][:64])

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        return ()

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        raise Rejected("Plivo does not list texts with their words.")

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return _call(inbox, "GET", f"{_account(inbox)}Message/{quote(carrier_id)}/").time("message_time")

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        """Plivo's own addresses take the account, which may be required; an address elsewhere is fetched without it."""
        if not url.startswith(MEDIA):
            return MediaSource(url)
        base = at_base(MEDIA)
        return MediaSource(at_base(url), _user(inbox), base if base != MEDIA else "")

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return MMS_LIMITS if phone_numbers.country_of(inbox.number) in MMS_COUNTRIES else None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        return LineKind.UNKNOWN

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        """The address is that of the application that the number is assigned to."""
        number = phone_numbers.dialled(inbox.number).lstrip("+")
        application = _call(inbox, "GET", f"{_account(inbox)}Number/{number}/").text("application")
        if not application.startswith(f"{_account(inbox)}Application/"):
            raise Rejected("The number has no application at Plivo. Assign one to it in the Plivo console.")
        address = _call(inbox, "GET", application).text("message_url")
        if address not in ("", url, replacing):
            raise GoesElsewhere(address)
        _call(inbox, "POST", application, json={"message_url": url, "message_method": "POST"})


def _account(inbox: Inbox) -> str:
    return f"/v1/Account/{quote(inbox.account_id)}/"


def _user(inbox: Inbox) -> tuple[str, str]:
    if not (tokens := inbox.readable_tokens):
        raise Rejected(NO_CREDENTIALS)
    return inbox.account_id, tokens[0]


def _call(inbox: Inbox, method: str, path: str, **options: Any) -> Fields:
    return answer_of(call(method, HOST + path, auth=_user(inbox), **options), _refusal)


def _refusal(answer: Fields, status: str) -> SendError:
    sentence = answer.text("error")[:300] or "The carrier refused the request."
    return Rejected(sentence, coded(PREFIX, status))
