"""Number search for lists of numbers: reads a typed number, a part of a number, or a name."""

import re
from dataclasses import dataclass
from typing import Self

import phonenumbers

from accounts.models import Team
from contacts.scope_lookups import find_numbers
from kernel.phone_numbers import InvalidNumber, canonical
from kernel.visible_text import without_invisible

MAX_CONTACTS = 1000  # contacts whose names or numbers match


@dataclass(frozen=True)
class NumberMatches:
    """Numbers of matching contacts, a number that was typed in full, and ranges of numbers that begin as typed."""

    numbers: list[str]
    ranges: list[tuple[str, str]]  # from the first, up to but without the second
    truncated: bool  # whether more contacts may match than were read
    digits: str = ""  # the typed digits; empty for text with letters

    @classmethod
    def of(cls, team: Team, q: str) -> Self:
        digits = _digits(q)
        found = find_numbers(q, digits, MAX_CONTACTS)
        numbers = [*found, *_full_number(q, team)]
        return cls(numbers, _prefix_ranges(q, team), len(found) == MAX_CONTACTS, digits)


def normalize_query(q: str) -> str:
    """The typed text with single spaces, at most 100 characters."""
    return " ".join(without_invisible(q).replace("\0", "").split())[:100]


def _digits(q: str) -> str:
    """The digits of a number or a part of one; empty for text with letters."""
    return "" if re.search(r"[^\W\d_]|[@_]", q) else re.sub(r"\D", "", q)


def _full_number(q: str, team: Team) -> list[str]:
    try:
        return [canonical(q, team.country, short_codes=True)]
    except InvalidNumber:
        return []


def _prefix_ranges(q: str, team: Team) -> list[tuple[str, str]]:
    """The ranges of numbers that begin with the typed digits, with and without the country code.

    Digits sort as digits under any collation, so the index on numbers can read a range.
    """
    digits = _digits(q)
    if len(digits) < 4:
        return []
    code = phonenumbers.country_code_for_region(team.country)
    prefixes = {digits} if q.startswith("+") else {digits, f"{code}{digits.lstrip('0')}"}
    return [(f"+{prefix}", f"+{int(prefix) + 1}") for prefix in prefixes if prefix[0] != "0"]
