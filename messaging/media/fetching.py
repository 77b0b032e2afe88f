"""Work on attachments that are due: a waiting one is fetched, checked and stored; an erased one is deleted.

    claim (one short transaction) -> download, check and store (outside any) -> settle

The name of a file is committed before the file exists, and a file is deleted before its row is. So no file is left
without a row, whenever a worker dies.
"""

import logging
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from kernel import change_tokens
from kernel.tenancy import scope
from messaging.carriers.base import MediaSource, SendError
from messaging.carriers.registry import adapter_for
from messaging.media import storage
from messaging.media.checking import CheckedFile, check_file
from messaging.media.download import download
from messaging.media.limits import check_total
from messaging.media.models import Attachment, AttachmentState
from messaging.media.refusals import FileGone, FileUnavailable, NotStored, RefusedFile
from messaging.message_content import stored_content
from messaging.models import Conversation, Message, MessageStatus
from messaging.search.indexing import index_media
from messaging.status_changes import lock_message
from messaging.text_templates.models import TextTemplate
from messaging.worker_wakeups import wake_on_commit

log = logging.getLogger(__name__)

# Longer than a download, a check and a store may take together; then the worker has died.
CLAIM_TIMEOUT = timedelta(minutes=5)
# Waits before the next attempt of a fetch; after the last one it is given up.
RETRY_DELAYS = [timedelta(seconds=s) for s in (10, 60, 600, 3600, 6 * 3600)]
# The picture of a template has no text; it is deleted once no template has it.
PICTURE_KEPT = timedelta(days=30)
# A program waits for the text that it sends, and so do the texts behind it.
RETRY_DELAYS_OF_OUTBOUND = [timedelta(seconds=s) for s in (5, 30)]


def work_on(team_id: int, attachment_id: int) -> None:
    """Fetch, or delete, an attachment that is due. May be called again, and by several workers at once."""
    attachment = claim(team_id, attachment_id)
    if attachment is None:
        return
    if not attachment.is_waiting:
        delete(attachment)
        return
    with TemporaryDirectory(prefix="heymarket-media-") as folder:
        try:
            checked = _fetch(attachment, Path(folder) / "file")
        except NotStored as problem:
            settle(attachment, problem)
        except Exception:
            log.exception("attachment %s of team %s could not be stored", attachment_id, team_id)
            settle(attachment, FileUnavailable("It could not be stored."))
        else:
            settle(attachment, checked)


def claim(team_id: int, attachment_id: int) -> Attachment | None:
    """Claim an attachment that is due, for CLAIM_TIMEOUT. None if there is nothing to do, or another worker does it."""
    with scope(team_id):
        rows = Attachment.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        due = rows.select_related("message__inbox__team").filter(
            team_id=team_id, id=attachment_id, due_at__lte=Now()
        )
        attachment: Attachment | None = due.first()
        if attachment is None:
            return None
        if _is_kept_by_template(attachment):
            return None
        if not attachment.is_waiting:
            attachment.state = AttachmentState.ERASED
        attachment.attempts += 1
        attachment.due_at = timezone.now() + CLAIM_TIMEOUT
        attachment.file = attachment.file or storage.new_name(team_id)
        attachment.save(update_fields=["state", "attempts", "due_at", "file"])
        return attachment


def _is_kept_by_template(attachment: Attachment) -> bool:
    """Whether it is the picture of a template; then it is looked at again after a while."""
    templates = TextTemplate.objects.filter(team_id=attachment.team_id, picture_id=attachment.id)
    if not attachment.is_stored or not templates.exists():
        return False
    attachment.due_at = timezone.now() + PICTURE_KEPT
    attachment.save(update_fields=["due_at"])
    return True


def delete(attachment: Attachment) -> None:
    """Delete the files of an attachment, and then its row."""
    storage.delete_files(attachment)
    with scope(attachment.team_id):
        attachment.delete()


def _fetch(attachment: Attachment, path: Path) -> CheckedFile:
    """Fetch and store the file. Raises NotStored."""
    message = attachment.message
    assert message is not None
    download(_source(message, attachment.source_url), path)
    checked = check_file(path, to_send=message.outbound)
    if message.outbound and (limits := adapter_for(message.inbox).media_limits(message.inbox)):
        check_total([checked.size], limits)
    storage.store(checked, attachment.file)
    return checked


def _source(message: Message, url: str) -> MediaSource:
    """Where to fetch from: what a person sent from the carrier, with its credentials; everything else without any."""
    if message.outbound:
        # As for webhooks, a program on a developer's own machine may be the source.
        base = "/".join(url.split("/")[:3]) if settings.WEBHOOKS_ALLOW_LOOPBACK else ""
        return MediaSource(url, trusted_base=base)
    try:
        return adapter_for(message.inbox).media_source(message.inbox, url)
    except SendError as error:
        raise FileUnavailable(str(error)) from error


def settle(claimed: Attachment, result: CheckedFile | NotStored) -> None:
    """Record the result of a fetch. The files of an attachment that was erased meanwhile are deleted."""
    assert claimed.message is not None
    with scope(claimed.team_id):
        change_tokens.renew_on_commit(claimed.team_id)
        # In the order of all locks: the conversation, then its text.
        conversations = Conversation.objects.select_for_update(no_key=True).filter(team_id=claimed.team_id)
        conversation = conversations.filter(id=claimed.message.conversation_id).first()
        message = lock_message(claimed.team_id, claimed.message.id)
        attachment = (
            Attachment.objects.select_for_update(no_key=True)
            .filter(team_id=claimed.team_id, id=claimed.id)
            .first()
        )
        erased = attachment is None or attachment.state == AttachmentState.ERASED
        if attachment and not erased and attachment.due_at == claimed.due_at:
            _save(attachment, **_changes(attachment, message, result))
            _describe(attachment, message, conversation)
    if erased:
        storage.delete_files(claimed)


def _save(attachment: Attachment, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(attachment, name, value)
    attachment.save(update_fields=list(columns))


def _changes(attachment: Attachment, message: Message, result: CheckedFile | NotStored) -> dict[str, Any]:
    match result:
        case CheckedFile():
            stored = {"state": AttachmentState.STORED, "due_at": None, "reason": "", "source_url": ""}
            return {**stored, **storage.stored_columns(result)}
        case FileUnavailable():
            return _try_again(attachment, message, result)
        case RefusedFile():
            state = AttachmentState.REFUSED
        case _:
            state = AttachmentState.GONE
    return {"state": state, "due_at": None, "reason": str(result), "source_url": ""}


def _try_again(attachment: Attachment, message: Message, problem: FileUnavailable) -> dict[str, Any]:
    delays = RETRY_DELAYS_OF_OUTBOUND if message.outbound else RETRY_DELAYS
    if attachment.attempts > len(delays):
        return _changes(attachment, message, FileGone(f"It could not be fetched. {problem}"))
    return {"due_at": timezone.now() + delays[attachment.attempts - 1], "reason": str(problem)}


def _describe(attachment: Attachment, message: Message, conversation: Conversation | None) -> None:
    """Say what the text has, now that it is known: in its media, and in the list if it is the newest text."""
    if attachment.is_waiting:
        return
    before = stored_content(message.body, message.media, kept=True)[:140]
    entry = message.media[attachment.position]
    match attachment.state:
        case AttachmentState.STORED:
            entry = attachment.stored_medium()
        case AttachmentState.REFUSED:  # it arrived
            entry = {**entry, "type": attachment.content_type}
        case AttachmentState.GONE:
            entry = {**entry, "url": ""}
    message.media[attachment.position] = entry
    message.save(update_fields=["media"])
    index_media(message.team_id, message.id)
    after = stored_content(message.body, message.media, kept=True)[:140]
    if conversation and conversation.preview == before and conversation.last_message_at == message.at:
        conversation.preview = after
        conversation.save(update_fields=["preview"])
    if message.outbound:
        _send_when_ready(message)


def _send_when_ready(message: Message) -> None:
    """A text waits until all its attachments are there, or certainly never will be."""
    if message.status == MessageStatus.QUEUED and not _waiting(message):
        message.due_at = timezone.now()
        message.save(update_fields=["due_at"])
        wake_on_commit(message.team_id, message.conversation_id)


def _waiting(message: Message) -> bool:
    rows = Attachment.objects.filter(team_id=message.team_id, message_id=message.id)
    return bool(rows.filter(state=AttachmentState.WAITING).exists())
