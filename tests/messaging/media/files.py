"""Files of the tests: small pictures, cards and videos, and files that are not what they seem."""

import struct
import zlib
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from PIL import Image

from messaging.media.models import Attachment, AttachmentState, thumbnail_name
from messaging.media.storage import new_name
from messaging.models import Message

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(2000)
AMR = b"#!AMR\n" + b"\x3c" * 64
CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lopez;Ana;;;\r\nFN:Ana Lopez\r\nTEL;TYPE=CELL:+1 415 555 0177\r\nEND:VCARD\r\n"
GPS_TAG = 34853


def picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 320), mode: str = "RGB", **options: object
) -> bytes:
    """A picture in one colour."""
    out = BytesIO()
    Image.new(mode, size, 130).save(out, kind, **options)
    return out.getvalue()


def stored_picture(message: Message, **columns: Any) -> Attachment:
    """A picture of a text, stored as it is, in the scope of its team."""
    content, file = picture(size=(4, 2)), new_name(message.team_id)
    for name in (file, thumbnail_name(file)):
        storages["media"].save(name, ContentFile(content))
    return Attachment.objects.create(**{
        "team_id": message.team_id, "message": message, "state": AttachmentState.STORED, "file": file,
        "content_type": "image/jpeg", "size": len(content), "width": 4, "height": 2, **columns,
    })  # fmt: skip


def photo_with_location() -> bytes:
    """A JPEG that a phone took on its side: with its position, its maker, and a comment."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretMaker", 6  # maker; to be turned by 90 degrees
    exif.get_ifd(GPS_TAG).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return picture(exif=exif, comment=b"SecretComment")


def bomb() -> bytes:
    """A PNG of a few kilobytes that would take 3.6 GB when it is decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(2_000_000)))
        + chunk(b"IEND", b"")
    )
