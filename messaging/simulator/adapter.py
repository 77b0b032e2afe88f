"""A carrier that lives in this installation: it carries texts to a page that looks like a handset.

It speaks as Twilio does. What the handset texts goes over HTTP, signed, to the real webhook; what becomes of a text
that we send is reported to the real status endpoint. Only the radio is missing.
"""

import logging
import secrets
import threading
import time
from collections.abc import Iterable
from datetime import datetime

import requests
from django.conf import settings
from django.utils import timezone
from twilio.request_validator import RequestValidator

from accounts.models import Inbox
from kernel import change_tokens, phone_numbers
from kernel.tenancy import scope
from messaging.carriers.base import Accepted, InboundText, OptedOutAtCarrier, OutboundText, OutcomeUnknown
from messaging.simulator.models import SimulatedText, SimulatorBehavior
from optout import keywords
from optout.keywords import KeywordIntent

log = logging.getLogger(__name__)

DELIVERED_AFTER = 0.4  # seconds
_OPT_OUT_TYPE = {
    KeywordIntent.STOP: "STOP",
    KeywordIntent.START: "START",
    KeywordIntent.YES: "START",
    KeywordIntent.HELP: "HELP",
}
_OWN_ANSWERS = {
    "STOP": "You will receive no more messages from this number. Reply START to receive them again.",
    "START": "You receive messages from this number again.",
    "HELP": "Reply STOP to receive no more messages. Message and data rates may apply.",
}


class SimulatorAdapter:
    def send(self, inbox: Inbox, text: OutboundText) -> Accepted:
        line = behavior_of(inbox)
        time.sleep(min(line.delay, settings.CARRIER_TIMEOUT[1]))
        if line.refuses or (line.keeps_opt_outs and _stopped_at_carrier(inbox, text.number)):
            raise OptedOutAtCarrier("Attempt to send to unsubscribed recipient", "21610")
        sid = new_sid()
        if not line.fails:
            _record(inbox, text.number, text.body, sid)
        if line.delay > settings.CARRIER_TIMEOUT[1]:
            raise OutcomeUnknown("The carrier did not answer; the text may have arrived.")
        post_status_report(inbox, text, sid, "sent")
        last = ("undelivered", "30005") if line.fails else ("delivered", "")
        threading.Timer(DELIVERED_AFTER, post_status_report, (inbox, text, sid, *last)).start()
        return Accepted(sid, segments=1)

    def recent(self, inbox: Inbox, since: datetime) -> Iterable[InboundText]:
        with scope(inbox.team_id):
            texts = SimulatedText.objects.filter(
                team_id=inbox.team_id, inbox_id=inbox.id, from_handset=True, at__gte=since
            )
            return [
                InboundText(carrier_id=text.carrier_id, sender=text.number, body=text.body, sent_at=text.at)
                for text in texts.order_by("id")
            ]


def new_sid() -> str:
    return "SM" + secrets.token_hex(16)


def behavior_of(inbox: Inbox) -> SimulatorBehavior:
    """How this carrier behaves for an inbox; plainly, if nobody said otherwise."""
    with scope(inbox.team_id):
        line = SimulatorBehavior.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).first()
    return line or SimulatorBehavior(team_id=inbox.team_id, inbox=inbox)


def send_from_handset(inbox: Inbox, number: str, body: str) -> int:
    """Text `body` from a number to the inbox; the webhook's HTTP status, 503 when nobody answered.

    Talks to the network: outside any scope. The record is made first, as a carrier does: what a webhook does not bring
    can be fetched later.
    """
    line, sid = behavior_of(inbox), new_sid()
    with scope(inbox.team_id):
        SimulatedText.objects.create(
            team_id=inbox.team_id, inbox=inbox, number=number, from_handset=True, body=body, carrier_id=sid
        )
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
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    }
    if line.keeps_opt_outs and keywords.carrier_reacts(body):
        fields["OptOutType"] = kind = _OPT_OUT_TYPE[keywords.read_intent(body)]
        _record(inbox, number, _OWN_ANSWERS[kind], new_sid(), by_carrier=True)
    return post_webhook(inbox, f"{settings.PUBLIC_URL}/webhooks/twilio/messages", fields)


def post_status_report(inbox: Inbox, text: OutboundText, sid: str, status: str, error_code: str = "") -> None:
    """Tell the status endpoint what became of a text; as at any carrier, a report that nobody hears is gone."""
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
    """POST a webhook as Twilio does, signed with the inbox's token; its HTTP status, 503 when nobody answered."""
    signature = RequestValidator(inbox.auth_tokens[0]).compute_signature(url, fields)
    try:
        return requests.post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=10).status_code
    except requests.RequestException as error:
        log.warning("the simulated carrier reached nobody at %s: %s", url, error)
        return 503


def _record(inbox: Inbox, number: str, body: str, sid: str, *, by_carrier: bool = False) -> None:
    with scope(inbox.team_id):
        SimulatedText.objects.create(
            team_id=inbox.team_id,
            inbox=inbox,
            number=number,
            from_handset=False,
            by_carrier=by_carrier,
            body=body,
            carrier_id=sid,
            at=timezone.now(),
        )
        change_tokens.renew_on_commit(inbox.team_id)


def _stopped_at_carrier(inbox: Inbox, number: str) -> bool:
    """Whether the newest keyword that this handset texted is an opt-out; only the carrier's own words count."""
    with scope(inbox.team_id):
        texts = SimulatedText.objects.filter(
            team_id=inbox.team_id, inbox_id=inbox.id, number=number, from_handset=True
        ).order_by("-id")
        words = (
            keywords.read_intent(text.body) for text in texts[:200] if keywords.carrier_reacts(text.body)
        )
        newest = next((word for word in words if word is not KeywordIntent.HELP), None)
    return newest is KeywordIntent.STOP
