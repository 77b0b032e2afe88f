"""Uploads: what a member attaches to a text is checked like what arrives, and stored before the text is queued.

An upload is first a row, then a file. One whose text is never queued is deleted after UPLOAD_KEPT.
"""

import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from kernel.tenancy import scope
from messaging.carriers.base import MediaLimits
from messaging.media import storage
from messaging.media.checking import CheckedFile, check_file
from messaging.media.limits import check_total
from messaging.media.models import Attachment, AttachmentState
from messaging.media.refusals import RefusedFile
from messaging.models import Message

UPLOAD_KEPT = timedelta(days=1)
NO_ATTACHMENTS = "This inbox can only send words."
NOTHING: Mapping[str, str] = MappingProxyType({})


def store_uploads(
    team_id: int, files: Sequence[UploadedFile], limits: MediaLimits | None
) -> list[Attachment]:
    """Store what a member attached, outside any transaction. Raises RefusedFile, and then nothing is stored."""
    if not files:
        return []
    if limits is None:
        raise RefusedFile(NO_ATTACHMENTS)
    if len(files) > limits.count:
        raise RefusedFile(f"Attach at most {limits.count} files.")
    with TemporaryDirectory(prefix="heymarket-media-") as folder:
        checked = [_check(file, Path(folder) / str(at)) for at, file in enumerate(files)]
        check_total([file.size for file in checked], limits)
        return [_store(team_id, one, str(file.name)) for one, file in zip(checked, files, strict=True)]


def copy_attachments(team_id: int, message_id: int) -> list[Attachment]:
    """Copies of a text's stored attachments, to be sent again. Outside any transaction."""
    with scope(team_id):
        text = Message.objects.get(team_id=team_id, id=message_id)
        stored = Attachment.objects.of_texts(team_id, [text]).get(message_id, [])
    return [copy_attachment(file, text.media[file.position]) for file in stored if file.is_stored]


def _check(file: UploadedFile, path: Path) -> CheckedFile:
    with path.open("wb") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
    try:
        return check_file(path, to_send=True)
    except RefusedFile as refusal:
        raise RefusedFile(f"“{file.name}”: {refusal}".replace("stored", "attached")) from None


def _store(team_id: int, file: CheckedFile, name: str) -> Attachment:
    attachment = _insert(team_id, name=name[-100:], **storage.stored_columns(file))
    storage.store(file, attachment.file)
    return attachment


def copy_attachment(original: Attachment, medium: Mapping[str, str] = NOTHING) -> Attachment:
    """A copy of a stored attachment, as an upload. `medium` is its entry in its text. Outside any transaction."""
    columns = {
        name: getattr(original, name) for name in ("name", "content_type", "size", "width", "height", "card")
    }
    copy = _insert(original.team_id, **columns)
    copy.copied_from = medium.get("copied_from") or original.file
    pairs = [(original.file, copy.file)]
    if original.width is not None:
        pairs.append((original.thumbnail, copy.thumbnail))
    with TemporaryDirectory(prefix="heymarket-media-") as folder:
        for source, target in pairs:
            path = Path(folder) / "file"
            with storage.open_file(source) as file, path.open("wb") as out:
                shutil.copyfileobj(file, out)
            storage.put(target, path)
    return copy


def _insert(team_id: int, **columns: object) -> Attachment:
    now = timezone.now()
    with scope(team_id):
        return Attachment.objects.create(
            team_id=team_id,
            state=AttachmentState.STORED,
            file=storage.new_name(team_id),
            due_at=now + UPLOAD_KEPT,
            created_at=now,
            **columns,
        )
