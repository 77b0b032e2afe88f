"""Numbers on the suppression lists of a team."""

from collections.abc import Iterable

from optout.suppression_lists.models import SuppressedNumber


def numbers_suppressed(team_id: int, numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that a list has: they get no marketing broadcasts."""
    rows = SuppressedNumber.objects.filter(team_id=team_id, number__in=list(numbers))
    return set(rows.values_list("number", flat=True))


def lists_of_numbers(team_id: int, numbers: Iterable[str]) -> dict[str, list[str]]:
    """The names of the lists that have each of these numbers, sorted. Numbers on none are absent."""
    rows = SuppressedNumber.objects.filter(team_id=team_id, list__team_id=team_id, number__in=list(numbers))
    found: dict[str, list[str]] = {}
    for number, name in rows.order_by("list__name").values_list("number", "list__name"):
        found.setdefault(number, []).append(name)
    return found
