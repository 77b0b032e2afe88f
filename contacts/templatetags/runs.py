"""Template filters for runs: numbers, counts, states and durations in words."""

from datetime import timedelta

from django import template

from contacts.runs.models import Run, RunState

register = template.Library()

_STATES = {
    RunState.DRAFT: "Draft",
    RunState.CHECKING: "Checking",
    RunState.CHECKED: "Checked",
    RunState.WAITING: "Starting",
    RunState.RUNNING: "Running",
    RunState.DONE: "Done",
    RunState.CANCELLED: "Cancelled",
    RunState.FAILED: "Failed",
}

_COUNTS = {"tagged": "tags added"}


@register.filter
def grouped(number: int) -> str:
    """The number with separators: 18,204."""
    return f"{number:,}"


@register.filter
def counts(run: Run) -> list[tuple[str, str]]:
    """The run's counts as numbers and words: ("12,000", "opted out"). Zeros are left out if there is anything else."""
    shown = {word: number for word, number in run.counts.items() if number} or run.counts
    return [(grouped(number), _COUNTS.get(word) or word.replace("_", " ")) for word, number in shown.items()]


@register.filter
def state_label(run: Run) -> str:
    """The run's state in a word. An import view sets `undone` on an import that was undone."""
    if run.at_work and run.cancel_asked:
        return "Cancelling"
    if getattr(run, "undone", False):
        return "Undone"
    return _STATES[RunState(run.state)]


@register.filter
def rough_duration(duration: timedelta | None) -> str:
    """The duration in rounded units: a few seconds, about 40 seconds, about 3 minutes, about 2 hours."""
    if duration is None:
        return ""
    seconds = duration.total_seconds()
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {round(seconds, -1):.0f} seconds"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    return f"about {round(seconds / 3600)} hours"
