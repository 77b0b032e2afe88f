"""How events name a number, the same in all of them."""

from datetime import UTC, datetime

from kernel.phone_numbers import digits


def number_fields(number: str) -> dict[str, str]:
    """`phone` as the API has it; `number` as we keep it."""
    return {"phone": digits(number), "number": number}


def timestamp(at: datetime) -> str:
    """2026-11-22T16:01:05.120000Z"""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
