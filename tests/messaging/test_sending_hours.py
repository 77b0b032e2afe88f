"""Sending hours: the written cases with their sources, both changes of the clock, and what a team changes."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import phonenumbers
import pytest

from kernel.phone_numbers import country_of
from messaging.hours.business_hours import Week
from messaging.sending_hours.hours import TeamHours, find_hold, spell_duration
from messaging.sending_hours.places import (
    _NORTH_AMERICA,
    Place,
    _area_codes,
    place_of_address,
    place_of_number,
)
from messaging.sending_hours.rules import all_rules, current_rules, rules_at

_FILE = Path(__file__).parent / "sending_hours_cases.csv"
_CASES = list(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))
_NEW_YORK, _UTC_PLACE = place_of_number("+12125550101"), Place("DE", "", ("UTC",))


def _at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def _places(number: str, address: str) -> tuple[Place, ...]:
    home = place_of_address(address, country_of(number) or "US") if address else None
    return (place_of_number(number), *([home] if home else []))


def test_there_are_sixty_written_cases_with_sources() -> None:
    assert len(_CASES) >= 60
    assert all(case["source"] for case in _CASES)


@pytest.mark.parametrize(
    "case", _CASES, ids=lambda case: f"{case['number']} {case['address'][:12]} {case['at']}"
)
def test_written_case(case: dict[str, str]) -> None:
    at = _at(case["at"], case["zone"])
    hold = find_hold(_places(case["number"], case["address"]), TeamHours(), at)
    until = hold.until.astimezone(ZoneInfo(case["zone"])).strftime("%Y-%m-%dT%H:%M") if hold else ""
    assert (until, hold.reason if hold else "") == (case["until"], case["reason"])


def test_the_text_that_waits_goes_at_the_first_allowed_moment() -> None:
    """No minute before the end of a hold is allowed, and the end is."""
    for number, address in (("+15125550101", "96813"), ("+18005550101", ""), ("+14015550101", "V6B 1A1")):
        places, at = _places(number, address), datetime(2026, 6, 12, 4, tzinfo=UTC)
        hold = find_hold(places, TeamHours(), at)
        assert hold
        assert find_hold(places, TeamHours(), hold.until) is None
        minutes = (hold.until - at) // timedelta(minutes=15)
        assert all(find_hold(places, TeamHours(), at + timedelta(minutes=15 * n)) for n in range(minutes))


def _daily(start: int, end: int) -> Week:
    return (((start, end),),) * 7


# A team's own hours at night, the only ones that a change of clocks can touch. In 2026 New York's clock repeats 1:00 to
# 2:00 on 1 November; in 2027 it skips 2:00 to 3:00 on 14 March. The laws are set aside.
_NIGHT = [
    (_daily(90, 120), "2026-11-01T05:00Z", "2026-11-01T05:30Z"),  # 1:00 EDT: opens 1:30 EDT
    (_daily(90, 120), "2026-11-01T06:00Z", "2026-11-01T06:30Z"),  # 1:00 EST: 1:30 has not come again
    (_daily(90, 120), "2026-11-01T06:30Z", None),  # 1:30 EST
    (
        _daily(0, 75),
        "2026-11-01T05:20Z",
        "2026-11-01T06:00Z",
    ),  # 1:20 EDT: allowed again when 1:00 comes again
    (
        _daily(150, 240),
        "2027-03-14T06:30Z",
        "2027-03-14T07:00Z",
    ),  # 1:30 EST: 2:30 is skipped, so from 3:00 EDT
    (_daily(120, 180), "2027-03-14T06:30Z", "2027-03-15T06:00Z"),  # all of it is skipped: the next day
]


@pytest.mark.parametrize(("week", "at", "until"), _NIGHT)
def test_change_of_the_clock(week: Week, at: str, until: str | None) -> None:
    team = TeamHours(week, set_aside=frozenset({"US"}))
    hold = find_hold((_NEW_YORK,), team, datetime.fromisoformat(at))
    assert (hold and hold.until) == (datetime.fromisoformat(until) if until else None)


def test_a_team_is_stricter_than_the_law_and_laxer_only_where_it_set_a_row_aside() -> None:
    at = _at("2026-11-29T10:00", "America/Chicago")  # a Sunday
    texas = place_of_number("+15125550101")
    office = TeamHours((*[((540, 1020),)] * 5, (), ()))
    hold = find_hold((texas,), office, at)
    assert hold
    assert hold.reason == "your team's hours, no texts on Sunday"
    assert hold.until == _at("2026-11-30T09:00", "America/Chicago")
    assert find_hold((texas,), TeamHours(set_aside=frozenset({"US-TX"})), at) is None
    evening = _at("2026-11-29T21:30", "America/Chicago")
    still = find_hold((texas,), TeamHours(set_aside=frozenset({"US-TX"})), evening)
    assert still and still.reason == "Texas, after 21:00"  # the federal law stays


def test_hours_that_no_place_shares_are_looked_at_again_after_a_day() -> None:
    at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    hold = find_hold(
        (Place("US", "", ("America/New_York", "Pacific/Honolulu")),), TeamHours(_daily(480, 540)), at
    )
    assert hold and hold.until == at + timedelta(days=1)
    assert hold.reason.endswith("no hour of the week is allowed everywhere")


def test_sentence_of_a_hold() -> None:
    hold = find_hold(
        (place_of_number("+15125550101"),), TeamHours(), _at("2026-11-29T03:00", "America/Chicago")
    )
    assert (
        hold
        and hold.sentence(_at("2026-11-29T03:00", "America/Chicago"))
        == "held 9 h: Texas, Sunday before 12:00"
    )
    lengths = {
        1: "1 min",
        59: "59 min",
        60: "1 h",
        95: "2 h",
        47 * 60: "47 h",
        50 * 60: "2 d 2 h",
        72 * 60: "3 d",
    }
    assert {minutes: spell_duration(timedelta(minutes=minutes)) for minutes in lengths} == lengths


_EXCHANGES = (201, 233, 622)  # the Northern Marianas and American Samoa have few others


def test_area_codes_are_those_that_libphonenumber_knows() -> None:
    """A new version of libphonenumber with a new area code fails here: docs/sending-hours.md says how to add it."""
    known = {}
    for country in _NORTH_AMERICA:
        plan = phonenumbers.PhoneMetadata.metadata_for_region(country)
        assert plan and plan.fixed_line
        numbers = str(plan.fixed_line.national_number_pattern)
        for code in map(str, range(200, 1000)):
            if any(re.fullmatch(numbers, f"{code}{exchange}0123") for exchange in _EXCHANGES):
                known[code] = country
    assert {code: place.partition("-")[0] for code, (place, _) in _area_codes().items()} == known


_ADDRESSES = [
    ("90210", "US", "US-CA", ("America/Los_Angeles",)),
    ("90210-1234", "US", "US-CA", ("America/Los_Angeles",)),
    ("12345 Long Road, El Paso, TX 79901", "US", "US-TX", ("America/Denver",)),
    ("TX 78701", "FR", "US-TX", ("America/Chicago",)),  # a French number with an American address
    ("32501", "US", "US-FL", ("America/Chicago",)),
    ("32301", "US", "US-FL", ("America/New_York",)),
    ("00901", "US", "", ("America/Puerto_Rico",)),
    ("k1a0b1", "US", "CA-ON", ("America/Toronto",)),
    ("A0P 1C0", "CA", "CA-NL", ("America/Halifax",)),
    ("75001", "FR", "", ("Europe/Paris",)),
    ("97400", "FR", "", ("Indian/Reunion",)),
]


@pytest.mark.parametrize(("address", "country", "region", "zones"), _ADDRESSES)
def test_place_of_an_address(address: str, country: str, region: str, zones: tuple[str, ...]) -> None:
    place = place_of_address(address, country)
    assert place and (place.region, place.zones) == (region, zones)


@pytest.mark.parametrize(
    "address",
    ["", "1234", "123456", "555-12345-1", "none", "75001 Paris", "W1A 1AA", "APO AE 09012", "AA 34001"],
)
def test_address_of_no_place(address: str) -> None:
    assert place_of_address(address, "DE") is None


def test_every_row_has_a_source_and_every_zone_exists() -> None:
    for rule in all_rules():
        assert len(rule.week) == 7 and rule.source and rule.name
        assert not rule.holidays or rule.holiday(date(2026, 12, 25)) == "Christmas Day"
    folder = Path("messaging/sending_hours/data")
    for path in folder.glob("*.csv"):
        for zone in re.findall(r"[A-Z][a-z]+/[A-Za-z_/-]+", path.read_text(encoding="utf-8")):
            ZoneInfo(zone)
    assert {rule.limit for rule in rules_at(place_of_number("+13055550101"), date(2026, 1, 1))} == {None, 3}


def test_a_country_without_a_row_has_the_default() -> None:
    assert [rule.place for rule in rules_at(_UTC_PLACE, date(2026, 1, 1))] == ["*"]


def test_the_documentation_lists_every_row_that_is_valid() -> None:
    page = Path("docs/sending-hours.md").read_text(encoding="utf-8")
    assert [
        rule.name for rule in current_rules(datetime.now(UTC).date()) if f"| {rule.source}" not in page
    ] == []
