"""Advisory locks of single sign-on: of a domain that two teams prove, of a person who comes in twice."""

import hashlib


def lock_key(kind: str, name: str) -> int:
    """The 64-bit key of a lock across teams."""
    digest = hashlib.blake2b(f"single sign-on {kind} {name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
