"""Clocks of a broadcast's audience at a moment, by the area codes of its numbers, and who would wait for sending hours.

An address may add stricter hours for one person; that is looked at when the person's turn comes.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Min
from django.db.models.functions import Left

from accounts.models import Team
from kernel.clock import Clock
from kernel.regions import format_zone
from messaging.broadcasts.audience import Audience, matching
from messaging.broadcasts.models import Broadcast
from messaging.sending_hours.hours import SendingHold, find_hold
from messaging.sending_hours.places import Place, place_of_number
from messaging.sending_hours.team_hours import team_hours

SHOWN = 8  # clocks
_AREA = 5  # characters of a number that name its area code: "+1503"


@dataclass(frozen=True)
class AudienceClock:
    """What the clock shows for some people of the audience."""

    time: str  # "10:00 AM", or "8:00 AM to 1:00 PM" if a number does not say more
    place: str
    people: int


@dataclass(frozen=True)
class AudienceClocks:
    """The clocks that most people have, the others together, and those who would wait for sending hours."""

    clocks: list[AudienceClock]
    others: int = 0  # people with other clocks
    held: int = 0  # people
    hold: SendingHold | None = None  # the one that ends last


def clocks_at(draft: Broadcast, team: Team, at: datetime) -> AudienceClocks:
    """In the scope of the team, in one statement."""
    people: dict[tuple[str, str], int] = {}
    held, last, hours = 0, None, team_hours(team)
    for number, count in _areas(draft, team):
        place = place_of_number(number)
        key = _clock(place, at, team.clock)
        people[key] = people.get(key, 0) + count
        if hold := find_hold((place,), hours, at):
            held += count
            last = max(last or hold, hold, key=lambda hold: hold.until)
    ordered = sorted(people.items(), key=lambda item: -item[1])
    clocks = [AudienceClock(time, place, count) for (time, place), count in ordered]
    return AudienceClocks(clocks[:SHOWN], sum(clock.people for clock in clocks[SHOWN:]), held, last)


def _areas(draft: Broadcast, team: Team) -> list[tuple[str, int]]:
    """A number of each area, and how many people of the audience have one like it."""
    contacts = matching(team, Audience.from_json(draft.audience)).order_by()
    areas = contacts.annotate(area=Left("number", _AREA)).values("area")
    return list(areas.annotate(first=Min("number"), people=Count("id")).values_list("first", "people"))


def _clock(place: Place, at: datetime, clock: Clock) -> tuple[str, str]:
    """The time and the name of the zone; of a place with several zones the earliest and the latest time."""
    times = sorted({at.astimezone(ZoneInfo(zone)).time() for zone in place.zones})
    name = format_zone(place.zones[0]) if len(place.zones) == 1 else place.name
    return " to ".join(map(clock.write_time, dict.fromkeys((times[0], times[-1])))), name
