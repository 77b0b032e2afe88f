"""Wording of reviews: why a text waits for a decision, and how long it may wait. Pure functions."""

from optout.reader.outcome import Outcome, TextReading
from optout.reading_wording import describe_reading
from optout.reviews import Review, ReviewKind

# Short names of the kinds, for filters and lists.
KIND_NAMES = {
    ReviewKind.HOLD: "Held",
    ReviewKind.MARK: "Marked",
    ReviewKind.WANTS_TEXTS: "Wants texts",
    ReviewKind.APPOINTMENT: "Call",
}


def describe_reason(review: Review) -> str:
    """Why the text waits, as the ledger has it: “wrong number”, may be meant for somebody else; or its score."""
    found = TextReading(
        Outcome.HOLD, rule=review.rule, found=review.found, score=review.score, version=review.version
    )
    words = describe_reading(found)
    return f"reads like an opt-out: {words}" if review.score is not None else words


def describe_due(days_left: int) -> str:
    """When the decision is due, with the business days that are left; negative after the due day."""
    if days_left < 0:
        return "overdue"
    if days_left == 0:
        return "due today"
    return "due tomorrow" if days_left == 1 else f"due in {days_left} business days"
