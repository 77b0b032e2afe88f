"""Middleware for API calls: it skips the middleware for browsers, limits the body and sets the response headers."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.urls import resolve

from api import waiting
from api.error_responses import error_response, unexpected_error_response
from api.errors import ApiError, ErrorCode
from api.nearest_call import is_api_address, unknown_call
from api.query_body import read_query_from_body
from api.tolerance import ignored_header
from kernel.request_id import HEADER, accept, current_request_id

IGNORED = "X-Heymarket-Ignored"
# Pages for browsers, which need the other middleware.
BROWSER_PATHS = ("/v1/docs", "/v1/openapi.json", "/v1/postman.json")
MAX_BODY = 2 * 1024 * 1024  # bytes
MAX_LENGTH_DIGITS = 20  # int() refuses texts of thousands of digits


def api_entry(get_page: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """A middleware that answers API calls itself and passes all other requests to `get_page`."""

    def middleware(request: Any) -> Any:
        if not is_api_address(request.path_info):
            return get_page(request)
        request.request_id = current_request_id() or accept(request.headers.get(HEADER))
        if request.path_info in BROWSER_PATHS:
            response = get_page(request)
            response[HEADER] = request.request_id
            return response
        request.rate_limit = request.hold = None
        request.response_headers = {}
        response = _respond_as_get(request) if request.method == "HEAD" else _respond(request)
        if ignored := ignored_header(request):
            response[IGNORED] = ignored
        if request.hold:
            response[waiting.HEADER] = request.hold.header()
        response[HEADER] = request.request_id
        response["Cache-Control"] = "no-store"
        response["Content-Length"] = str(len(response.content))
        limits = request.rate_limit.headers() if request.rate_limit else {}
        for name, value in {**limits, **request.response_headers}.items():
            response[name] = value
        return response

    return middleware


def _respond_as_get(request: Any) -> HttpResponse:
    """The response to GET, whose body the server leaves out."""
    request.method = "GET"
    response = _respond(request)
    request.method = "HEAD"
    return response


def _respond(request: Any) -> HttpResponse:
    try:
        view, args, kwargs = request.resolver_match = resolve(request.path_info.rstrip("/"))
        _read_body(request)
        if request.method == "GET":
            read_query_from_body(request)
        response = view(request, *args, **kwargs)
    except Http404:  # an unknown path, or the root, where ninja has no view
        return error_response(request, unknown_call(request.path_info))
    except ApiError as error:
        return error_response(request, error)
    except UnreadablePostError:
        return error_response(request, ApiError(ErrorCode.BAD_DATA, "The body was incomplete."))
    except Exception as error:  # noqa: BLE001  even a failing error handler gets the form of all errors
        return unexpected_error_response(request, error)
    if isinstance(response, HttpResponseNotAllowed) and request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": response["Allow"]})
    if isinstance(response, HttpResponseNotAllowed):
        return error_response(request, ApiError(ErrorCode.METHOD_NOT_ALLOWED), {"Allow": response["Allow"]})
    return response


def _read_body(request: Any) -> None:
    """Read the body, but never more bytes than a call may send.

    The front reads a body that comes in chunks whole, and passes it on with its length.
    """
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise ApiError(ErrorCode.BAD_DATA, "Send the body in one piece, with its Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise ApiError(ErrorCode.BAD_DATA, "The header Content-Length is not a number.")
    if len(length) > MAX_LENGTH_DIGITS or int(length) > MAX_BODY:
        raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE)
    request._body = request.read(int(length))
    if len(request._body) < int(length):
        raise ApiError(ErrorCode.BAD_DATA, "The body was incomplete.")
