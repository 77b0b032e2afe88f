"""Content types of attachments: recognized by the first bytes, never by a name or a header."""

import enum

import puremagic

# Bytes that are enough to recognize a type.
HEAD_BYTES = 8192
MEGABYTE = 1024 * 1024


class FileKind(enum.StrEnum):
    """What an attachment is, with its name in sentences and the most bytes that are stored of it."""

    noun: str
    max_bytes: int

    def __new__(cls, value: str, noun: str, max_bytes: int) -> "FileKind":
        kind = str.__new__(cls, value)
        kind._value_, kind.noun, kind.max_bytes = value, noun, max_bytes
        return kind

    PICTURE = "picture", "picture", 20 * MEGABYTE
    VIDEO = "video", "video", 50 * MEGABYTE
    AUDIO = "audio", "recording", 25 * MEGABYTE
    PDF = "pdf", "PDF", 25 * MEGABYTE
    CARD = "card", "contact card", MEGABYTE

    @property
    def megabytes(self) -> int:
        return self.max_bytes // MEGABYTE


LARGEST = max(kind.max_bytes for kind in FileKind)
# The library's types, as they are stored and served. Everything else may contain programs (SVG, HTML, archives) or
# cannot be shown, and is refused. HEIC is refused too: its location data could not be removed.
_ACCEPTED = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "image/avif": "image/avif",
    "image/tiff": "image/tiff",
    "image/x-ms-bmp": "image/bmp",
    "video/mp4": "video/mp4",
    "video/3gpp": "video/3gpp",
    "video/quicktime": "video/quicktime",
    "video/webm": "video/webm",
    "audio/mpeg": "audio/mpeg",
    "audio/mp4": "audio/mp4",
    "audio/aac": "audio/aac",
    "audio/wav": "audio/wav",
    "audio/x-caf": "audio/x-caf",
    "application/ogg": "audio/ogg",
    "application/pdf": "application/pdf",
    "text/vcard": "text/vcard",
}
_AMR = b"#!AMR"  # the library knows it without a content type
_KINDS = {"image": FileKind.PICTURE, "video": FileKind.VIDEO, "audio": FileKind.AUDIO}
_KINDS_BY_TYPE = {"application/pdf": FileKind.PDF, "text/vcard": FileKind.CARD}
_EXTENSIONS = {
    "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "video/mp4": "mp4", "video/3gpp": "3gp",
    "video/quicktime": "mov", "video/webm": "webm", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac",
    "audio/wav": "wav", "audio/x-caf": "caf", "audio/ogg": "ogg", "audio/amr": "amr", "application/pdf": "pdf",
    "text/vcard": "vcf",
}  # fmt: skip


def recognize(head: bytes) -> str:
    """The content type of a file with these first bytes (HEAD_BYTES are enough); empty if it is not accepted."""
    if head.startswith(_AMR):
        return "audio/amr"
    if not head:
        return ""
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        return ""
    return next((_ACCEPTED[match.mime_type] for match in matches if match.mime_type in _ACCEPTED), "")


def kind_of(content_type: str) -> FileKind | None:
    """What a file of this accepted type is; None for all other types."""
    return _KINDS_BY_TYPE.get(content_type) or _KINDS.get(content_type.partition("/")[0])


def extension_of(content_type: str) -> str:
    return _EXTENSIONS.get(content_type, "bin")
