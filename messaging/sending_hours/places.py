"""Places of a number and of an address: the state or province with its time zones, from tables that come with the code.

The area code says where a number was given out, not where the person is; an address says where the person lives. Both
count. The tables are in data/: area codes and their zones from libphonenumber 9.0.43 (Google, Apache 2.0), ZIP codes
from zipcodes 3.0.0 (Sean Pianka, MIT), Canada's from Canada Post's districts, countries from the IANA's time zones.
Zones whose clocks have been equal since 2007 are one zone here (America/Detroit is America/New_York).
"""

import csv
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from kernel.phone_numbers import country_of
from kernel.regions import COUNTRIES

_DATA = Path(__file__).parent / "data"
_ZIP_CODE = re.compile(r"(?<![0-9-])([0-9]{5})(?:-[0-9]{4})?(?![0-9-])")
_STATE_AND_ZIP_CODE = re.compile(r"\b([A-Z]{2})[ ,.]+[0-9]{5}(?:-[0-9]{4})?\b")
_CANADIAN = re.compile(r"\b([ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z]) ?[0-9][ABCEGHJ-NPRSTV-Z][0-9]\b")
_FRENCH = re.compile(r"(?<![0-9])([0-9]{5})(?![0-9])")
_NORTH_AMERICA = ("US", "CA", "PR", "VI", "GU", "AS", "MP")
_LONGEST_ADDRESS = 500  # characters


@dataclass(frozen=True)
class Place:
    """Where a person may be: a country, its state or province if known ("US-TX"), and the zones of that place."""

    country: str
    region: str
    zones: tuple[str, ...]

    @property
    def name(self) -> str:
        """Texas; without a state the country."""
        return place_names().get(self.region or self.country) or self.country or "Unknown country"


@lru_cache(maxsize=4096)
def place_of_number(number: str) -> Place:
    """The place that a number names. Without a state, all zones of its country, or of the United States."""
    if number.startswith("+1") and (row := _area_codes().get(number[2:5])):
        place, zones = row
        return _place(place, zones)
    country = country_of(number) or "US"
    return Place(country, "", _countries().get(country, ("UTC",)))


@lru_cache(maxsize=4096)
def place_of_address(address: str, country: str) -> Place | None:
    """The place of a postal code, alone or at the end of an address. None if it names none that the tables know.

    `country` is that of the person's number: it says how five digits are read. "TX 78701" and "H2X 1Y4" are read
    for every number.
    """
    text = address[-_LONGEST_ADDRESS:].upper()
    if match := _last(_CANADIAN, text):
        return _canadian_place(match.group(1))
    if country in _NORTH_AMERICA or _names_state(text):
        return _zip_place(text)
    if country == "FR" and (match := _last(_FRENCH, text)):
        return _french_place(match.group(1))
    return None


def unknown_place(country: str) -> Place:
    """A place of which only the country is known: all its zones."""
    return Place(country, "", _countries().get(country, ("UTC",)))


def _names_state(text: str) -> bool:
    match = _last(_STATE_AND_ZIP_CODE, text)
    return bool(match and f"US-{match.group(1)}" in place_names())


def _zip_place(text: str) -> Place | None:
    match = _last(_ZIP_CODE, text)
    if not match:
        return None
    starts, rows = _zip_codes()
    at = bisect_right(starts, match.group(1)) - 1
    if at < 0 or match.group(1) > rows[at][0]:
        return None
    return _place(rows[at][1], (rows[at][2],))


def _canadian_place(district: str) -> Place | None:
    """By the longest prefix in the table: "A0P" is in Labrador, another "A" on Newfoundland."""
    table = _canadian_codes()
    row = next((table[district[:n]] for n in (3, 2, 1) if district[:n] in table), None)
    return _place(*row) if row else None


def _french_place(code: str) -> Place:
    country = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT"}.get(code[:3])
    return unknown_place(country or "FR")


def _place(place: str, zones: tuple[str, ...]) -> Place:
    country = place.partition("-")[0]
    return Place(country, place if "-" in place else "", zones)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last occurrence: a house number may look like a ZIP code, and stands before it."""
    match = None
    for match in pattern.finditer(text):  # noqa: B007
        pass
    return match


# -- tables -----------------------------------------------------------------------------------------------------


def _rows(name: str) -> Iterator[list[str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


@cache
def _area_codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {code: (place, tuple(zones.split())) for code, place, zones in _rows("area_codes.csv")}


@cache
def _zip_codes() -> tuple[list[str], list[tuple[str, str, str]]]:
    """The first code of each range, and its last code, place and zone."""
    rows = list(_rows("zip_codes.csv"))
    return [row[0] for row in rows], [(last, place, zone) for _, last, place, zone in rows]


@cache
def _canadian_codes() -> dict[str, tuple[str, tuple[str, ...]]]:
    return {code: (place, tuple(zones.split())) for code, place, zones in _rows("canadian_codes.csv")}


@cache
def _countries() -> dict[str, tuple[str, ...]]:
    return {country: tuple(zones.split()) for country, zones in _rows("countries.csv")}


@cache
def place_names() -> dict[str, str]:
    """Names of states, provinces and countries by their codes."""
    return {**COUNTRIES, **dict(_rows("places.csv"))}
