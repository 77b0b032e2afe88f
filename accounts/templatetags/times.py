"""Template tags for times in a team's own zone, as <time> elements whose title is the exact time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Team

register = template.Library()


@register.simple_tag
def moment(at: datetime | None, team: Team) -> SafeString | str:
    """22 Nov, 16:01; with the year if it is not the current year."""
    if at is None:
        return "never"
    local = _local(at, team)
    return _element(at, team, f"{_day(local.date(), _today(team))}, {date_format(local, 'H:i')}")


@register.simple_tag
def plain_moment(at: datetime, team: Team) -> str:
    """22 Nov, 16:01, for an attribute."""
    local = _local(at, team)
    return f"{_day(local.date(), _today(team))}, {date_format(local, 'H:i')}"


@register.simple_tag
def clock(at: datetime, team: Team) -> SafeString:
    """16:01"""
    return _element(at, team, date_format(_local(at, team), "H:i"))


@register.simple_tag
def second(at: datetime, team: Team) -> SafeString:
    """16:01:05, with the day if it is not today."""
    local, today = _local(at, team), _today(team)
    day = "" if local.date() == today else f"{_day(local.date(), today)}, "
    return _element(at, team, f"{day}{date_format(local, 'H:i:s')}")


@register.simple_tag
def when(at: datetime, team: Team) -> SafeString:
    """As a part of a sentence: at 16:01, on 22 Nov at 16:01."""
    local, today = _local(at, team), _today(team)
    day = "" if local.date() == today else f"on {_day(local.date(), today)} "
    return _element(at, team, f"{day}at {date_format(local, 'H:i')}")


@register.simple_tag
def since(at: datetime, team: Team) -> SafeString:
    """As exact as a list needs it: 16:01, Yesterday, Monday, 12 Nov, 12 Nov 2025."""
    local, today = _local(at, team), _today(team)
    days = (today - local.date()).days
    near = {0: date_format(local, "H:i"), 1: "Yesterday"}
    words = near.get(days) or (date_format(local, "l") if 1 < days < 7 else _day(local.date(), today))
    return _element(at, team, words)


@register.simple_tag
def day(date: date, team: Team) -> str:
    """Today, Yesterday, Monday 16 November."""
    days = (_today(team) - date).days
    if days in (0, 1):
        return "Yesterday" if days else "Today"
    return date_format(date, "l j F" if date.year == _today(team).year else "l j F Y")


def _local(at: datetime, team: Team) -> datetime:
    return timezone.localtime(at, ZoneInfo(team.time_zone))


def _today(team: Team) -> date:
    return timezone.localdate(timezone=ZoneInfo(team.time_zone))


def _day(date: date, today: date) -> str:
    return date_format(date, "j M" if date.year == today.year else "j M Y")


def _element(at: datetime, team: Team, words: str) -> SafeString:
    local = _local(at, team)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(timespec="seconds"),
        f"{date_format(local, 'l j F Y, H:i:s')} {local.tzname()}",
        words,
    )
