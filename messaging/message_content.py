"""Content of a text in a few words, for lists: its own words, or what it has instead."""

from collections.abc import Collection, Iterable, Mapping

from kernel.visible_text import has_visible_characters

EMPTY = "Empty text"
ERASED = "Erased text"  # in lists, of the newest text of a conversation
MISSING = "Attachment that did not arrive"
_KINDS = {
    "image": "Photo",
    "video": "Video",
    "audio": "Voice message",
    "text/vcard": "Contact card",
    "text/x-vcard": "Contact card",
    "text/directory": "Contact card",
    "application/pdf": "PDF file",
}


def describe_content(body: str, media: Iterable[tuple[str, str]]) -> str:
    """The words of a text, or what it consists of: its media are pairs of a URL and a content type."""
    if has_visible_characters(body):
        return body
    kinds = [describe_attachment(url, content_type) for url, content_type in media]
    if not kinds:
        return EMPTY
    if len(kinds) == 1:
        return kinds[0]
    return f"{len(kinds)} {'photos' if set(kinds) == {'Photo'} else 'attachments'}"


def describe_attachment(url: str, content_type: str) -> str:
    """What an attachment is, by its content type (RFC 6838). One without a URL did not arrive."""
    if not url:
        return MISSING
    kind = content_type.partition(";")[0].strip().lower()
    return _KINDS.get(kind) or _KINDS.get(kind.partition("/")[0]) or "File"


def media_pairs(media: Iterable[Mapping[str, str]]) -> list[tuple[str, str]]:
    """The media of a stored text as pairs of URL, or name in the storage, and content type."""
    return [(file.get("url") or file.get("file", ""), file.get("type", "")) for file in media]


def stored_content(body: str, media: Collection[Mapping[str, str]], *, kept: bool) -> str:
    """What a stored text consists of; empty if nothing of it is left. `kept` is false for erased and blocked texts."""
    return describe_content(body, media_pairs(media)) if kept or body or media else ""
