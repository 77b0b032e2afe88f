"""How a long run is told on a page: its numbers, its words and the time that it still needs."""

from datetime import timedelta
from typing import Any

from django import template

from contacts.runs.models import Run, RunState

register = template.Library()

_STATES = {
    RunState.DRAFT: "Not started yet",
    RunState.CHECKING: "Being checked",
    RunState.CHECKED: "Checked",
    RunState.WAITING: "Begins in a moment",
    RunState.RUNNING: "At work",
    RunState.DONE: "Done",
    RunState.CANCELLED: "Cancelled",
    RunState.FAILED: "Broke off",
}


@register.filter
def grouped(number: int) -> str:
    """18,204"""
    return f"{number:,}"


@register.filter
def tallied(run: Run) -> list[tuple[str, str]]:
    """What came of it so far, as numbers and words: ("12,000", "left alone")."""
    return [(grouped(number), word.replace("_", " ")) for word, number in run.counts.items()]


@register.filter
def state_in_words(run: Run) -> str:
    if run.at_work and run.cancel_asked:
        return "Stopping"
    return _STATES[RunState(run.state)]


@register.filter
def lasting(time: timedelta | None) -> Any:
    """As near as a guess can be: a few seconds, about 40 seconds, about 3 minutes, about 2 hours."""
    if time is None:
        return ""
    seconds = time.total_seconds()
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} seconds"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"
