"""Fields of clock settings, for the forms of teams and users."""

from typing import Any

from django import forms

from accounts.models import Team
from kernel.clock import DateOrder, HourFormat
from kernel.regions import time_zones

CLOCK_FIELDS = ("time_zone", "hour_format", "date_order")


def use_clock_fields(form: forms.BaseForm, *, none: str = "") -> None:
    """Put the fields into a form. `none` is the label of the choice to have no settings of one's own."""
    empty: list[Any] = [("", none)] if none else []
    for name, label, choices in (
        ("time_zone", "Time zone", time_zones()),
        ("hour_format", "Times", HourFormat.choices),
        ("date_order", "Dates", DateOrder.choices),
    ):
        form.fields[name] = forms.ChoiceField(label=label, choices=[*empty, *choices], required=False)


def own_settings(team: Team, chosen: dict[str, str]) -> dict[str, str]:
    """The settings of a new member that differ from the team's; empty where they are the same."""
    clock = team.clock_of(team)
    of_team = {"time_zone": clock.zone.key, "hour_format": clock.hours, "date_order": clock.order}
    return {name: chosen[name] for name in CLOCK_FIELDS if chosen.get(name) and chosen[name] != of_team[name]}
