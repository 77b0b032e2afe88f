"""Bandwidth's messaging API v2: dev.bandwidth.com/docs/messaging/createMessage.

Its list of texts has no words, so a text whose webhook did not arrive cannot be fetched; Bandwidth itself tries for a
day. The address of webhooks is that of the application, and is set in Bandwidth's dashboard.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from accounts.models import Inbox
from kernel import phone_numbers
from kernel.call_deadline import write_before
from messaging.carriers.bandwidth.webhooks import PREFIX
from messaging.carriers.base import (
    Accepted,
    InboundText,
    ListedText,
    MediaLimits,
    MediaSource,
    OutboundText,
    Rejected,
    SendError,
)
from messaging.carriers.http_api import NO_CREDENTIALS, answer_of, at_base, call, coded, unreadable
from messaging.carriers.webhooks import Fields
from messaging.line_types.kinds import LineKind

API = "https://messaging.bandwidth.com/api/v2/users/"
# support.bandwidth.com/hc/en-us/articles/360014235473: 3.75 MB together, of which networks accept 1 MB and less
MMS_LIMITS = MediaLimits(count=10, total_bytes=1024 * 1024)
MMS_COUNTRIES = ("US", "CA")


class BandwidthAdapter:
    tells_sent_times = False  # its webhooks bring them

    def check(self, inbox: Inbox) -> None:
        """List at most one text: the cheapest call with these credentials."""
        _call(inbox, "GET", params={"limit": 1, "sourceTn": phone_numbers.dialled(inbox.number)})

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        content = {
            "applicationId": inbox.account_id,
            "from": phone_numbers.dialled(inbox.number),
            "to": [phone_numbers.dialled(text.number)],
            "text": text.body,
            "tag": text.reference,
            **({"media": list(text.media)} if text.media else {}),
        }
        with write_before(text.write_before):
            message = _call(inbox, "POST", json=content)
        if not (id := message.text("id")):
            raise unreadable()
        return Accepted(id[:64], message.count("segmentCount"))

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        return ()

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        raise Rejected("Bandwidth does not list texts with their words.")

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return None

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        """Bandwidth's own addresses take the API user; an address elsewhere is fetched without it."""
        if not url.startswith(API):
            return MediaSource(url)
        base = at_base(API)
        return MediaSource(at_base(url), _user(inbox), base if base != API else "")

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return MMS_LIMITS if phone_numbers.country_of(inbox.number) in MMS_COUNTRIES else None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        return LineKind.UNKNOWN

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        raise Rejected("Set the address in the application, in the Bandwidth dashboard.")


def _user(inbox: Inbox) -> tuple[str, str]:
    name, passwords = inbox.credential("api_user"), inbox.readable_tokens
    if not (name and passwords):
        raise Rejected(NO_CREDENTIALS)
    return name, passwords[0]


def _call(inbox: Inbox, method: str, **options: Any) -> Fields:
    user = _user(inbox)
    url = f"{API}{quote(inbox.credential('bandwidth_account'))}/messages"
    return answer_of(call(method, url, auth=user, **options), _refusal)


def _refusal(answer: Fields, status: str) -> SendError:
    sentence = answer.text("description")[:300] or "The carrier refused the request."
    return Rejected(sentence, coded(PREFIX, status))
