"""Simulated carrier: it carries texts between inboxes and the simulated phone of the simulator page.

It works like Twilio. Texts from the phone are POSTed to the real webhook, signed; the status of a text to the phone is
reported to the real status webhook.
"""

import logging
import secrets
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import requests
from django.conf import settings
from django.utils import timezone
from twilio.request_validator import RequestValidator

from accounts.models import Carrier, Inbox
from kernel import change_tokens, phone_numbers
from kernel.distribution.nodes import close_connections
from kernel.tenancy import scope
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
)
from messaging.line_types.kinds import LineKind
from messaging.media.links import FOR_CARRIERS, read_token, shared_address
from messaging.media.models import Attachment
from messaging.models import MessageStatus
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from messaging.simulator.reach import UNREACHABLE, reaches
from optout import keywords
from optout.carrier_keywords import replies_to
from optout.reader.outcome import Outcome

log = logging.getLogger(__name__)

MMS_LIMITS = MediaLimits(count=10, total_bytes=5 * 1024 * 1024)  # as at Twilio
# Where attachments from the phone seem to be. Webhooks only name addresses with TLS, which a clone does not have.
HANDSET_BASE = "https://simulator.invalid"
DELIVERED_AFTER = 0.4  # seconds
_OPT_OUT_TYPE = {
    Outcome.OPT_OUT: "STOP",
    Outcome.OPT_IN: "START",
    Outcome.YES: "START",
    Outcome.HELP: "HELP",
}
_CARRIER_REPLIES = {
    "STOP": "You will receive no more messages from this number. Reply START to receive them again.",
    "START": "You receive messages from this number again.",
    "HELP": "Reply STOP to receive no more messages. Message and data rates may apply.",
}


class SimulatorAdapter:
    tells_sent_times = False  # its webhooks arrive in the order of the texts

    def check(self, inbox: Inbox) -> None:
        """It accepts any credentials."""

    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        if not reaches(text.number):
            raise Rejected(UNREACHABLE)
        behavior = behavior_of(inbox)
        time.sleep(min(behavior.delay, settings.CARRIER_TIMEOUT[1]))
        if behavior.refuses or (behavior.keeps_opt_outs and _is_opted_out(inbox, text.number)):
            raise OptedOutAtCarrier("Attempt to send to unsubscribed recipient", "21610")
        sid = new_sid()
        if not behavior.fails:
            _record(inbox, text.number, text.body, sid, media=_attachment_ids(text.media))
        if behavior.delay > settings.CARRIER_TIMEOUT[1]:
            raise OutcomeUnknown("The carrier did not respond; the text may have arrived.")
        post_status_report(inbox, text, sid, "sent")
        final = ("undelivered", "30005") if behavior.fails else ("delivered", "")
        _later.submit(_report_at, time.monotonic() + DELIVERED_AFTER, inbox, text, sid, *final)
        return Accepted(sid, segments=1)

    def recent(self, inbox: Inbox, since: datetime, until: datetime | None = None) -> Iterable[InboundText]:
        with scope(inbox.team_id):
            texts = SimulatedText.objects.filter(
                team_id=inbox.team_id, inbox_id=inbox.id, from_handset=True, at__gte=since
            )
            texts = texts.filter(at__lt=until) if until else texts
            return [
                InboundText(
                    carrier_id=text.carrier_id,
                    sender=text.number,
                    body=text.body,
                    sent_at=text.at,
                    media=tuple((_handset_address(inbox, id), "") for id in text.media),
                )
                for text in texts.order_by("id")
            ]

    def sent(self, inbox: Inbox, number: str, since: datetime) -> Iterable[ListedText]:
        with scope(inbox.team_id):
            texts = SimulatedText.objects.filter(
                team_id=inbox.team_id, inbox_id=inbox.id, number=number, from_handset=False, at__gte=since
            )
            return [
                ListedText(text.carrier_id, text.body, text.at, MessageStatus.DELIVERED)
                for text in texts.filter(by_carrier=False).order_by("id")
            ]

    def sent_time(self, inbox: Inbox, carrier_id: str) -> datetime | None:
        return None

    def media_source(self, inbox: Inbox, url: str) -> MediaSource:
        return MediaSource(url.replace(HANDSET_BASE, settings.PUBLIC_URL), trusted_base=settings.PUBLIC_URL)

    def media_limits(self, inbox: Inbox) -> MediaLimits | None:
        return MMS_LIMITS

    def line_kind(self, inbox: Inbox, number: str) -> LineKind:
        """Numbers that end in 90 to 99 are landlines."""
        if behavior_of(inbox).fails:
            return LineKind.UNKNOWN
        return LineKind.LANDLINE if number[-2:-1] == "9" else LineKind.OTHER

    def set_webhook(self, inbox: Inbox, url: str, replacing: str = "") -> None:
        """Nothing to set: it posts every text to the address of a carrier."""


# Reports are due in the order of their texts, so a few threads that wait for them are enough.
_later = ThreadPoolExecutor(4, "simulator")


def _report_at(due: float, *report: Any) -> None:
    time.sleep(max(0.0, due - time.monotonic()))
    try:
        post_status_report(*report)
    finally:
        close_connections()  # this thread's own, if it used one


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


def behavior_of(inbox: Inbox) -> SimulatorBehavior:
    """The behavior of this carrier for an inbox; the default if nobody changed it."""
    with scope(inbox.team_id):
        behavior = SimulatorBehavior.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).first()
    return behavior or SimulatorBehavior(team_id=inbox.team_id, inbox=inbox)


def send_from_handset(inbox: Inbox, number: str, body: str, attachments: Sequence[Attachment] = ()) -> int:
    """Text `body` and uploads from a number to the inbox. Returns the webhook's HTTP status, or 503 without a response.

    Outside any scope: it calls the network. The text is recorded first, as at a carrier, so that a text whose webhook
    fails can be fetched later.
    """
    behavior, sid = behavior_of(inbox), new_sid()
    with scope(inbox.team_id):
        SimulatedText.objects.create(
            team_id=inbox.team_id, inbox=inbox, number=number, from_handset=True, body=body, carrier_id=sid,
            media=[attachment.id for attachment in attachments],
        )  # fmt: skip
        change_tokens.renew_on_commit(inbox.team_id)
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "AccountSid": inbox.account_id,
        "From": phone_numbers.dialled(number),
        "To": phone_numbers.dialled(inbox.number),
        "ToCountry": inbox.team.country,
        "FromCountry": inbox.team.country,
        "Body": body,
        "NumMedia": str(len(attachments)),
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }
    for position, attachment in enumerate(attachments):
        fields[f"MediaUrl{position}"] = _handset_address(inbox, attachment.id)
        fields[f"MediaContentType{position}"] = attachment.content_type
    if behavior.keeps_opt_outs and replies_to(Carrier.SIMULATOR, body):
        fields["OptOutType"] = kind = _OPT_OUT_TYPE[keywords.read_keyword(body)]
        _record(inbox, number, _CARRIER_REPLIES[kind], new_sid(), by_carrier=True)
    return post_webhook(inbox, f"{settings.PUBLIC_URL}/webhooks/twilio/messages", fields)


def post_status_report(inbox: Inbox, text: OutboundText, sid: str, status: str, error_code: str = "") -> None:
    """Report a text's status to its callback. As at any carrier, a report that gets no response is lost."""
    fields = {
        "MessageSid": sid,
        "MessageStatus": status,
        "AccountSid": inbox.account_id,
        "From": phone_numbers.dialled(inbox.number),
        "FromCountry": inbox.team.country,
        "To": phone_numbers.dialled(text.number),
    }
    if error_code:
        fields["ErrorCode"] = error_code
    post_webhook(inbox, text.callback, fields)


def post_webhook(inbox: Inbox, url: str, fields: dict[str, str]) -> int:
    """POST a webhook like Twilio, signed with the inbox's token. Returns its HTTP status, or 503 without a response."""
    signature = RequestValidator(inbox.auth_tokens[0]).compute_signature(url, fields)
    try:
        return requests.post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=10).status_code
    except requests.RequestException as error:
        log.warning("simulated webhook to %s failed: %s", url, error)
        return 503


def _handset_address(inbox: Inbox, attachment_id: int) -> str:
    """Where this carrier says that an attachment from the phone is."""
    return shared_address(inbox.team_id, attachment_id, FOR_CARRIERS).replace(
        settings.PUBLIC_URL, HANDSET_BASE
    )


def _attachment_ids(addresses: Iterable[str]) -> list[int]:
    """What a text to the phone has: this carrier reads the addresses instead of opening them."""
    shared = (read_token(address.rpartition("/")[2]) for address in addresses)
    return [found.attachment_id for found in shared if found]


def _record(
    inbox: Inbox, number: str, body: str, sid: str, *, by_carrier: bool = False, media: Sequence[int] = ()
) -> None:
    with scope(inbox.team_id):
        SimulatedText.objects.create(
            team_id=inbox.team_id,
            inbox=inbox,
            number=number,
            from_handset=False,
            by_carrier=by_carrier,
            body=body,
            carrier_id=sid,
            media=list(media),
            at=timezone.now(),
        )
        change_tokens.renew_on_commit(inbox.team_id)


def _is_opted_out(inbox: Inbox, number: str) -> bool:
    """Whether the newest keyword from this number is an opt-out. Only the carrier's own keywords count."""
    with scope(inbox.team_id):
        texts = SimulatedText.objects.filter(
            team_id=inbox.team_id, inbox_id=inbox.id, number=number, from_handset=True
        ).order_by("-id")
        intents = (
            keywords.read_keyword(text.body)
            for text in texts[:200]
            if replies_to(Carrier.SIMULATOR, text.body)
        )
        newest = next((intent for intent in intents if intent is not Outcome.HELP), None)
    return newest is Outcome.OPT_OUT
