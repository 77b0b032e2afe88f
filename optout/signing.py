"""Signatures of the installation (Ed25519). The first key of EVIDENCE_KEYS signs, and all are published."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from optout.verify import canonical, key_id

_PURPOSE = b"heymarket evidence key 1\n"


@dataclass(frozen=True)
class SigningKey:
    """A key that signs, or that signed before it was replaced. `id` and `public_key` are what everybody may know."""

    id: str
    public_key: str  # Base64
    private_key: Ed25519PrivateKey

    @classmethod
    def of(cls, secret: str) -> "SigningKey":
        """The key of a secret, which is any text: its SHA-256, with our purpose before it, is the private key."""
        private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_PURPOSE + secret.encode()).digest())
        public = private.public_key().public_bytes_raw()
        return cls(key_id(public), base64.b64encode(public).decode(), private)


def signing_keys() -> tuple[SigningKey, ...]:
    """All keys, the one that signs first."""
    return _keys(tuple(settings.EVIDENCE_KEYS))


@cache
def _keys(secrets: tuple[str, ...]) -> tuple[SigningKey, ...]:
    return tuple(SigningKey.of(secret) for secret in secrets)


def sign(statement: Any) -> dict[str, str]:
    """The signature of an object's canonical form, as optout.verify.check_signature reads it."""
    key = signing_keys()[0]
    value = base64.b64encode(key.private_key.sign(canonical(statement))).decode()
    return {"key_id": key.id, "public_key": key.public_key, "value": value}
