"""Error responses of the API: every exception of a call becomes a status, an error code and a sentence."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from api.dry_runs import without_ids
from api.errors import ApiError, ErrorCode
from api.strict_json import CONTENT_TYPE, PlainRenderer
from api.validation_errors import from_validation_errors

log = logging.getLogger(__name__)


def install(api: NinjaAPI) -> None:
    """Let this API answer every exception with an error response."""
    handlers: dict[type[Exception], Callable[..., HttpResponse]] = {
        ApiError: error_response,
        ValidationError: _invalid_request,
        HttpError: _unreadable_body,
        SuspiciousOperation: _too_many_parameters,
        Exception: unexpected_error_response,
    }
    for exception, handler in handlers.items():
        api.add_exception_handler(exception, handler)


def error_response(request: Any, error: ApiError, headers: dict[str, str] | None = None) -> HttpResponse:
    """The response to this error, in the form that every error has."""
    body: dict[str, Any] = {"error_code": error.code.value, "message": error.message}
    if error.field:
        body["field"] = error.field
    dry_run = getattr(request, "dry_run", False)
    if error.refusal:
        body["refusal"] = without_ids(error.refusal) if dry_run else error.refusal
    if dry_run:
        body["dry_run"] = True
    body["request_id"] = request.request_id
    content = PlainRenderer().render(request, body, response_status=error.code.status)
    response = HttpResponse(content, content_type=CONTENT_TYPE, status=error.code.status, headers=headers)
    if error.retry_after:
        response["Retry-After"] = str(error.retry_after)
    if error.code.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def unexpected_error_response(request: Any, error: Exception) -> HttpResponse:
    """503 when the database is unavailable, so that callers retry; otherwise 500. Both are logged."""
    if isinstance(error, OperationalError | InterfaceError):
        log.error("API call deferred, database unavailable: %s (%s)", error, request.request_id)
        return error_response(request, ApiError(ErrorCode.UNAVAILABLE, retry_after=5))
    log.error("API call failed (%s)", request.request_id, exc_info=error)
    return error_response(request, ApiError(ErrorCode.INTERNAL_ERROR))


def _invalid_request(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The errors of one source: the body, whose name is left out, or the parameters of the address."""
    source = error.errors[0]["loc"][0]
    of_body = source == "body"
    found = [{**one, "loc": one["loc"][1 + of_body :]} for one in error.errors if one["loc"][0] == source]
    sent = _json(request) if of_body else {name: None for one in found for name in one["loc"]}
    return error_response(request, from_validation_errors(found, sent, source))


def _json(request: HttpRequest) -> Any:
    """The body, which was parsed before."""
    return json.loads(request.body) if request.body else None


def _unreadable_body(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Ninja wraps whatever the parser raises in an HttpError."""
    cause = error.__cause__
    if isinstance(cause, ApiError):
        return error_response(request, cause)
    return unexpected_error_response(request, error)


def _too_many_parameters(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """Django raises SuspiciousOperation for a URL with more than a thousand parameters."""
    return error_response(request, ApiError(ErrorCode.BAD_DATA, "The URL has too many parameters."))
