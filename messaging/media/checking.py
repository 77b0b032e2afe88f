"""Checks of a file on the disk before it is stored: its type by content, its size, and its picture without metadata."""

from dataclasses import dataclass
from pathlib import Path

from messaging.media.contact_cards import ContactCard, read_card
from messaging.media.content_types import HEAD_BYTES, FileKind, kind_of, recognize
from messaging.media.pictures import SIDE, SIDE_TO_SEND, clean_picture
from messaging.media.refusals import WRONG_TYPE, RefusedFile


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be stored."""

    path: Path
    content_type: str
    size: int  # bytes
    width: int | None = None  # pixels
    height: int | None = None
    thumbnail: Path | None = None
    card: ContactCard | None = None


def check_head(head: bytes) -> FileKind:
    """What a file with these first bytes is. Raises RefusedFile if its type is not accepted."""
    if kind := kind_of(recognize(head)):
        return kind
    raise RefusedFile(WRONG_TYPE)


def check_size(kind: FileKind, size: int) -> None:
    """Raises RefusedFile if a file of this kind is too large."""
    if size > kind.max_bytes:
        raise RefusedFile(f"This {kind.noun} is larger than {kind.megabytes} MB, so it was not stored.")


def check_file(path: Path, *, to_send: bool = False) -> CheckedFile:
    """Check a file; new files are written beside it. Raises RefusedFile.

    With `to_send`, pictures are made small enough for carriers.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    kind, size = check_head(head), path.stat().st_size
    check_size(kind, size)
    if kind is FileKind.PICTURE:
        return _check_picture(path, to_send=to_send)
    card = read_card(path.read_bytes()) if kind is FileKind.CARD else None
    return CheckedFile(path, recognize(head), size, card=card)


def _check_picture(path: Path, *, to_send: bool) -> CheckedFile:
    picture, thumbnail = path.with_name(f"{path.name}-picture"), path.with_name(f"{path.name}-thumbnail")
    largest = FileKind.PICTURE.max_bytes
    clean = clean_picture(
        path,
        picture,
        thumbnail,
        side=SIDE_TO_SEND if to_send else SIDE,
        max_bytes=largest // 20 if to_send else largest // 4,
    )
    size = picture.stat().st_size
    check_size(FileKind.PICTURE, size)
    return CheckedFile(picture, clean.content_type, size, clean.width, clean.height, thumbnail)
