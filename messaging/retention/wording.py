"""Wording of texts that the retention rule erased, for files and paper."""

from zoneinfo import ZoneInfo

from messaging.models import Message


def describe_erasure(text: Message, zone: ZoneInfo) -> str:
    """(erased on 2026-11-29 by the retention rule of 1 year); empty if the rule erased nothing of the text."""
    if text.erased_at is None:
        return ""
    what = "attachments erased" if text.body else "erased"
    return (
        f"({what} on {text.erased_at.astimezone(zone).date()} by the retention rule of {text.erased_after})"
    )
