"""Rules of sending hours: the rows of data/hours.toml, and which of them apply at a place on a day. Pure."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path

from messaging.hours.business_hours import Span, Week
from messaging.hours.spelling import read_spans
from messaging.sending_hours.holidays import holiday_name
from messaging.sending_hours.places import Place, place_names

_TABLE = Path(__file__).parent / "data" / "hours.toml"
OTHER_COUNTRIES = "*"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class HoursRule:
    """The hours of a law, or of a team, by the recipient's clock."""

    place: str  # "US-TX", "US", "*"; empty for a team's own hours
    name: str
    week: Week
    valid_from: date = date.min
    countries: tuple[str, ...] = ()  # other countries of the same law
    holidays: str = ""  # a calendar
    limit: int | None = None  # marketing texts to a person within 24 hours
    source: str = ""
    law_was_read: bool = True  # otherwise only digests of it

    def spans(self, day: date) -> tuple[Span, ...]:
        """The times of a day at which a text may be sent, in minutes from midnight."""
        return () if self.holiday(day) else self.week[day.weekday()]

    def holiday(self, day: date) -> str:
        """The name of the holiday on which no text is sent, or empty."""
        return holiday_name(self.holidays, day)


@lru_cache(maxsize=4096)
def rules_at(place: Place, day: date) -> tuple[HoursRule, ...]:
    """The laws of a place on a day: those of its country and of its state. Countries without a row have the default."""
    found = [rule for rule in (_newest(place.country, day), _newest(place.region, day)) if rule]
    return tuple(found) or tuple(rule for rule in [_newest(OTHER_COUNTRIES, day)] if rule)


def current_rules(day: date) -> list[HoursRule]:
    """The newest valid row of each place, as pages list them: the default, then countries and states by name."""
    newest = {place: _newest(place, day) for place in {rule.place for rule in all_rules()}}
    rules = [rule for rule in newest.values() if rule]
    return sorted(rules, key=lambda rule: (rule.place != OTHER_COUNTRIES, len(rule.place), rule.name))


def _newest(place: str, day: date) -> HoursRule | None:
    rules = [rule for rule in _rules_of(place) if rule.valid_from <= day]
    return max(rules, key=lambda rule: rule.valid_from, default=None)


@cache
def _rules_of(place: str) -> tuple[HoursRule, ...]:
    return tuple(rule for rule in all_rules() if place and place in (rule.place, *rule.countries))


@cache
def all_rules() -> tuple[HoursRule, ...]:
    """All rows of the table, also those of the past and of the future."""
    return tuple(_read())


def _read() -> Iterator[HoursRule]:
    for row in tomllib.loads(_TABLE.read_text(encoding="utf-8"))["rule"]:
        weekday, saturday, sunday = (read_spans(row[name]) for name in ("weekdays", "saturday", "sunday"))
        yield HoursRule(
            place=row["place"],
            name=row.get("name") or place_names()[row["place"]],
            week=(*[weekday] * 5, saturday, sunday),
            valid_from=row["valid_from"],
            countries=tuple(row.get("also", ())),
            holidays=row.get("holidays", ""),
            limit=row.get("limit"),
            source=row["source"],
            law_was_read=row["seen"] == "law",
        )
