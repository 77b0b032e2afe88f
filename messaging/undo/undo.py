"""Undo of a text that a member has just sent: it waits UNDO_WINDOW, and can be taken back until a worker claims it.

The row is the source of truth: a text whose browser was closed is sent. Undo and claim hold the number's lock, so that
one of them comes first.
"""

from datetime import datetime

from django.utils import timezone

from accounts.models import Member
from kernel import change_tokens
from kernel.loading import load
from messaging.drafts.drafts import draft_loader, save_draft
from messaging.media.models import Attachment
from messaging.media.uploads import UPLOAD_KEPT
from messaging.models import Conversation, Message, MessageStatus
from messaging.search.models import SearchableText
from messaging.sending_again import unmark_sent_again
from messaging.undo.window import can_be_taken_back
from optout.number_locks import lock_number


def take_back(conversation: Conversation, message_id: int, member: Member) -> str | None:
    """Take back the member's text, unless a worker has claimed it. It becomes a draft. In the scope of the team.

    Returns its words; None if it is too late, or not a text of the member.
    """
    now = lock_number(conversation.team_id, conversation.number)
    rows = Conversation.objects.select_for_update(no_key=True).filter(team_id=conversation.team_id)
    locked: Conversation = rows.get(id=conversation.id)
    texts = Message.objects.select_for_update().filter(
        team_id=conversation.team_id, conversation_id=conversation.id
    )
    message = texts.filter(id=message_id).first()
    if message is None or not can_be_taken_back(message, member):
        return None
    _remove(message, now)
    _restore(locked, message)
    draft = load(draft_loader(conversation, member))
    save_draft(conversation, member, f"{message.body}\n{draft.body}" if draft else message.body)
    change_tokens.renew_on_commit(conversation.team_id)
    return message.body


def _remove(message: Message, now: datetime) -> None:
    """Remove the text, as if it had never been written. Its attachments become unused uploads, which are deleted."""
    attachments = Attachment.objects.filter(team_id=message.team_id, message_id=message.id)
    attachments.update(message=None, due_at=now + UPLOAD_KEPT)
    unmark_sent_again(message)
    SearchableText.objects.filter(team_id=message.team_id, id=message.id).delete()
    # The change of status marks the hour of the text, so that reports count it again without the text.
    Message.objects.filter(team_id=message.team_id, id=message.id).update(status=MessageStatus.FAILED)
    Message.objects.filter(team_id=message.team_id, id=message.id).delete()


def _restore(conversation: Conversation, undone: Message) -> None:
    """The conversation as it was before the text: who waited waits again, and the text before it is the newest."""
    texts = Message.objects.filter(team_id=conversation.team_id, conversation_id=conversation.id)
    newest = texts.order_by("-at", "-id").first()
    if undone.awaiting_before:
        conversation.awaiting_since = undone.awaiting_before
    if conversation.last_message_at <= undone.at:
        conversation.preview = newest.content[:140] if newest else ""
        conversation.last_message_at = newest.at if newest else timezone.now()
    conversation.save(update_fields=["awaiting_since", "preview", "last_message_at"])
