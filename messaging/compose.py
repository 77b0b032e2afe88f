"""Composition of outbound texts: texts of members and apps, and automatic replies, are queued as message rows."""

from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.sql import insert_together
from messaging import webhook_events
from messaging.keyword_answers import answered_help_enough
from messaging.models import INBOX_CLOSED, Conversation, Message, MessagePurpose, MessageStatus
from messaging.worker_wakeups import wake_on_commit
from optout import auto_replies
from optout.auto_replies import AutoReply
from optout.consent_types import KeywordOutcome
from optout.send_guard import find_refusal


def compose_text(
    inbox: Inbox,
    number: str,
    body: str,
    *,
    author: Member | None,
    author_name: str = "",
    by_hand: bool = False,
) -> Message:
    """Queue a text, in the scope of the team. A text that consent forbids is stored as refused, with the reason.

    `by_hand`: a member wrote it on a page. A number that is held for review gets no other texts.
    """
    now = timezone.now()
    refusal: str | None = INBOX_CLOSED
    if inbox.is_open:
        refusal = find_refusal(inbox.team_id, inbox.id, number, now, by_hand=by_hand)
    conversation = Conversation.objects.record_outbound(inbox, number, now, body, refused=refusal is not None)
    message = Message(
        team_id=inbox.team_id,
        conversation_id=conversation.id,
        inbox=inbox,
        number=number,
        outbound=True,
        status=MessageStatus.REFUSED if refusal else MessageStatus.QUEUED,
        reason=refusal or "",
        body=body,
        starts_conversation=conversation.starts_conversation,
        waited_seconds=conversation.waited_seconds(now) if refusal is None else None,
        author_id=author.id if author else None,
        author_name=author_name or (str(author) if author else ""),
        by_hand=by_hand,
        at=now,
        created_at=now,
        due_at=now,
    )
    message.insert()
    Contact.objects.ensure(inbox, number, now, now)
    webhook_events.record_new_contact(message, by_api=bool(author_name))
    if refusal:
        webhook_events.record_outcome(message, MessageStatus.QUEUED)
    change_tokens.renew_on_commit(inbox.team_id)
    if not refusal:
        wake_on_commit(message.team_id, message.conversation_id)
    return message


def queue_reply(
    inbox: Inbox, number: str, conversation_id: int, outcome: KeywordOutcome, language: str = ""
) -> None:
    """Queue the automatic reply that consent decided on, bound to its ledger entry. HELP is not answered too often."""
    assert outcome.reply is not None
    now = timezone.now()
    if outcome.reply is AutoReply.HELP and answered_help_enough(inbox.team_id, number, now):
        return
    message = Message.insert_statement(
        team_id=inbox.team_id,
        conversation_id=conversation_id,
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=MessagePurpose.CONFIRMATION if outcome.reply is AutoReply.STOP else MessagePurpose.ANSWER,
        status=MessageStatus.QUEUED,
        body=auto_replies.reply_text(inbox, outcome.reply, language),
        event_id=outcome.event.id if outcome.event else None,
        at=now,
        created_at=now,
        due_at=now,
    )
    insert_together(message=message)
    wake_on_commit(inbox.team_id, conversation_id)
