"""Template tags for times by a team's clock, as <time> elements whose title is the exact time."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Team
from kernel.clock import Clock

register = template.Library()


@register.simple_tag
def moment(at: datetime | None, team: Team) -> SafeString | str:
    """Nov 22, 4:01 PM; with the year if it is not the current year."""
    return "never" if at is None else _element(at, team, team.clock.moment(at))


@register.simple_tag
def printed_at(team: Team) -> str:
    """Nov 22, 2026, 4:01 PM: the present, as paper needs it."""
    now = timezone.now()
    return f"{team.clock.write_day(team.clock.local(now), 'j M Y')}, {team.clock.time(now)}"


@register.simple_tag
def plain_moment(at: datetime, team: Team) -> str:
    """Nov 22, 4:01 PM, for an attribute."""
    return team.clock.moment(at)


@register.simple_tag
def clock(at: datetime, team: Team) -> SafeString:
    """4:01 PM"""
    return _element(at, team, team.clock.time(at))


@register.simple_tag
def second(at: datetime, team: Team) -> SafeString:
    """4:01:05 PM, with the day if it is not today."""
    shown = _day_unless_today(at, team.clock)
    return _element(at, team, f"{shown}, {team.clock.second(at)}" if shown else team.clock.second(at))


@register.simple_tag
def when(at: datetime, team: Team) -> SafeString:
    """As a part of a sentence: at 4:01 PM, on Nov 22 at 4:01 PM."""
    shown, time = _day_unless_today(at, team.clock), team.clock.time(at)
    return _element(at, team, f"on {shown} at {time}" if shown else f"at {time}")


@register.simple_tag
def since(at: datetime, team: Team) -> SafeString:
    """As exact as a list needs it: 4:01 PM, Yesterday, Monday, Nov 12, Nov 12, 2025."""
    clock = team.clock
    local = clock.local(at)
    days = (clock.today - local.date()).days
    near = {0: clock.time(at), 1: "Yesterday"}
    return _element(at, team, near.get(days) or (f"{local:%A}" if 1 < days < 7 else clock.day(local.date())))


@register.simple_tag
def day(date: date, team: Team) -> str:
    """Today, Yesterday, Monday, November 16."""
    days = (team.clock.today - date).days
    if days in (0, 1):
        return "Yesterday" if days else "Today"
    return team.clock.weekday(date)


@register.simple_tag
def weekday(date: date, team: Team) -> str:
    """Monday, November 16"""
    return team.clock.weekday(date)


@register.simple_tag
def moment_day(at: datetime, team: Team) -> SafeString:
    """The day of a moment: Nov 22, 2026"""
    return _element(at, team, team.clock.write_day(team.clock.local(at).date(), "j M Y"))


@register.simple_tag
def calendar_date(date: date, team: Team) -> str:
    """Nov 22, 2026"""
    return team.clock.write_day(date, "j M Y")


def _day_unless_today(at: datetime, clock: Clock) -> str:
    day = clock.local(at).date()
    return "" if day == clock.today else clock.day(day)


def _element(at: datetime, team: Team, words: str) -> SafeString:
    local = team.clock.local(at)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        team.clock.exact(local),
        words,
    )
