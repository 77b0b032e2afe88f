"""Strict JSON for the API: the parser of request bodies and the renderer of responses."""

import json
import math
import re
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from api.errors import ApiError, ErrorCode

_encode = json.JSONEncoder(ensure_ascii=False).encode


class StrictParser(Parser):
    """JSON without repeated keys, NUL, NaN, infinities and lone surrogates. Raises ApiError(BAD_DATA)."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in ("", "application/json"):
            raise ApiError(ErrorCode.BAD_DATA, "Send the body as application/json.", field="Content-Type")
        try:
            text = request.body.decode()
            if text.startswith("\ufeff"):
                raise ApiError(ErrorCode.BAD_DATA, "The body begins with a byte order mark. Send it without.")
            parsed = json.loads(
                text, object_pairs_hook=_unique_keys, parse_float=_number, parse_constant=_refuse_constant
            )
            if "\\u" in text:  # only an escape can produce a lone surrogate or NUL
                _encode(parsed).encode()
                if _NUL.search(text):
                    raise ApiError(ErrorCode.BAD_DATA, "A text must not contain the character NUL.")
        except UnicodeError:
            raise ApiError(ErrorCode.BAD_DATA, "The body is not UTF-8.") from None
        except RecursionError:
            raise ApiError(ErrorCode.BAD_DATA, "The body is nested too deeply.") from None
        except ValueError as error:
            raise ApiError(ErrorCode.BAD_DATA, f"The body is not JSON: {error}.") from None
        return parsed


# JSON allows NUL as an escape only. After an escaped backslash the same characters are ordinary text.
_NUL = re.compile(r"(?<!\\)(\\\\)*\\u0000")


def _number(text: str) -> float:
    """JSON Schema treats 42.0 as an integer, so it becomes one if a float holds it exactly."""
    number = float(text)
    if number in (math.inf, -math.inf):
        raise ValueError(f"{text[:20]} is too large")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in pairs:
        if name in result:
            raise ApiError(ErrorCode.BAD_DATA, "This field is given twice.", field=name)
        result[name] = value
    return result


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


class PlainRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return _encode(data).encode(errors="replace")  # an error may quote the request


CONTENT_TYPE = f"{PlainRenderer.media_type}; charset={PlainRenderer.charset}"
