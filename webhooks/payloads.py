"""Payload parts that all events share: numbers and times."""

from datetime import UTC, datetime

from kernel.phone_numbers import digits


def number_fields(number: str) -> dict[str, str]:
    """`phone`: digits, as in the API; `number`: the canonical address."""
    return {"phone": digits(number), "number": number}


def timestamp(at: datetime) -> str:
    """A time in RFC 3339, UTC, like 2026-11-22T16:01:05.120000Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
