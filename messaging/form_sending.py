"""Sending of what a member wrote in a form: its fields are filled, the attachments stored, then the text is queued."""

from accounts.models import Inbox, Member
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope
from kernel.visible_text import has_visible_characters
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.crossing import CrossedSend, read_known, refuse_crossing
from messaging.drafts.drafts import drop_draft
from messaging.forms import MAX_TEXT_LENGTH, NOTHING_WRITTEN, MessageForm
from messaging.media.limits import check_total
from messaging.media.models import Attachment
from messaging.media.refusals import RefusedFile
from messaging.media.uploads import NO_ATTACHMENTS, copy_attachments, store_uploads
from messaging.models import Message
from messaging.sending_again import SentAgainBefore, mark_sent_again
from messaging.teamwork.first_replies import assign_at_first_reply
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import copy_picture, fill_text, find_template, record_use
from messaging.undo.window import undo_window

TOO_LONG = f"With its fields filled, the text is longer than {MAX_TEXT_LENGTH} characters."


def send_form(form: MessageForm, inbox: Inbox, number: str, author: Member) -> Message | None:
    """Queue the text of a valid form, outside any transaction. None, with the reason in the form, if it is not sent."""
    try:
        return _send(form, inbox, number, author, read_known(form.data))
    except CrossedSend as crossed:
        form.crossing = crossed.crossing
    except RefusedFile as refusal:
        form.add_error("attachments", str(refusal))
    except SentAgainBefore:
        form.is_repeated = True
    return None


def _send(form: MessageForm, inbox: Inbox, number: str, author: Member, known: int | None) -> Message | None:
    """Raises CrossedSend and RefusedFile."""
    with scope(inbox.team_id):
        refuse_crossing(inbox, number, author, known)  # before files are stored in vain
        body = filled_body(form, inbox, number, author)
        template = _find(form, "template", author)
    if body is None:
        return None
    again = _find_again(form, inbox, number)
    attachments = _attachments(form, inbox, again, author)
    if not attachments and not has_visible_characters(body):
        form.add_error("body", NOTHING_WRITTEN)
        return None

    def send() -> Message:
        with scope(inbox.team_id):
            refuse_crossing(inbox, number, author, known)
            if template:
                record_use(template)
            message = compose_text(
                inbox,
                number,
                body,
                author=author,
                by_hand=True,
                attachments=attachments,
                undo_window=undo_window(author),
            )
            if again:
                mark_sent_again(message, again)
            else:
                drop_draft(message.conversation_id, author)
            assign_at_first_reply(message, author)
            return message

    return retry_deadlocks(send)


def filled_body(form: MessageForm, inbox: Inbox, number: str, author: Member) -> str | None:
    """The text of a valid form with its fields filled. None, with the reasons in the form, if that is not possible."""
    filled = fill_text(form.cleaned_data["body"], inbox, number, author)
    problems = list(filled.problems)
    if len(filled.text) > MAX_TEXT_LENGTH:
        problems.append(TOO_LONG)
    for problem in problems:
        form.add_error("body", problem)
    return None if problems else filled.text


def _find(form: MessageForm, name: str, author: Member) -> TextTemplate | None:
    """The template that a field of the form names, if the author may use it."""
    id: int = form.cleaned_data.get(name) or 0
    return find_template(author.team_id, author, id) if id > 0 else None


def _find_again(form: MessageForm, inbox: Inbox, number: str) -> int:
    """The ID of the text that the form sends again, if it is one to this number; else 0."""
    again: int = form.cleaned_data.get("again") or 0
    with scope(inbox.team_id):
        texts = Message.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, number=number, outbound=True)
        return again if again > 0 and texts.filter(id=again).exists() else 0


def _attachments(form: MessageForm, inbox: Inbox, again: int, author: Member) -> list[Attachment]:
    """Copies of those of the text that is sent again, the template's picture, and the new ones. Raises RefusedFile."""
    with scope(inbox.team_id):
        template = _find(form, "picture", author)
    copies = copy_attachments(inbox.team_id, again) if again else []
    copies += copy_picture(template) if template else []
    limits = adapter_for(inbox).media_limits(inbox)
    if copies and limits is None:
        raise RefusedFile(NO_ATTACHMENTS)
    files = [*copies, *store_uploads(inbox.team_id, form.cleaned_data["attachments"], limits)]
    if limits and len(files) > limits.count:
        raise RefusedFile(f"Attach at most {limits.count} files.")
    if limits:
        check_total([file.size or 0 for file in files], limits)
    return files
