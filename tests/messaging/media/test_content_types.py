"""Content types: recognized by the first bytes."""

import pytest

from messaging.media.content_types import FileKind, kind_of, recognize
from tests.messaging.media import files

ISO = b"\0\0\0\x18ftyp"


@pytest.mark.parametrize(
    ("head", "content_type", "kind"),
    [
        (files.picture("JPEG"), "image/jpeg", FileKind.PICTURE),
        (files.photo_with_location(), "image/jpeg", FileKind.PICTURE),
        (files.picture("PNG"), "image/png", FileKind.PICTURE),
        (files.picture("GIF", mode="L"), "image/gif", FileKind.PICTURE),
        (files.picture("WEBP"), "image/webp", FileKind.PICTURE),
        (files.picture("AVIF"), "image/avif", FileKind.PICTURE),
        (files.picture("TIFF"), "image/tiff", FileKind.PICTURE),
        (files.picture("BMP"), "image/bmp", FileKind.PICTURE),
        (files.MP4, "video/mp4", FileKind.VIDEO),
        (ISO + b"isom\0\0\2\0isomiso2" + bytes(99), "video/mp4", FileKind.VIDEO),
        (ISO + b"3gp4\0\0\2\0isom3gp4" + bytes(99), "video/3gpp", FileKind.VIDEO),
        (ISO + b"qt  \0\0\2\0qt  " + bytes(99), "video/quicktime", FileKind.VIDEO),
        (ISO + b"M4A \0\0\2\0isomM4A " + bytes(99), "audio/mp4", FileKind.AUDIO),
        (files.AMR, "audio/amr", FileKind.AUDIO),
        (b"ID3\3\0\0\0" + bytes(99), "audio/mpeg", FileKind.AUDIO),
        (b"\xff\xfb\x90\x64" + bytes(99), "audio/mpeg", FileKind.AUDIO),
        (b"RIFF\x24\0\0\0WAVEfmt " + bytes(99), "audio/wav", FileKind.AUDIO),
        (b"OggS\0\2" + bytes(22) + b"\1\x1eOpusHead" + bytes(99), "audio/ogg", FileKind.AUDIO),
        (b"caff\0\1\0\0desc" + bytes(99), "audio/x-caf", FileKind.AUDIO),
        (files.PDF, "application/pdf", FileKind.PDF),
        (files.CARD, "text/vcard", FileKind.CARD),
        (files.SVG, "", None),
        (files.SVG.removeprefix(b'<?xml version="1.0"?>'), "", None),
        (files.HTML, "", None),
        (ISO + b"heic\0\0\0\0mif1heic" + bytes(99), "", None),
        (b"MZ\x90\0" + bytes(500), "", None),
        (b"PK\3\4" + bytes(99), "", None),
        (b"#!/bin/sh\nrm -rf /\n", "", None),
        (b"hello", "", None),
        (b"", "", None),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_type_by_content(head: bytes, content_type: str, kind: FileKind | None) -> None:
    assert (recognize(head), kind_of(recognize(head))) == (content_type, kind)
