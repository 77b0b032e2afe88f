"""Hash of a ledger entry: SHA-256 over the canonical JSON of its columns, with times in UTC to the microsecond."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone

from optout import verify


def digest(columns: dict[str, Any]) -> str:
    """The hash, in hexadecimal, of an entry's values by column. Lone surrogates in texts are hashed as they are."""
    return verify.digest(as_json(columns))


def as_json(columns: dict[str, Any]) -> dict[str, Any]:
    """The values as they are hashed: times as text."""
    return {name: utc(value) if isinstance(value, datetime) else value for name, value in columns.items()}


def utc(at: datetime) -> str:
    return timezone.localtime(at, UTC).isoformat(timespec="microseconds")
