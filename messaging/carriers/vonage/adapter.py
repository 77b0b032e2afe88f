"""Vonage's SMS API: developer.vonage.com/messaging/sms. It carries words only.

It has no list of received texts, but the parts of long ones are kept here: one that stays incomplete is received from
them. The address of webhooks is set in Vonage's dashboard.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.models import Inbox
from kernel import phone_numbers
from kernel.call_deadline import write_before
from kernel.segments import count_segments
from kernel.tenancy import scope
from messaging.carriers.base import (
    Accepted,
    InboundText,
    ListedText,
    MediaLimits,
    MediaSource,
    OutboundText,
    OutcomeUnknown,
    Rejected,
    SendError,
    TryLater,
)
from messaging.carriers.http_api import (
    NO_CREDENTIALS,
    WRONG_CREDENTIALS,
    answer_of,
    call,
    coded,
    unreadable,
)
from messaging.carriers.vonage.webhooks import PREFIX
from messaging.carriers.webhooks import Fields
from messaging.inbound_parts.assembly import texts_of_parts
from messaging.line_types.kinds import LineKind

HOST = "https://rest.nexmo.com"
# …/guides/troubleshooting-sms, "SMS API error codes"
THROTTLED, INTERNAL_ERROR, WRONG_KEY = ("1",), ("5",), ("4", "14", "32")


class VonageAdapter:
    tells_sent_times = False  # its webhooks bring them

    def check(self, inbox: Inbox) -> None:
        _call(inbox, "GET", "/account/get-balance")

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        content = {
            "from": phone_numbers.dialled(inbox.number).lstrip("+"),
            "to": phone_numbers.dialled(text.number).lstrip("+"),
            "text": text.body,
            "type": "text" if count_segments(text.body)[1] else "unicode",
            "callback": text.callback,
            "client-ref": text.reference,
        }
        with write_before(text.write_before):
            parts = _call(inbox, "POST", "/sms/json", data=content).objects("messages")
        if not parts:
            raise unreadable()
        if parts[0].text("status") != "0":
            raise _refusal_of_part(parts[0])
        return Accepted(parts[0].text("message-id")[:64], len(parts))

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        with scope(inbox.team_id):
            return texts_of_parts(inbox, since, until)

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        raise Rejected("Vonage does not list texts with their words.")

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return None

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        return MediaSource(url)

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        return LineKind.UNKNOWN

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        raise Rejected("Set the address in the API settings of the Vonage dashboard.")


def _call(inbox: Inbox, method: str, path: str, **options: Any) -> Fields:
    if not (secrets := inbox.readable_tokens):
        raise Rejected(NO_CREDENTIALS)
    return answer_of(call(method, HOST + path, auth=(inbox.account_id, secrets[0]), **options), _refusal)


def _refusal(answer: Fields, status: str) -> SendError:
    return Rejected("The carrier refused the request.", coded(PREFIX, status))


def _refusal_of_part(part: Fields) -> SendError:
    """What a status other than 0 means: the answer itself is always 200."""
    status, sentence = part.text("status"), part.text("error-text")[:300]
    if not status:
        return unreadable()
    code = coded(PREFIX, f"S{status}")
    if status in THROTTLED:
        return TryLater("The carrier is rate-limiting this inbox.", code)
    if status in INTERNAL_ERROR:
        return OutcomeUnknown("The carrier had an error; the text may have arrived.", code)
    return Rejected(WRONG_CREDENTIALS if status in WRONG_KEY else sentence or f"Status {status}.", code)
