"""Responses with a stored file. A browser shows pictures, plays recordings and videos, and saves everything else."""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files import File
from django.http import FileResponse, Http404, HttpRequest

from messaging.media.content_types import FileKind
from messaging.media.models import Attachment
from messaging.media.storage import open_file

CHUNK = 64 * 1024  # bytes
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
# Whatever a file contains: nothing in it runs, and nobody guesses another type.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}


def file_response(request: HttpRequest, attachment: Attachment) -> FileResponse:
    """The file of a stored attachment, or the part of it that a player asks for. Raises Http404."""
    response = _respond(
        request,
        _open(attachment.file),
        attachment.size or 0,
        content_type=attachment.content_type,
        filename=attachment.download_name,
        as_attachment=attachment.kind is not FileKind.PICTURE,
    )
    response["Accept-Ranges"] = "bytes"
    return response


def thumbnail_response(attachment: Attachment) -> FileResponse:
    """The thumbnail of a stored picture. Raises Http404."""
    return FileResponse(_open(attachment.thumbnail), content_type="image/webp", headers=_HEADERS)


def _open(name: str) -> File:
    try:
        return open_file(name)
    except FileNotFoundError:
        raise Http404("This file is no longer there.") from None


def _respond(request: HttpRequest, file: File, size: int, **options: Any) -> FileResponse:
    if not (asked := _asked_range(request, size)):
        return FileResponse(file, headers={**_HEADERS, "Content-Length": str(size)}, **options)
    first, last = asked
    file.seek(first)
    response = FileResponse(FilePart(file, last - first + 1), status=206, headers=_HEADERS, **options)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    return response


def _asked_range(request: HttpRequest, size: int) -> tuple[int, int] | None:
    """The first and the last byte of the range that is asked for. None for the whole file."""
    if not (match := _RANGE.fullmatch(request.headers.get("Range", ""))):
        return None
    first, last = int(match[1]), min(int(match[2] or size), size - 1)
    return (first, last) if first <= last else None


class FilePart:
    """Some bytes of a file from where it is, in pieces."""

    def __init__(self, file: File, length: int) -> None:
        self._file, self._left = file, length

    def __iter__(self) -> Iterator[bytes]:
        while self._left > 0 and (chunk := self._file.read(min(CHUNK, self._left))):
            self._left -= len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()
