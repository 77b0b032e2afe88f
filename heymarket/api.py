"""The HTTP API: its calls, gathered from the rooms, and how whatever goes wrong is answered."""

import json
import logging
import math
import re
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from accounts.api.errors import Code, Fault, not_valid
from contacts.api import calls as contact_calls
from heymarket.api_document import DESCRIPTION, completed
from messaging.api import calls as messaging_calls
from optout.api import calls as optout_calls

log = logging.getLogger(__name__)


_write = json.JSONEncoder(ensure_ascii=False).encode


class StrictParser(Parser):
    """JSON to the letter: no key twice, no NUL, no number that is none, no lone surrogate."""

    def parse_body(self, request: HttpRequest) -> Any:
        if request.content_type not in ("", "application/json"):
            raise Fault(Code.BAD_DATA, "Send the body as application/json.", field="Content-Type")
        try:
            text = request.body.decode()
            parsed = json.loads(text, object_pairs_hook=_once, parse_float=_number, parse_constant=_no_number)
            if "\\u" in text:  # else no escape could have made a lone surrogate or NUL
                _write(parsed).encode()
                if _NUL.search(text):
                    raise Fault(Code.BAD_DATA, "A text must not contain the character NUL.")
        except UnicodeError:
            raise Fault(Code.BAD_DATA, "The body is not UTF-8.") from None
        except RecursionError:
            raise Fault(Code.BAD_DATA, "The body is nested too deeply.") from None
        except ValueError as error:
            raise Fault(Code.BAD_DATA, f"The body is not JSON: {error}.") from None
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
            raise Fault(Code.BAD_DATA, "This field stands in the body twice.", field=name)
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number")


class PlainRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return _write(data).encode(errors="replace")  # an error may repeat what it was asked


class Api(NinjaAPI):
    _document: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """Made once: it is the same for everybody."""
        self._document = self._document or completed(super().get_openapi_schema(**options))
        return self._document


api = Api(
    title="Heymarket API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="v1",
    parser=StrictParser(),
    renderer=PlainRenderer(),
    docs=Swagger(settings={"persistAuthorization": False}),
)
for calls, tag in ((contact_calls, "Contacts"), (optout_calls, "Consent"), (messaging_calls, "Messages")):
    api.add_router("", calls, tags=[tag])


# -- what went wrong -----------------------------------------------------------------------------------------------


def answer(request: Any, fault: Fault, headers: dict[str, str] | None = None) -> HttpResponse:
    """The one form of every error."""
    body = {"error_code": fault.code.value, "message": fault.message}
    if fault.field:
        body["field"] = fault.field
    body["request_id"] = request.request_id
    response = api.create_response(request, body, status=fault.code.status)
    if fault.code.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    for name, value in (headers or {}).items():
        response[name] = value
    return response


@api.exception_handler(Fault)
def _fault(request: HttpRequest, fault: Fault) -> HttpResponse:
    return answer(request, fault)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    source, *place = error.errors[0]["loc"]
    return answer(request, not_valid({**error.errors[0], "loc": place[source == "body" :]}, source))


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Whatever the parser raises, ninja puts behind an error of its own."""
    cause = error.__cause__
    return answer(request, cause) if isinstance(cause, Fault) else unexpected(request, error)


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django gives up on an address with more than a thousand parameters."""
    return answer(request, Fault(Code.BAD_DATA, "The address has too many parameters."))


@api.exception_handler(Exception)
def unexpected(request: Any, error: Exception) -> HttpResponse:
    """A store that is away is a 503, which callers try again; anything else is our fault, and logged."""
    if isinstance(error, OperationalError | InterfaceError):
        log.error("call put off, a store is away: %s (%s)", error, request.request_id)
        return answer(request, Fault(Code.UNAVAILABLE), {"Retry-After": "5"})
    log.error("call failed (%s)", request.request_id, exc_info=error)
    return answer(request, Fault(Code.INTERNAL_ERROR))
