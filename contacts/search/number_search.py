"""Which numbers somebody means who types a number, a part of one, or a name."""

import re
from dataclasses import dataclass
from typing import Self

import phonenumbers

from accounts.models import Team
from contacts.scope_lookups import find_contacts
from kernel.phone_numbers import InvalidNumber, canonical
from kernel.sql import fetch

MAX_CONTACTS = 1000  # contacts whose names a search looks at


@dataclass(frozen=True)
class NumberMatches:
    """Numbers of contacts or typed in whole, and from where and to where others begin as they should."""

    numbers: list[str]
    ranges: list[tuple[str, str]]
    cut: bool  # whether there are more contacts than are looked at

    @classmethod
    def of(cls, team: Team, q: str) -> Self:
        people = find_contacts([_words(q)], MAX_CONTACTS)
        numbers = [*_numbers(team, people), *_whole(q, team)]
        return cls(numbers, _beginnings(q, team), len(people) == MAX_CONTACTS)


def normalize_query(q: str) -> str:
    """What was typed, without what is no part of it."""
    return " ".join(q.replace("\0", "").split())[:100]


def _numbers(team: Team, contacts: list[int]) -> list[str]:
    rows = fetch(
        "SELECT number FROM contacts_contact WHERE team_id = $1 AND id = ANY($2::bigint[])", team.id, contacts
    )
    return [number for (number,) in rows]


def _words(q: str) -> list[str]:
    """A number as its digits alone, anything else as the words of a name or an e-mail address."""
    if digits := _digits(q):
        return [digits]
    ((words,),) = fetch("SELECT contacts_words($1::text)", q)
    return [*words]


def _digits(q: str) -> str:
    """The digits of what may be a number or a part of one; empty where it holds words."""
    return "" if re.search(r"[^\W\d_]|[@_]", q) else re.sub(r"\D", "", q)


def _whole(q: str, team: Team) -> list[str]:
    try:
        return [canonical(q, team.country)]
    except InvalidNumber:
        return []


def _beginnings(q: str, team: Team) -> list[tuple[str, str]]:
    """From where and to where numbers begin so, with and without the country code.

    Digits sort as digits under any collation, so the range is what the index on numbers can use.
    """
    digits = _digits(q)
    if len(digits) < 4:
        return []
    code = phonenumbers.country_code_for_region(team.country)
    starts = {digits} if q.startswith("+") else {digits, f"{code}{digits.lstrip('0')}"}
    return [(f"+{start}", f"+{int(start) + 1}") for start in starts if start[0] != "0"]
