"""Sinch's SMS API (XMS): developers.sinch.com/docs/sms/api-reference.

The address of callbacks is that of the service plan, and is set in Sinch's dashboard.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from accounts.models import Inbox
from kernel import phone_numbers
from kernel.call_deadline import write_before
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
from messaging.carriers.http_api import NO_CREDENTIALS, answer_of, call, coded, unreadable
from messaging.carriers.sinch.webhooks import PREFIX, parse_text
from messaging.carriers.webhooks import BadWebhook, Fields
from messaging.line_types.kinds import LineKind

REGIONS = ("us", "eu", "au", "br", "ca")
PAGE_SIZE = 100
MMS_LIMITS = MediaLimits(count=1, total_bytes=1024 * 1024)  # one address; networks accept 1 MB
MMS_COUNTRIES = ("US",)


class SinchAdapter:
    tells_sent_times = False  # its webhooks bring them

    def check(self, inbox: Inbox) -> None:
        _call(inbox, "GET", "inbounds", params={"page_size": 1})

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        content: dict[str, Any] = {
            "from": phone_numbers.dialled(inbox.number).lstrip("+"),
            "to": [phone_numbers.dialled(text.number).lstrip("+")],
            "delivery_report": "per_recipient",
            "callback_url": text.callback,
            "client_reference": text.reference,
            **_content(text),
        }
        with write_before(text.write_before):
            batch = _call(inbox, "POST", "batches", json=content)
        if not (id := batch.text("id")):
            raise unreadable()
        return Accepted(id[:64])

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        period = {"start_date": since.isoformat(), **({"end_date": until.isoformat()} if until else {})}
        to = phone_numbers.dialled(inbox.number).lstrip("+")
        for listed in _pages(inbox, "inbounds", {"to": to, **period}):
            try:
                yield parse_text(listed, inbox.team.country)
            except BadWebhook:
                continue  # without an ID it could not be told from others

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        sender, to = (phone_numbers.dialled(one).lstrip("+") for one in (inbox.number, number))
        for batch in _pages(inbox, "batches", {"from": sender, "start_date": since.isoformat()}):
            at = batch.time("created_at")
            if at and to in batch.texts("to"):
                body = batch.text("body") or batch.object("body").text("message")
                yield ListedText(batch.text("id")[:64], body, at, "")

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return None

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        return MediaSource(url)  # public

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return MMS_LIMITS if phone_numbers.country_of(inbox.number) in MMS_COUNTRIES else None

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        return LineKind.UNKNOWN

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        raise Rejected("Set the address at the service plan, in the Sinch dashboard.")


def _content(text: OutboundText) -> dict[str, Any]:
    if not text.media:
        return {"type": "mt_text", "body": text.body}
    words = {"message": text.body} if text.body else {}
    return {"type": "mt_media", "body": {"url": text.media[0], **words}}


def _pages(inbox: Inbox, name: str, query: dict[str, str]) -> Iterator[Fields]:
    """The rows of a list, page by page."""
    page = 0
    while rows := _call(inbox, "GET", name, params={**query, "page": page, "page_size": PAGE_SIZE}).objects(
        name
    ):
        yield from rows
        if len(rows) < PAGE_SIZE:
            return
        page += 1


def _call(inbox: Inbox, method: str, path: str, **options: Any) -> Fields:
    region = inbox.credential("region")
    if not (tokens := inbox.readable_tokens) or region not in REGIONS:
        raise Rejected(NO_CREDENTIALS)
    url = f"https://{region}.sms.api.sinch.com/xms/v1/{quote(inbox.account_id)}/{path}"
    headers = {"Authorization": f"Bearer {tokens[0]}"}
    return answer_of(call(method, url, headers=headers, **options), _refusal)


def _refusal(answer: Fields, status: str) -> SendError:
    sentence = answer.text("text")[:300] or "The carrier refused the request."
    return Rejected(sentence, coded(PREFIX, f"HTTP{status}"))
