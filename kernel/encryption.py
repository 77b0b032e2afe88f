"""Encryption of secrets at rest: a model field that is encrypted with the first key and read with any key."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute


@cache
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    """A key is any text; its SHA-256 gives the 32 bytes that Fernet needs."""
    return MultiFernet(
        [Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys]
    )


def encrypt(value: Any) -> str:
    return _cipher(tuple(settings.ENCRYPTION_KEYS)).encrypt(json.dumps(value).encode()).decode()


def decrypt(token: str) -> Any:
    """The value of `token`. Raises Undecipherable when no key in ENCRYPTION_KEYS fits."""
    try:
        return json.loads(_decrypt_cached(tuple(settings.ENCRYPTION_KEYS), token))
    except InvalidToken:
        raise Undecipherable(
            "No key in ENCRYPTION_KEYS fits; list the key that it was saved with as well."
        ) from None


@lru_cache(maxsize=1024)
def _decrypt_cached(keys: tuple[str, ...], token: str) -> bytes:
    """Cached, since all carrier webhooks need the same few secrets."""
    return _cipher(keys).decrypt(token.encode())


class Undecipherable(ValueError):
    """The secret was saved with a key that is no longer listed."""


class EncryptedValue:
    """A stored secret that has not been decrypted yet."""

    def __init__(self, token: str) -> None:
        self.token = token

    def open(self) -> Any:
        return decrypt(self.token)


class _DecryptOnRead(DeferredAttribute):
    """Decrypts when the attribute is read, so that a row loads even if its secret cannot be decrypted."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return value.open() if isinstance(value, EncryptedValue) else value

    def __set__(
        self, instance: Any, value: Any
    ) -> None:  # a data descriptor, so that __get__ is always called
        instance.__dict__[self.field.attname] = value


class EncryptedField(models.TextField):
    """Any JSON value, stored encrypted. Each read decrypts it again, so assign a new value to change it."""

    descriptor_class = _DecryptOnRead
    _pyi_private_set_type: Any  # mypy's plugin reads the types of assigned and read values here
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: Any) -> EncryptedValue | None:
        return None if value is None else EncryptedValue(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # An unread secret is saved as it was loaded: saving a row neither needs the key nor changes the secret.
        return model_instance.__dict__.get(self.attname)

    def get_prep_value(self, value: Any) -> str | None:
        if isinstance(value, EncryptedValue):
            return value.token
        return None if value is None else encrypt(value)

    def to_python(self, value: Any) -> Any:
        return value


def encrypted_at(instance: models.Model, field: str) -> datetime | None:
    """When the stored secret was encrypted (Fernet stores that unencrypted); None if it is not stored yet."""
    value = instance.__dict__.get(field)
    if not isinstance(value, EncryptedValue):
        return None
    seconds = int.from_bytes(base64.urlsafe_b64decode(value.token)[1:9])
    return datetime.fromtimestamp(seconds, UTC)
