"""Storage of attachments: the files of a team are below its ID, under names that nobody can guess."""

import secrets
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import storages

from messaging.media.checking import CheckedFile
from messaging.media.models import Attachment, thumbnail_name


def new_name(team_id: int) -> str:
    return f"{team_id}/{secrets.token_urlsafe(24)}"


def store(file: CheckedFile, name: str) -> None:
    """Store a file and its thumbnail. A file that an interrupted attempt stored under this name is replaced."""
    put(name, file.path)
    if file.thumbnail:
        put(thumbnail_name(name), file.thumbnail)


def open_file(name: str) -> File:
    """Open a stored file. Raises FileNotFoundError."""
    return storages["media"].open(name)


def delete_files(attachment: Attachment) -> None:
    """Delete the files of an attachment, if there are any."""
    if attachment.file:
        for name in (attachment.file, attachment.thumbnail):
            storages["media"].delete(name)


def stored_columns(file: CheckedFile) -> dict[str, Any]:
    """The columns of an attachment whose file is this one."""
    return {
        "content_type": file.content_type,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "card": file.card._asdict() if file.card else None,
    }


def put(name: str, path: Path) -> None:
    """Store a file under this name, in place of one that has it."""
    storage = storages["media"]
    storage.delete(name)  # otherwise the storage would choose another name
    with path.open("rb") as file:
        stored = storage.save(name, File(file))
    assert stored == name
