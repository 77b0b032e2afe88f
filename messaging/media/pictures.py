"""Pictures: each is decoded and encoded again in a process of its own, which removes location and other metadata."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from messaging.media.content_types import MEGABYTE
from messaging.media.models import THUMBNAIL_SIDE
from messaging.media.refusals import RefusedFile

SIDE = 4096  # pixels of a stored picture's longer side
SIDE_TO_SEND = 2048  # phones show no more, and carriers take few bytes
MAX_MEMORY = 1024 * MEGABYTE  # bytes of address space
MAX_CPU = 20  # seconds
MAX_TIME = 60  # seconds
TOO_COSTLY = "This picture takes too much time or memory to read, so it was not stored."
_ROOT = Path(__file__).resolve().parents[2]


class CleanPicture(NamedTuple):
    """The type and the size in pixels of a picture without metadata."""

    content_type: str
    width: int
    height: int


def clean_picture(source: Path, picture: Path, thumbnail: Path, *, side: int, max_bytes: int) -> CleanPicture:
    """Write the picture of `source` and its thumbnail. Raises RefusedFile."""
    task = {
        "source": str(source), "picture": str(picture), "thumbnail": str(thumbnail), "side": side, "bytes": max_bytes,
        "thumbnail_side": THUMBNAIL_SIDE, "memory": MAX_MEMORY, "seconds": MAX_CPU,
    }  # fmt: skip
    try:
        done = subprocess.run(
            [sys.executable, "-m", "messaging.media.picture_process", json.dumps(task)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env={"PATH": os.environ.get("PATH", os.defpath)},  # no secrets
            timeout=MAX_TIME,
            check=True,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise RefusedFile(TOO_COSTLY) from None
    if "refused" in answer:
        raise RefusedFile(answer["refused"])
    return CleanPicture(answer["type"], answer["width"], answer["height"])
