"""A sheet as a signed JSON file: one part in each line with its digest, and the signature over all digests last.

optout.verify reads it; docs/evidence.md describes it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator

from messaging.evidence.entries import Part
from optout.signing import sign
from optout.verify import FIRST_LINE, LAST_LINE, SHEET, digest, written


def signed_lines(parts: Iterable[Part]) -> Iterator[str]:
    """The lines of the file. Nothing but the digests is kept, so that a file may be of any size."""
    digests, count = hashlib.sha256(), 0
    ending = f"{FIRST_LINE}\n"
    for part in parts:
        count += 1
        yield ending
        record = {"digest": digest(part), "part": part}
        digests.update(f"{record['digest']}\n".encode())
        yield written(record)
        ending = ",\n"
    signature = sign({"format": SHEET, "parts": count, "digest": digests.hexdigest()})
    yield f"\n{LAST_LINE}{written(signature)}}}\n"


def signature_of(file: str) -> dict[str, str]:
    """The signature in a signed file."""
    signature: dict[str, str] = json.loads(file.rpartition(f"\n{LAST_LINE}")[2][:-2])
    return signature
