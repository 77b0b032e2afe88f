"""Wording of reviews: why a text waits for a decision, and how long it may wait. Pure functions."""

from datetime import date

from optout.reviews import Review, ReviewKind

# Short names of the kinds, for filters and lists.
KIND_NAMES = {
    ReviewKind.HOLD: "Held",
    ReviewKind.MARK: "Marked",
    ReviewKind.WANTS_TEXTS: "Wants texts",
    ReviewKind.APPOINTMENT: "Call",
}


def describe_reason(review: Review) -> str:
    """The words that decided, with their rule, or the score: “wrong number” (says that the number is wrong)."""
    found = f"“{' '.join(review.found.split())}”" if review.found.strip() else ""
    rule = describe_score(review) if review.score is not None else review.rule
    if found and rule:
        return f"{found} ({rule})"
    return found or rule


def describe_score(review: Review) -> str:
    version = f", version {review.version}" if review.version else ""
    return f"reads like an opt-out, score {(review.score or 0) / 1000:.2f}{version}"


def describe_due(days_left: int) -> str:
    """When the decision is due, with the business days that are left; negative after the due day."""
    if days_left < 0:
        return "overdue"
    if days_left == 0:
        return "due today"
    return "due tomorrow" if days_left == 1 else f"due in {days_left} business days"


def describe_day(day: date) -> str:
    """Thursday, 10 December."""
    return f"{day:%A}, {day.day} {day:%B}"
