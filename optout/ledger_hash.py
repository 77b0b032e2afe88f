"""Hash of a ledger entry: SHA-256 over the canonical JSON of its columns, with times in UTC to the microsecond."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone


def digest(columns: dict[str, Any]) -> str:
    """The hash, in hexadecimal, of an entry's values by column. Lone surrogates in texts are hashed as they are."""
    content = {name: _canonical(value) for name, value in columns.items()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value, UTC).isoformat(timespec="microseconds")
    return value
