"""Sending of what a member wrote in a form: the attachments are stored first, then the text is queued."""

from accounts.models import Inbox, Member
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope
from kernel.visible_text import has_visible_characters
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.forms import NOTHING_WRITTEN, MessageForm
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.media.uploads import copy_attachments, store_uploads
from messaging.models import Message


def send_form(form: MessageForm, inbox: Inbox, number: str, author: Member) -> Message | None:
    """Queue the text of a valid form, outside any transaction. None, with the reason in the form, if it is refused."""
    try:
        attachments = _attachments(form, inbox, number)
    except RefusedFile as refusal:
        form.add_error("attachments", str(refusal))
        return None
    body = form.cleaned_data["body"]
    if not attachments and not has_visible_characters(body):
        form.add_error("body", NOTHING_WRITTEN)
        return None

    def send() -> Message:
        with scope(inbox.team_id):
            return compose_text(inbox, number, body, author=author, by_hand=True, attachments=attachments)

    return retry_deadlocks(send)


def _attachments(form: MessageForm, inbox: Inbox, number: str) -> list[Attachment]:
    """Copies of those of the text that is sent again, and the new ones. Raises RefusedFile."""
    again: int = form.cleaned_data.get("again") or 0
    with scope(inbox.team_id):
        texts = Message.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number, outbound=True)
        is_ours = again > 0 and texts.filter(id=again).exists()
    copies = copy_attachments(inbox.team_id, again) if is_ours else []
    limits = adapter_for(inbox).media_limits(inbox)
    return [*copies, *store_uploads(inbox.team_id, form.cleaned_data["attachments"], limits)]
