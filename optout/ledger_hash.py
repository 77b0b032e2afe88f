"""FIXME module docstring."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone


def canonical_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value, UTC).isoformat(timespec="microseconds")
    return value
