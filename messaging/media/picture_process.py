"""Picture process: re-encodes one picture without its metadata, and makes its thumbnail, within limits.

Run as `python -m messaging.media.picture_process TASK` with a JSON task. It has no secrets and no database, and may be
killed at any moment. It writes one line of JSON: the type and the size of the new picture, or a refusal.
"""

import json
import resource
import sys
import traceback
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "TIFF", "BMP")
MAX_PIXELS = 50_000_000  # of all frames together; a decoded pixel takes up to four bytes
TOO_MANY_PIXELS = "This picture has too many pixels, so it was not stored."
UNREADABLE = "This picture cannot be read, so it was not stored."
_LOSSLESS = ("PNG", "GIF", "BMP")


class Unreadable(Exception):
    """A picture that is refused; the message is a sentence."""


def main(task: dict[str, Any]) -> dict[str, Any]:
    """Write the picture and its thumbnail of a task. Returns what was written, or a refusal."""
    resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (task["seconds"], task["seconds"] + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = None  # its own limit only warns; ours is checked before anything is decoded
    try:
        with Image.open(task["source"], formats=FORMATS) as image:
            return _convert(image, task)
    except Unreadable as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": TOO_MANY_PIXELS}
    except UnidentifiedImageError:
        return {"refused": UNREADABLE}
    except Exception:  # noqa: BLE001  (a picture is refused whatever it does to its reader)
        traceback.print_exc()
        return {"refused": UNREADABLE}


def _convert(image: Image.Image, task: dict[str, Any]) -> dict[str, Any]:
    if image.width * image.height > MAX_PIXELS:
        raise Unreadable(TOO_MANY_PIXELS)
    if image.format == "GIF" and 1 < _frames(image) <= MAX_PIXELS // (image.width * image.height):
        image.info.pop("comment", None)
        image.save(task["picture"], "GIF", save_all=True)
        image.seek(0)
        size, kind = image.size, "image/gif"
        picture = _without_metadata(image, image.size)
    else:
        picture = _without_metadata(image, (task["side"], task["side"]))
        size, kind = picture.size, _save(picture, image.format or "", task)
    picture.thumbnail((task["thumbnail_side"], task["thumbnail_side"]))
    picture.save(task["thumbnail"], "WEBP", quality=80)
    return {"type": kind, "width": size[0], "height": size[1]}


def _frames(image: Image.Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _without_metadata(image: Image.Image, largest: tuple[int, int]) -> Image.Image:
    """The pixels of a picture, upright and at most so large. Of its metadata only the colour profile stays."""
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    image.draft("RGB", largest)  # a large JPEG is decoded at a smaller size
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode == "L" else "RGB"
    picture = ImageOps.exif_transpose(image).convert(mode)
    picture.thumbnail(largest)
    picture.info = {"icc_profile": profile} if profile else {}
    return picture


def _save(picture: Image.Image, source: str, task: dict[str, Any]) -> str:
    """Save as PNG or JPEG. Returns the content type."""
    profile = picture.info.get("icc_profile")
    if picture.mode == "RGBA" or source in _LOSSLESS:
        picture.save(task["picture"], "PNG", icc_profile=profile)
        with open(task["picture"], "rb") as file:
            size = file.seek(0, 2)
        if picture.mode == "RGBA" or size <= task["bytes"]:
            return "image/png"
    picture.save(task["picture"], "JPEG", quality=85, icc_profile=profile)
    return "image/jpeg"


if __name__ == "__main__":
    json.dump(main(json.loads(sys.argv[1])), sys.stdout)
