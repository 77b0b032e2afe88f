"""A team's part in sending hours, as its row stores it: hours of its own, laws that it set aside, the address field.

{"week": [[[540, 1080]], …], "set_aside": {"US-TX": "Our customers …"}, "address_field": "zip"}
"""

from collections.abc import Mapping
from typing import Any

from accounts.models import Team
from kernel.phone_numbers import country_of
from messaging.hours.business_hours import Week
from messaging.sending_hours.hours import TeamHours
from messaging.sending_hours.places import Place, place_of_address, place_of_number

# Keys of custom fields that are read if the team has chosen none: postal codes first, then addresses.
ADDRESS_KEYS = (
    "zip", "zip_code", "zipcode", "postal_code", "postalcode", "postcode", "post_code", "code_postal",
    "address", "home_address", "mailing_address", "street_address", "full_address", "adresse",
)  # fmt: skip


def team_hours(team: Team) -> TeamHours:
    """What the team adds to the law."""
    return TeamHours(own_week(team), frozenset(set_aside(team)), team.clock.hours)


def own_week(team: Team) -> Week:
    """The team's own hours by weekday; empty if it has none."""
    days = team.sending_hours.get("week", [])
    return tuple(tuple((start, end) for start, end in spans) for spans in days)


def set_aside(team: Team) -> dict[str, str]:
    """The reasons by the places of the rules that the team set aside."""
    return dict(team.sending_hours.get("set_aside", {}))


def address_field(team: Team) -> str:
    """The key of the custom field that the team chose; empty if fields are found by their names."""
    return str(team.sending_hours.get("address_field", ""))


def places_of(team: Team, number: str, custom: Mapping[str, Any]) -> tuple[Place, ...]:
    """Where a person may be: by the number, and by the postal code or address among the contact's custom values."""
    by_number = place_of_number(number)
    country = by_number.country if by_number.region else country_of(number) or by_number.country
    chosen = address_field(team)
    for key in (chosen,) if chosen else ADDRESS_KEYS:
        if key in custom and (home := place_of_address(_as_text(custom[key]), country)):
            return (by_number,) if home == by_number else (by_number, home)
    return (by_number,)


def _as_text(value: Any) -> str:
    """A ZIP code in a field of numbers has lost its leading zeros."""
    return f"{value:05}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
