"""Plain numbers: those that are surely a person's phone, told by SQL and by one pattern, so that few are parsed."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

import phonenumbers

from accounts.models import Inbox, Team
from kernel.recipient_numbers import PAY_PER_CALL
from messaging.broadcasts.number_kinds import takes_broadcasts

# SQL: whether `number` is surely plain. PostgreSQL takes 45 us for a pattern of all area codes, and 0.3 us for this.
PLAIN_SQL = (
    "(left({number}, 5) = ANY(%(plain_areas)s) AND length({number}) = 12 AND substr({number}, 6, 1) >= '2'"
    " AND substr({number}, 6, 3) <> '976')"
)


@cache
def plain_areas() -> list[str]:
    """The area codes of North America, as "+1212", all of whose numbers but those of the exchange 976 are plain."""
    pattern = _pattern((1,))
    exchanges = [exchange for exchange in range(200, 1000) if exchange != 976]
    return [
        f"+1{area}"
        for area in range(200, 1000)
        if all(pattern.fullmatch(f"+1{area}{exchange}0000") for exchange in exchanges)
    ]


class TextableNumbers:
    """The numbers to which broadcasts go, by number_kinds; quick for the countries of the team and of its inboxes."""

    def __init__(self, team: Team) -> None:
        numbers = Inbox.objects.filter(team_id=team.id).values_list("number", flat=True)
        codes = {phonenumbers.country_code_for_region(team.country)}
        codes |= {code for number in numbers if (code := _country_code(number))}
        self._plain = _pattern(tuple(sorted(codes)))

    def __contains__(self, number: str) -> bool:
        return bool(self._plain.fullmatch(number)) or takes_broadcasts(number)


def _country_code(number: str) -> int | None:
    try:
        return phonenumbers.parse(number).country_code
    except phonenumbers.NumberParseException:
        return None


@lru_cache(maxsize=64)
def _pattern(codes: tuple[int, ...]) -> re.Pattern[str]:
    """Numbers of fixed lines and mobile phones, without those that other kinds of numbers share with them."""
    plain = [_of_code(code, ("fixed_line", "mobile")) for code in codes]
    pay_per_call = [PAY_PER_CALL.removeprefix(r"\+")] if 1 in codes else []
    other = pay_per_call + [
        _of_code(code, ("premium_rate", "shared_cost", "pager", "voicemail", "uan")) for code in codes
    ]
    either = "|".join
    return re.compile(
        rf"(?!\+(?:{either(filter(None, other)) or '0'})\Z)\+(?:{either(filter(None, plain)) or '0'})"
    )


def _of_code(code: int, kinds: Iterable[str]) -> str:
    """A pattern of the numbers of these kinds with a country code, without "+"; empty if there are none."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    plans = filter(None, (metadata(code, region) for region in regions))
    descriptions = [getattr(plan, kind) for plan in plans for kind in kinds]
    patterns = {
        row.national_number_pattern: None for row in descriptions if row and row.national_number_pattern
    }
    # Parsing takes a country code in front of the national number for a repeated one.
    return f"{code}(?!{code})(?:{'|'.join(patterns)})" if patterns else ""
