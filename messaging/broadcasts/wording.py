"""Wording of broadcasts: shares, reasons and durations in words. Pure."""

from datetime import timedelta

from messaging.refusal_reasons import CARRIER_OPTED_OUT, INBOX_CLOSED
from optout.consent_types import Refusal


def describe_share(part: int, whole: int) -> str:
    """A share in percent, with one decimal below ten: "97%", "0.4%"; a dash without a whole."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if percent == 0 or percent >= 9.95:
        return f"{_without_rounding_up(percent, part < whole)}%"
    return f"{percent:.1f}%" if percent >= 0.05 else "<0.1%"


def _without_rounding_up(percent: float, is_part: bool) -> int:
    """100 only for all of them."""
    return min(round(percent), 99) if is_part and percent else round(percent)


def describe_refusal(reason: str) -> str:
    """Why a text was refused at the last moment, without a full stop."""
    if reason == CARRIER_OPTED_OUT:
        return "Opted out at the carrier"
    if reason == INBOX_CLOSED:
        return "The inbox is closed"
    return str(Refusal(reason).label).rstrip(".") if reason in Refusal.values else "Refused"


def describe_duration(duration: timedelta) -> str:
    """A duration that is planned: "less than a minute", "about 12 minutes", "about 3 hours", "about 2 days"."""
    minutes = duration.total_seconds() / 60
    if minutes < 1:
        return "less than a minute"
    for size, word, limit in ((1, "minute", 90), (60, "hour", 36), (1440, "day", None)):
        number = round(minutes / size)
        if limit is None or number < limit:
            return f"about {number} {word}{'' if number == 1 else 's'}"
    raise AssertionError("the last unit has no limit")
