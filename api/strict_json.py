"""FIXME module docstring."""

import json
import math
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from api.errors import ApiError, ErrorCode

_write = json.JSONEncoder(ensure_ascii=False).encode


class StrictParser(Parser):
    """JSON to the letter: no key twice, no NUL, no number that is none, no lone surrogate."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in ("", "application/json"):
            raise ApiError(ErrorCode.BAD_DATA, "Send the body as application/json.", field="Content-Type")
        try:
            text = request.body.decode()
            parsed = json.loads(text, object_pairs_hook=_once, parse_float=_number, parse_constant=_no_number)
            if "\\u" in text:  # else no escape could have made a lone surrogate or NUL
                _write(parsed).encode()
                if _NUL.search(text):
                    raise ApiError(ErrorCode.BAD_DATA, "A text must not contain the character NUL.")
        except UnicodeError:
            raise ApiError(ErrorCode.BAD_DATA, "The body is not UTF-8.") from None
        except RecursionError:
            raise ApiError(ErrorCode.BAD_DATA, "The body is nested too deeply.") from None
        except ValueError as error:
            raise ApiError(ErrorCode.BAD_DATA, f"The body is not JSON: {error}.") from None
        return parsed


# JSON has it as an escape only; behind an escaped backslash the same letters are a text of their own.
_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")


def _number(word: str) -> float:
    """To a schema 42.0 is an integer like 42; so it is here, where it names one exactly."""
    number = float(word)
    if number in (math.inf, -math.inf):
        raise ValueError(f"{word[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ApiError(ErrorCode.BAD_DATA, "This field stands in the body twice.", field=name)
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


class PlainRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return _write(data).encode(errors="replace")  # an error may repeat what it was asked
