"""A text arrives: its request is heard, its row is the receipt, and everybody who looks sees it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Inbox
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.phone_numbers import is_textable
from kernel.sql import ReturnedId, insert_together
from kernel.tenancy import scope
from messaging import outbound, webhook_events
from messaging.carriers.base import InboundText
from messaging.carriers.registry import adapter_for
from messaging.models import Conversation, Message, MessageStatus
from optout import consent, keywords
from optout.keywords import KeywordIntent
from optout.models import ConsentEvent
from optout.number_locks import lock_key
from optout.number_state import NumberState, fetch_number_state


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
    request = keywords.stricter_intent(keywords.read_intent(text.body), text.opt_out_type)
    asks = request is not KeywordIntent.NONE
    with scope(team_id, lock=lock_key(team_id, number) if asks else None):
        before = fetch_number_state(team_id, number)
        at = min(text.sent_at or before.now, before.now)
        # A blocked number's text stays as a receipt without words, and nobody is told; its STOP counts all the same.
        blocked = before.standing.in_inbox(inbox.id).blocked
        written = _store(inbox, text, request, before, at, blocked)
        if asks:
            reacted = bool(text.opt_out_type) or keywords.carrier_reacts(text.body)
            heard = consent.apply_keyword(
                inbox,
                number,
                request,
                before=before,
                now=before.now,
                at=at,
                words=text.body,
                message_id=written["message"],
                carrier_answers=consent.carrier_sends_reply(inbox, reacted=reacted),
            )
            if heard.reply and is_textable(number):
                outbound.queue_reply(inbox, number, written["conversation"], heard)
            line = heard.event
        if not blocked:
            change_tokens.renew_on_commit(team_id)
    return line


def _store(
    inbox: Inbox, text: InboundText, request: KeywordIntent, before: NumberState, at: datetime, blocked: bool
) -> dict[str, int]:
    """Conversation, message and contact, in one round trip: it is most of what a webhook costs. Their ids."""
    number = text.sender
    message: dict[str, Any] = {
        "team_id": inbox.team_id,
        "conversation_id": ReturnedId("conversation"),
        "inbox_id": inbox.id,
        "number": number,
        "outbound": False,
        "status": MessageStatus.RECEIVED,
        "segments": text.segments,
        "carrier_id": text.carrier_id,
        "at": at,
        "created_at": before.now,
    }
    try:
        if blocked:
            return insert_together(
                conversation=Conversation.objects.insert_closed(inbox, number, at),
                message=Message.insert_statement(**message),
            )
        message |= {
            "starts_conversation": ReturnedId("conversation", "starts_conversation"),
            **_words(text, request),
        }
        written = insert_together(
            conversation=Conversation.objects.insert_inbound(
                inbox, number, at, text.body or "Photo", asks=request is not KeywordIntent.NONE
            ),
            message=Message.insert_statement(**message),
            contact=Contact.objects.ensure_statement(inbox, number, at, before.now),
        )
    except IntegrityError as error:
        if _constraint(error) == "messaging_message_once":
            raise AlreadyReceived(text.carrier_id) from None
        raise
    if before.wanted_event_types:
        webhook_events.record_received(inbox, written, message, before.wanted_event_types)
    return written


def _words(text: InboundText, request: KeywordIntent) -> dict[str, Any]:
    return {
        "body": text.body,
        "media": [{"url": url, "type": kind} for url, kind in text.media],
        "possible_opt_out": request is not KeywordIntent.STOP and keywords.may_be_opt_out(text.body),
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
    texts = list(adapter_for(inbox).recent(inbox, since))
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
