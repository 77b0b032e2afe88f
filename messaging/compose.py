"""Composition of outbound texts: texts of members and apps, and automatic replies, are queued as message rows."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.combined_inserts import insert_together
from kernel.phone_numbers import is_short_code
from kernel.sql import InsertStatement, ReturnedId
from kernel.unfilled_fields import has_fields
from messaging import webhook_events
from messaging.keyword_answers import answered_help_enough
from messaging.media.models import Attachment, AttachmentState
from messaging.media.refusals import NOT_SENT
from messaging.media.wakeups import wake_media_on_commit
from messaging.message_content import describe_content, media_pairs
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus
from messaging.refusal_reasons import INBOX_CLOSED
from messaging.sending_hours.holding import hold_message
from messaging.worker_wakeups import wake_later_on_commit, wake_on_commit
from optout import auto_replies
from optout.auto_replies import AutoReply
from optout.consent_types import KeywordOutcome, Refusal
from optout.double_opt_in.answers import is_unconfirmed
from optout.send_guard import find_refusal

# A text whose attachments have not been fetched by then has failed.
MEDIA_TIMEOUT = timedelta(minutes=15)
NO_WAIT = timedelta(0)


def compose_text(
    inbox: Inbox,
    number: str,
    body: str,
    *,
    author: Member | None,
    author_name: str = "",
    by_hand: bool = False,
    attachments: Sequence[Attachment] = (),
    undo_window: timedelta | None = None,
    within_hours: bool = False,
    marketing: bool = False,
    held: str = "",
    local_id: str = "",
) -> Message:
    """Queue a text, in the scope of the team. A text that consent forbids is stored as refused, with the reason.

    `by_hand`: a member wrote it on a page. A number that is held for review gets no other texts. Its attachments are
    uploads (messaging.media.uploads), or not saved yet and still to be fetched: the text then waits for them, at most
    MEDIA_TIMEOUT. With an `undo_window` the text waits so long, and its author may take it back meanwhile. A text
    `within_hours` waits until the recipient's sending hours allow it; it may be `marketing`, which laws also count.
    `held` says how long it has been held before. `local_id` is a program's own ID of it.
    """
    now = timezone.now()
    refusal: str | None = INBOX_CLOSED
    if has_fields(body):
        refusal = Refusal.UNFILLED
    elif number == inbox.number:
        refusal = Refusal.OWN_NUMBER
    elif is_short_code(number) and not inbox.team.allows_short_codes:
        refusal = Refusal.SHORT_CODE
    elif inbox.is_open:
        refusal = find_refusal(inbox.team_id, inbox.id, number, now, by_hand=by_hand)
        if refusal is None and (within_hours or marketing) and is_unconfirmed(inbox, number):
            refusal = Refusal.UNCONFIRMED
    media = [attachment.stored_medium() for attachment in attachments]
    preview = describe_content(body, media_pairs(media))
    conversation = Conversation.objects.record_outbound(
        inbox, number, now, preview, refused=refusal is not None
    )
    waits = any(attachment.is_waiting for attachment in attachments)
    message = Message(
        team_id=inbox.team_id,
        conversation_id=conversation.id,
        inbox=inbox,
        number=number,
        outbound=True,
        status=MessageStatus.REFUSED if refusal else MessageStatus.QUEUED,
        reason=refusal or "",
        body=body,
        media=media,
        starts_conversation=conversation.starts_conversation,
        waited_seconds=conversation.waited_seconds(now) if refusal is None else None,
        author_id=author.id if author else None,
        author_name=author_name or (str(author) if author else ""),
        by_hand=by_hand,
        at=now,
        created_at=now,
        due_at=now + (MEDIA_TIMEOUT if waits else undo_window or NO_WAIT),
        undo_until=now + undo_window if undo_window and not refusal else None,
        awaiting_before=conversation.awaiting if undo_window else None,
        within_hours=within_hours,
        marketing=marketing,
        held=held,
        local_id=local_id,
    )
    is_held = refusal is None and hold_message(message, now) is not None
    message.insert()
    _attach(message, attachments, refused=refusal is not None)
    Contact.objects.ensure(inbox, number, now, now)
    webhook_events.record_new_contact(message, by_api=bool(author_name))
    if refusal:
        webhook_events.record_outcome(message, MessageStatus.QUEUED)
    else:
        webhook_events.record_started(message)
    change_tokens.renew_on_commit(inbox.team_id)
    if not refusal and not waits and not is_held:
        wake = wake_later_on_commit if undo_window else wake_on_commit
        wake(message.team_id, message.conversation_id)
    return message


def _attach(message: Message, attachments: Sequence[Attachment], *, refused: bool) -> None:
    """Make these the attachments of a text. Nothing is fetched for a text that is not sent."""
    for position, attachment in enumerate(attachments):
        attachment.message, attachment.position, attachment.due_at = message, position, None
        if attachment.is_waiting and refused:
            attachment.state, attachment.reason = AttachmentState.GONE, NOT_SENT
        elif attachment.is_waiting:
            attachment.due_at = message.created_at
        attachment.save()
    wake_media_on_commit(
        message.team_id, [attachment.id for attachment in attachments if attachment.is_waiting]
    )


def queue_reply(
    inbox: Inbox, number: str, conversation_id: int, outcome: KeywordOutcome, language: str = ""
) -> None:
    """Queue the automatic reply that consent decided on, bound to its ledger entry. HELP is not answered too often."""
    if outcome.reply is AutoReply.HELP and answered_help_enough(inbox.team_id, number, timezone.now()):
        return
    insert_together(reply=reply_statement(inbox, number, conversation_id, outcome, language))
    wake_on_commit(inbox.team_id, conversation_id)


def reply_statement(
    inbox: Inbox, number: str, conversation_id: int, outcome: KeywordOutcome, language: str
) -> InsertStatement:
    """The INSERT of an automatic reply. It runs after that of its ledger entry, or together with it."""
    assert outcome.reply is not None
    now, event = timezone.now(), outcome.event
    return Message.insert_statement(
        team_id=inbox.team_id,
        conversation_id=conversation_id,
        inbox_id=inbox.id,
        number=number,
        outbound=True,
        purpose=MessagePurpose.CONFIRMATION if outcome.reply is AutoReply.STOP else MessagePurpose.ANSWER,
        status=MessageStatus.QUEUED,
        body=auto_replies.reply_text(
            inbox, outcome.reply, language, only_here=bool(event and event.only_in_inbox)
        ),
        event_id=(event.id or ReturnedId("event")) if event else None,
        at=now,
        created_at=now,
        due_at=now,
    )
