"""A text arrives: its request is heard, its row is the receipt, and everybody who looks sees it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts import live
from accounts.models import Inbox
from accounts.numbers import is_textable
from accounts.statements import IdOf, together
from accounts.tenancy import scope
from contacts.models import Contact
from messaging import carriers, hooks, outbound
from messaging.carriers.base import InboundText
from messaging.models import Conversation, Message, Status
from optout import consent, keywords
from optout.keywords import Request
from optout.models import ConsentEvent
from optout.record import Record


class AlreadyReceived(Exception):
    """This text is stored already; the transaction must be given up, so that nothing of it counts twice."""


def receive(inbox: Inbox, text: InboundText) -> ConsentEvent | None:
    """Take in one text, in a transaction of the inbox's team; the line of the ledger that it wrote, if any.

    Raises AlreadyReceived, which rolls everything back.

    The order of locks is the order of this story: the number (if the text asks for something), its conversation, the
    message.
    """
    team_id, number = inbox.team_id, text.sender
    line = None
    request = keywords.stricter(keywords.read(text.body), text.opt_out_type)
    asks = request is not Request.NONE
    with scope(team_id, lock=consent.lock_key(team_id, number) if asks else None):
        before = consent.record(team_id, number)
        at = min(text.sent_at or before.now, before.now)
        # A blocked number's text stays as a receipt without words, and nobody is told; its STOP counts all the same.
        blocked = before.standing.in_inbox(inbox.id).blocked
        written = _store(inbox, text, request, before, at, blocked)
        if asks:
            reacted = bool(text.opt_out_type) or keywords.carrier_reacts(text.body)
            heard = consent.hear(
                inbox,
                number,
                request,
                before=before,
                now=before.now,
                at=at,
                words=text.body,
                message_id=written["message"],
                carrier_answers=consent.carrier_answers(inbox, reacted=reacted),
            )
            if heard.answer and is_textable(number):
                outbound.answer(inbox, number, written["conversation"], heard)
            line = heard.event
        if not blocked:
            live.changed(team_id)
    return line


def _store(
    inbox: Inbox, text: InboundText, request: Request, before: Record, at: datetime, blocked: bool
) -> dict[str, int]:
    """Conversation, message and contact, in one round trip: it is most of what a webhook costs. Their ids."""
    number = text.sender
    message: dict[str, Any] = {
        "team_id": inbox.team_id,
        "conversation_id": IdOf("conversation"),
        "inbox_id": inbox.id,
        "number": number,
        "outbound": False,
        "status": Status.RECEIVED,
        "segments": text.segments,
        "carrier_id": text.carrier_id,
        "at": at,
        "created_at": before.now,
    }
    try:
        if blocked:
            return together(
                conversation=Conversation.objects.quietly(inbox, number, at), message=Message.new(**message)
            )
        message |= {"begins": IdOf("conversation", "begins"), **_words(text, request)}
        written = together(
            conversation=Conversation.objects.heard(
                inbox, number, at, text.body or "Photo", asks=request is not Request.NONE
            ),
            message=Message.new(**message),
            contact=Contact.objects.knowing(inbox, number, at, before.now),
        )
    except IntegrityError as error:
        if _constraint(error) == "messaging_message_receipt":
            raise AlreadyReceived(text.carrier_id) from None
        raise
    if before.wanted:
        hooks.received(inbox, written, message, before.wanted)
    return written


def _words(text: InboundText, request: Request) -> dict[str, Any]:
    return {
        "body": text.body,
        "media": [{"url": url, "type": kind} for url, kind in text.media],
        "possible_opt_out": request is not Request.STOP and keywords.may_be_opt_out(text.body),
    }


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""


# -- what never reached us ---------------------------------------------------------------------------------------

# A carrier's list is read again this far back, since it may show a text some time after taking it.
OVERLAP = timedelta(minutes=10)


def fetch_missed(team_id: int, inbox_id: int) -> int:
    """Take in what the carrier received for an inbox while its webhooks did not reach us; returns how many texts."""
    started = timezone.now()
    with scope(team_id):
        inbox = Inbox.objects.select_related("team").get(team_id=team_id, id=inbox_id)
    since = (inbox.fetched_until or inbox.created_at) - OVERLAP
    texts = list(carriers.of(inbox).recent(inbox, since))
    with scope(team_id):
        known = set(
            Message.objects.filter(
                team_id=team_id, inbox_id=inbox_id, carrier_id__in=[text.carrier_id for text in texts]
            ).values_list("carrier_id", flat=True)
        )
    missed = sorted(
        (text for text in texts if text.carrier_id not in known), key=lambda text: text.sent_at or started
    )
    taken = sum(_receive_late(inbox, text) for text in missed)
    with scope(team_id):
        Inbox.objects.filter(team_id=team_id, id=inbox_id).update(fetched_until=started)
    return taken


def _receive_late(inbox: Inbox, text: InboundText) -> bool:
    try:
        receive(inbox, text)
    except AlreadyReceived:  # its webhook came meanwhile
        return False
    return True
