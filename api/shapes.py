"""The shapes that calls share: what is asked is taken to the letter, numbers are E.164 digits."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    StrictStr,
)
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from accounts.models import Team
from api.errors import ApiError, ErrorCode
from kernel.phone_numbers import InvalidNumber, canonical

LARGEST_ID = 2**63 - 1


class StrictRequest(BaseModel):
    """What a call takes: no other fields, no other types."""

    model_config = ConfigDict(extra="forbid")


def _moment(given: Any) -> Any:
    """A date and time of RFC 3339, and nothing else that could be read as one."""
    if isinstance(given, str) and not _RFC_3339.fullmatch(given):
        raise PydanticCustomError("moment", "Send a date and time of RFC 3339, like 2026-11-25T10:42:00Z.")
    if not isinstance(given, str | datetime):
        raise PydanticCustomError("moment", "Send a date and time as a text, like 2026-11-25T10:42:00Z.")
    return given


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("moment", "Send a time between the years 1 and 9999.") from None


def _digits(given: Any) -> Any:
    """Digits and no more: elsewhere " 1", "1.0" and "1_0" are read as numbers, too."""
    if isinstance(given, str) and not re.fullmatch(r"-?[0-9]{1,19}", given):
        raise PydanticCustomError("whole", "Send a whole number.")
    return given


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

Id = Annotated[StrictInt, Field(ge=1, le=LARGEST_ID, description="As our answers gave it.", examples=[98765])]
DIGITS_ONLY = BeforeValidator(_digits)  # of a number in an address
PathId = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[98765]), DIGITS_ONLY]
Phone = Annotated[
    StrictStr,
    Field(
        pattern=r"^(\+?[0-9]{3,15}|[A-Z]{2}:[0-9]{3,8})$",
        description="E.164 digits, with or without +; a short code's digits, also with its country (US:384387).",
        examples=["15105553344"],
    ),
]
RequestTime = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_in_utc),
    Field(description="RFC 3339, to the microsecond.", examples=["2026-11-25T10:42:00Z"]),
]
Flag = StrictBool
# Ours: a program that pages by a time must get it back whole.
ResponseTime = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    Field(description="RFC 3339, UTC, to the microsecond.", examples=["2026-11-25T10:42:00.123456Z"]),
]


def text_up_to(longest: int, description: str, *, shortest: int = 0) -> Any:
    """What is said of a text of so many characters."""
    return Field(
        min_length=shortest, max_length=longest, description=f"{description} Up to {longest} characters."
    )


def one_of_two(one: str, kind: str, other: str, other_kind: str, *, not_both: bool = False) -> JsonDict:
    """What a schema says of two fields of which one must be sent."""
    choice = ((one, kind), (other, other_kind))
    options: Any = [{"required": [name], "properties": {name: {"type": of}}} for name, of in choice]
    return {"oneOf" if not_both else "anyOf": options}


def parse_number(phone: str, team: Team, *, field: str = "phone") -> str:
    """The canonical address of what a call names. Raises Fault(INVALID_PHONE_NUMBER).

    More than six digits are a whole number with its country code, whether "+" stands before it or not.
    """
    whole = phone.isdigit() and len(phone) > 6
    try:
        return canonical(f"+{phone}" if whole else phone, team.country)
    except InvalidNumber as why:
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, str(why), field=field) from None


def parse_email(given: str, *, field: str = "email") -> str:
    """The e-mail address, or none. Raises Fault(INVALID_EMAIL)."""
    try:
        if given:
            validate_email(given)
    except ValidationError:
        raise ApiError(ErrorCode.INVALID_EMAIL, f"“{given}” is no e-mail address.", field=field) from None
    return given
