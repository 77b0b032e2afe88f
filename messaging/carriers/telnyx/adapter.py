"""Telnyx's API v2: sending texts, and the address of a messaging profile's webhooks.

developers.telnyx.com/api-reference/messages/send-a-message. Its lists name texts without their words, so a text whose
webhook did not arrive cannot be fetched.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

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
    OptedOutAtCarrier,
    OutboundText,
    Rejected,
    SendError,
)
from messaging.carriers.http_api import NO_CREDENTIALS, answer_of, call, coded, unreadable
from messaging.carriers.telnyx.webhooks import OPTED_OUT_ERROR, PREFIX
from messaging.carriers.webhooks import Fields
from messaging.line_types.kinds import LineKind

API = "https://api.telnyx.com/v2"
# …/messages/error-codes, 40317: at most ten files, and less than 1 MB together
MMS_LIMITS = MediaLimits(count=10, total_bytes=1_000_000)
MMS_COUNTRIES = ("US", "CA")


class TelnyxAdapter:
    tells_sent_times = False  # its webhooks bring them

    def check(self, inbox: Inbox) -> None:
        self._profile(inbox)

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        content: dict[str, Any] = {
            "from": phone_numbers.dialled(inbox.number),
            "to": phone_numbers.dialled(text.number),
            "text": text.body,
            "messaging_profile_id": inbox.account_id,
            "webhook_url": text.callback,
            "use_profile_webhooks": False,
            **({"media_urls": list(text.media), "type": "MMS"} if text.media else {}),
        }
        with write_before(text.write_before):
            data = _call(inbox, "POST", "/messages", json=content).object("data")
        if not (id := data.text("id")):
            raise unreadable()
        return Accepted(id[:64], data.count("parts"))

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        return ()

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        raise Rejected("Telnyx does not list texts with their words.")

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return None

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        return MediaSource(url)  # signed by the storage that it is in

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return MMS_LIMITS if phone_numbers.country_of(inbox.number) in MMS_COUNTRIES else None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        return LineKind.UNKNOWN

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        """The address is that of the messaging profile: all its numbers post there."""
        address = self._profile(inbox).text("webhook_url")
        if address not in ("", url, replacing):
            raise GoesElsewhere(address)
        content = {"webhook_url": url, "webhook_failover_url": url, "webhook_api_version": "2"}
        _call(inbox, "PATCH", f"/messaging_profiles/{inbox.account_id}", json=content)

    def _profile(self, inbox: Inbox) -> Fields:
        return _call(inbox, "GET", f"/messaging_profiles/{inbox.account_id}").object("data")


def _call(inbox: Inbox, method: str, path: str, **options: Any) -> Fields:
    if not (keys := inbox.readable_tokens):
        raise Rejected(NO_CREDENTIALS)
    headers = {"Authorization": f"Bearer {keys[0]}"}
    return answer_of(call(method, API + path, headers=headers, **options), _refusal)


def _refusal(answer: Fields, status: str) -> SendError:
    error = next(iter(answer.objects("errors")), Fields(None))
    code = error.text("code") or status
    sentence = (error.text("detail") or error.text("title"))[:300] or "The carrier refused the request."
    kind = OptedOutAtCarrier if code == OPTED_OUT_ERROR else Rejected
    return kind(sentence, coded(PREFIX, code))
