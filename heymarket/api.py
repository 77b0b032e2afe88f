"""The HTTP API: its calls, gathered from the rooms, and how whatever goes wrong is answered."""

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError, ValidationError

from api.document import DESCRIPTION, complete_document
from api.errors import ApiError, ErrorCode, from_validation_error
from api.strict_json import PlainRenderer, StrictParser
from contacts.api.routes import calls as contact_calls
from messaging.api.routes import calls as messaging_calls
from optout.api import calls as optout_calls

log = logging.getLogger(__name__)


class DocumentedApi(NinjaAPI):
    _document: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """Made once: it is the same for everybody."""
        self._document = self._document or complete_document(super().get_openapi_schema(**options))
        return self._document


api = DocumentedApi(
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


def error_response(request: Any, fault: ApiError, headers: dict[str, str] | None = None) -> HttpResponse:
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


@api.exception_handler(ApiError)
def _fault(request: HttpRequest, fault: ApiError) -> HttpResponse:
    return error_response(request, fault)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    source, *place = error.errors[0]["loc"]
    return error_response(
        request, from_validation_error({**error.errors[0], "loc": place[source == "body" :]}, source)
    )


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Whatever the parser raises, ninja puts behind an error of its own."""
    cause = error.__cause__
    return (
        error_response(request, cause)
        if isinstance(cause, ApiError)
        else unexpected_error_response(request, error)
    )


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django gives up on an address with more than a thousand parameters."""
    return error_response(request, ApiError(ErrorCode.BAD_DATA, "The address has too many parameters."))


@api.exception_handler(Exception)
def unexpected_error_response(request: Any, error: Exception) -> HttpResponse:
    """A store that is away is a 503, which callers try again; anything else is our fault, and logged."""
    if isinstance(error, OperationalError | InterfaceError):
        log.error("call put off, a store is away: %s (%s)", error, request.request_id)
        return error_response(request, ApiError(ErrorCode.UNAVAILABLE), {"Retry-After": "5"})
    log.error("call failed (%s)", request.request_id, exc_info=error)
    return error_response(request, ApiError(ErrorCode.INTERNAL_ERROR))
