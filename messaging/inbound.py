"""Receipt of an inbound text: its request changes the standing, its row is stored, and open pages refresh."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError

from accounts.models import Inbox
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.phone_numbers import is_textable
from kernel.sql import InsertStatement, ReturnedId, insert_together
from kernel.tenancy import scope
from messaging import webhook_events
from messaging.carriers.base import InboundText
from messaging.compose import queue_reply
from messaging.media.models import Attachment, AttachmentState
from messaging.media.refusals import NOT_ARRIVED
from messaging.media.wakeups import wake_media_on_commit
from messaging.message_content import describe_content
from messaging.models import Conversation, Message, MessageStatus
from messaging.opt_in_checks import hold, must_check
from optout import consent, keywords
from optout.consent_types import Refusal
from optout.models import ConsentEvent
from optout.number_locks import lock_key
from optout.number_state import NumberState, fetch_number_state
from optout.pending_opt_ins import PendingOptIn
from optout.reader.outcome import Outcome
from optout.reader.reading import read
from optout.reader_settings import reader_settings


class AlreadyReceived(Exception):
    """The text is stored already. The transaction must be rolled back, so that nothing counts twice."""


def receive(inbox: Inbox, text: InboundText, *, replies: bool = True) -> ConsentEvent | None:
    """Store a text, in one transaction of the inbox's team. Returns the ledger entry that it caused, if any.

    With `replies` false, another inbox with the same number sends the automatic reply. Raises AlreadyReceived, which
    rolls everything back.

    Locks are taken in this order: the number (if the text is a request), its conversation, the message.
    """
    team_id, number = inbox.team_id, text.sender
    event = None
    found = read(text.body, reader_settings(inbox))
    outcome = keywords.stricter_outcome(found.outcome, text.opt_out_type)
    is_request = outcome.is_request
    with scope(team_id, lock=lock_key(team_id, number) if is_request else None):
        before = fetch_number_state(team_id, number)
        at = min(text.sent_at or before.now, before.now)
        # A blocked number's text is kept as a receipt without content and notifies nobody. Its STOP still counts.
        blocked = before.standing.in_inbox(inbox.id).blocked
        written = _store(inbox, text, outcome, before, at, blocked)
        if is_request:
            reacted = bool(text.opt_out_type) or keywords.carrier_reacts(text.body)
            carrier_answers = consent.carrier_sends_reply(inbox, reacted=reacted)
        if is_request and must_check(inbox, number, outcome, text.sent_at, before):
            pending = PendingOptIn(
                team_id=team_id, inbox=inbox, number=number, message_id=written["message"], intent=outcome,
                words=text.body, may_reply=replies and not carrier_answers, sent_at=text.sent_at, created_at=before.now,
            )  # fmt: skip
            hold(pending)
        elif is_request:
            applied = consent.apply_keyword(
                inbox,
                number,
                outcome,
                before=before,
                now=before.now,
                at=at,
                words=text.body,
                message_id=written["message"],
                carrier_answers=carrier_answers,
            )
            if replies and applied.reply and is_textable(number):
                queue_reply(inbox, number, written["conversation"], applied)
            event = applied.event
        if not blocked:
            change_tokens.renew_on_commit(team_id)
    return event


def _store(
    inbox: Inbox, text: InboundText, outcome: Outcome, before: NumberState, at: datetime, blocked: bool
) -> dict[str, int]:
    """Insert conversation, message and contact in one round trip, the largest cost of a webhook. Returns their IDs."""
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
        "channel": text.channel,
        "at": at,
        "created_at": before.now,
    }
    try:
        if blocked:
            return insert_together(
                conversation=Conversation.objects.insert_closed(inbox, number, at),
                message=Message.insert_statement(**message, reason=Refusal.BLOCKED),
            )
        message |= {
            "starts_conversation": ReturnedId("conversation", "starts_conversation"),
            **_content(text, outcome),
        }
        attachments = _attachments(inbox, text, before.now)
        written = insert_together(
            conversation=Conversation.objects.insert_inbound(
                inbox,
                number,
                at,
                describe_content(text.body, text.media),
                is_request=outcome.is_request,
            ),
            message=Message.insert_statement(**message),
            contact=Contact.objects.ensure_statement(inbox, number, at, before.now),
            **attachments,
        )
        wake_media_on_commit(inbox.team_id, [written[name] for name in attachments])
    except IntegrityError as error:
        if _constraint(error) == "messaging_message_once":
            raise AlreadyReceived(text.carrier_id) from None
        raise
    if before.wanted_event_types:
        webhook_events.record_received(inbox, written, message, before.wanted_event_types)
    return written


def _content(text: InboundText, outcome: Outcome) -> dict[str, Any]:
    return {
        "body": text.body,
        "media": [{"url": url, "type": content_type} for url, content_type in text.media],
        "possible_opt_out": outcome is Outcome.HOLD,
    }


def _attachments(inbox: Inbox, text: InboundText, now: datetime) -> dict[str, InsertStatement]:
    """The INSERT of each attachment, by a name for it. A worker fetches them; one that did not arrive is gone."""
    return {
        f"attachment{position}": Attachment.insert_statement(
            team_id=inbox.team_id,
            message_id=ReturnedId("message"),
            position=position,
            state=AttachmentState.WAITING if url else AttachmentState.GONE,
            reason="" if url else NOT_ARRIVED,
            source_url=url,
            content_type=content_type[:100],
            due_at=now if url else None,
            created_at=now,
        )
        for position, (url, content_type) in enumerate(text.media)
    }


def _constraint(error: IntegrityError) -> str:
    return getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
