"""Types that API calls share: strict request models, IDs, numbers, times, and how texts become them."""

import re
from collections.abc import Iterable
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
    StrictInt,
    StrictStr,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accounts.models import Team
from api import tolerance
from api.errors import ApiError, ErrorCode
from kernel.phone_numbers import InvalidNumber, canonical
from kernel.recipient_numbers import recipient_fault

LARGEST_ID = 2**63 - 1


class StrictRequest(BaseModel):
    """A request body that refuses unknown fields, except those that the key's mode lets pass (api.tolerance)."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_unknown_fields(cls, data: Any, info: ValidationInfo) -> Any:
        request = request_of(info)
        if data == [] and tolerance.is_compatible(request):  # PHP writes an empty object so
            return {}
        return tolerance.read_fields(data, cls.model_fields, request) if isinstance(data, dict) else data


def request_of(info: ValidationInfo) -> Any:
    return (info.context or {}).get("request")


def number_as_text(value: Any, info: ValidationInfo) -> Any:
    """Compatible keys may send an ID or another whole number as a text."""
    if (
        isinstance(value, str)
        and tolerance.is_compatible(request_of(info))
        and re.fullmatch(r"-?[0-9]{1,19}", value)
    ):
        return int(value)
    return value


ID_AS_TEXT = BeforeValidator(number_as_text)  # for IDs in a body


def _require_rfc_3339(value: Any) -> Any:
    """Pydantic alone also accepts dates, unix seconds and times without a zone."""
    if isinstance(value, str) and not _RFC_3339.fullmatch(value):
        raise PydanticCustomError("time", "Send a date and time of RFC 3339, like 2026-11-25T10:42:00Z.")
    if not isinstance(value, str | datetime):
        raise PydanticCustomError("time", "Send a date and time as a string, like 2026-11-25T10:42:00Z.")
    return value


def _in_utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("time", "Send a time between the years 1 and 9999.") from None


def _require_digits(value: Any) -> Any:
    """Pydantic alone also accepts " 1", "1.0" and "1_0"."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,19}", value):
        raise PydanticCustomError("integer", "Send a whole number.")
    return value


_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

Id = Annotated[
    StrictInt, Field(ge=1, le=LARGEST_ID, description="As returned by the API.", examples=[98765]), ID_AS_TEXT
]
DIGITS_ONLY = BeforeValidator(_require_digits)  # for integers in a URL
PathId = Annotated[int, Field(ge=1, le=LARGEST_ID, examples=[98765]), DIGITS_ONLY]
Phone = Annotated[
    StrictStr,
    Field(
        pattern=r"^((rcs:|whatsapp:|sms:|mms:)?\+?[0-9]{3,15}|[A-Z]{2}:[0-9]{3,8})$",
        description="E.164 digits, with or without +; a short code with its country (US:384387). A channel before it"
        " (rcs:, whatsapp:, sms:, mms:) is left out: a person has one number and one standing in all channels.",
        examples=["15105553344"],
    ),
]
RequestTime = Annotated[
    datetime,
    BeforeValidator(_require_rfc_3339),
    AfterValidator(_in_utc),
    Field(description="RFC 3339, to the microsecond.", examples=["2026-11-25T10:42:00Z"]),
]
# With microseconds, because callers send times back to get the next page.
ResponseTime = Annotated[
    datetime,
    PlainSerializer(lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str),
    Field(
        description="RFC 3339, UTC, to the microsecond.",
        json_schema_extra={"format": "date-time"},
        examples=["2026-11-25T10:42:00.123456Z"],
    ),
]


def text_up_to(longest: int, description: str, *, shortest: int = 0) -> Any:
    """The field of a text with a largest and a smallest length, in characters."""
    return Field(
        min_length=shortest, max_length=longest, description=f"{description} Up to {longest} characters."
    )


def one_of(words: Iterable[str], description: str) -> Any:
    """The field of a text that is one of these words. They are in the document; a response is not checked for them."""
    return Field(description=description, json_schema_extra={"enum": [str(word) for word in words]})


def parse_number(phone: str, team: Team, *, field: str = "phone", short_codes: bool = True) -> str:
    """The canonical number. Raises ApiError(INVALID_PHONE_NUMBER).

    More than six digits are a whole number with its country code, with or without "+". Without `short_codes`, a short
    code needs its country ("US:384387"). A channel ("rcs:") is left out.
    """
    phone = without_channel(phone)
    international = phone.isdigit() and len(phone) > 6
    try:
        return canonical(f"+{phone}" if international else phone, team.country, short_codes=short_codes)
    except InvalidNumber as error:
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, str(error), field=field) from None


def parse_recipient(phone: str, team: Team, *, field: str = "phone") -> str:
    """The canonical number, if the team may text it. Raises ApiError(INVALID_PHONE_NUMBER)."""
    number = parse_number(phone, team, field=field, short_codes=False)
    check_recipient(number, team, field=field)
    return number


def check_recipient(number: str, team: Team, *, field: str) -> None:
    """Raises ApiError(INVALID_PHONE_NUMBER) for a canonical address that the team may not text."""
    if fault := recipient_fault(number, short_codes=team.allows_short_codes):
        raise ApiError(ErrorCode.INVALID_PHONE_NUMBER, fault, field=field)


def without_channel(phone: str) -> str:
    """A Phone without the channel before it."""
    return phone.partition(":")[2] if phone[2:3] != ":" and ":" in phone else phone


def parse_email(email: str, *, field: str = "email") -> str:
    """The email address, which may be empty. Raises ApiError(INVALID_EMAIL)."""
    try:
        if email:
            validate_email(email)
    except ValidationError:
        message = f"“{email}” is not an email address."
        raise ApiError(ErrorCode.INVALID_EMAIL, message, field=field) from None
    return email
