"""Patterns of assigned phone numbers: the fast path for nearly all numbers of a file, ten times as fast as parsing.

It returns what parsing would return, or None.
"""

import re
from functools import cache, lru_cache

import phonenumbers

_CODES = frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
_PUNCTUATION = str.maketrans("", "", " ./-()[]\t\xa0")
_LONGEST = 64  # characters that the fast path looks at


def canonical_fast(raw: str, country: str) -> str | None:
    """The E.164 of an assigned number in plain digits; None if only parsing can tell."""
    typed = raw.translate(_PUNCTUATION)
    if len(raw) > _LONGEST or not typed.isascii():
        return None
    if typed[:1] == "+" and typed[1:].isdigit():
        code = _country_code(typed[1:4])
        return typed if code and _assigned_pattern(code).fullmatch(typed, len(code) + 1) else None
    if not typed.isdigit() or _country_code_of(country) != 1:
        return None
    national = typed[1:] if len(typed) == 11 and typed[0] == "1" else typed
    return f"+1{national}" if len(national) == 10 and _assigned_pattern("1").fullmatch(national) else None


@lru_cache(maxsize=512)
def _country_code_of(country: str) -> int:
    return phonenumbers.country_code_for_region(country)


@lru_cache(maxsize=1000)
def _country_code(start: str) -> str | None:
    """The country code at the start of these three digits."""
    codes = (start[:length] for length in (1, 2, 3))
    return next((code for code in codes if code in _CODES), None)


@cache
def _assigned_pattern(code: str) -> re.Pattern[str]:
    """All assigned national numbers of a country code that parsing leaves unchanged, from phonenumbers' own patterns.

    Like is_valid_number: the first region whose leading digits match decides; a region without leading digits decides
    if it has assigned the number.
    """
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)]
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    plans = [plan for region in regions if (plan := metadata(int(code), region))]
    choices, decided = [], ""
    for plan in plans:
        starts = f"(?={plan.leading_digits})" if plan.leading_digits else ""
        choices.append(f"{decided}{starts}{_assigned_by(plan)}")
        decided += f"(?!{plan.leading_digits})" if plan.leading_digits else ""
    trunk = plans[0].national_prefix_for_parsing
    return re.compile((f"(?!{trunk})" if trunk else "") + f"(?:{'|'.join(choices)})")


def may_be_premium(number: str) -> bool:
    """Whether premium rates of the country code, in any of its regions, have this E.164 number."""
    code = _country_code(number[1:4]) if number[:1] == "+" else None
    pattern = _premium_pattern(code) if code else None
    return bool(pattern and pattern.fullmatch(number, len(code or "") + 1))


@cache
def _premium_pattern(code: str) -> re.Pattern[str] | None:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code
    plans = (metadata(int(code), region) for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[int(code)])
    kinds = [plan.premium_rate for plan in plans if plan and plan.premium_rate]
    patterns = {_of_kind(kind): None for kind in kinds if kind.national_number_pattern}
    return re.compile("|".join(patterns)) if patterns else None


def _assigned_by(plan: phonenumbers.PhoneMetadata) -> str:
    kinds = (
        plan.fixed_line, plan.mobile, plan.premium_rate, plan.toll_free, plan.shared_cost,
        plan.voip, plan.personal_number, plan.pager, plan.uan, plan.voicemail,
    )  # fmt: skip
    patterns = dict.fromkeys(_of_kind(kind) for kind in kinds if kind and kind.national_number_pattern)
    overall = _of_kind(plan.general_desc) if plan.general_desc else ""
    return f"(?={overall}\\Z)(?:{'|'.join(patterns)})"


def _of_kind(kind: phonenumbers.PhoneNumberDesc) -> str:
    lengths = "|".join(f"[0-9]{{{length}}}" for length in kind.possible_length)
    return (f"(?=(?:{lengths})\\Z)" if lengths else "") + f"(?:{kind.national_number_pattern})"
