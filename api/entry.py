"""The programs' way in: a call of the API goes past the middlewares, which are for browsers."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.urls import resolve

from api.errors import ApiError, ErrorCode

ROOT = "/v1/"
BROWSER_PATHS = ("/v1/docs", "/v1/openapi.json")  # for browsers, with everything that pages get
LARGEST_BODY = 2 * 1024 * 1024  # bytes
DIGITS = 20  # of a length; Python reads no number of thousands of them


def api_entry(pages: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """A middleware that answers calls itself and leaves every other address to `pages`."""

    def entrance(request: Any) -> Any:
        if not request.path_info.startswith(ROOT):
            return pages(request)
        request.request_id = str(uuid.uuid4())
        if request.path_info in BROWSER_PATHS:
            response = pages(request)
            response["X-Request-Id"] = request.request_id
            return response
        request.allowance = None
        response = _answer(request)
        response["X-Request-Id"] = request.request_id
        response["Cache-Control"] = "no-store"
        response["Content-Length"] = str(len(response.content))
        for name, value in (request.allowance.headers() if request.allowance else {}).items():
            response[name] = value
        return response

    return entrance


def _answer(request: Any) -> HttpResponse:
    from heymarket.api import (  # its models load after the middlewares
        error_response,
        unexpected_error_response,
    )

    try:
        view, args, kwargs = resolve(request.path_info)
        _read(request)
        response = view(request, *args, **kwargs)
    except Http404:  # no such address, or the root, which ninja keeps without a view
        return error_response(request, ApiError(ErrorCode.NOT_FOUND))
    except ApiError as fault:
        return error_response(request, fault)
    except UnreadablePostError:
        return error_response(request, ApiError(ErrorCode.BAD_DATA, "The body broke off."))
    except Exception as error:  # noqa: BLE001  also a fault of what answers errors is told in the form of all others
        return unexpected_error_response(request, error)
    if isinstance(response, HttpResponseNotAllowed):
        return error_response(request, ApiError(ErrorCode.METHOD_NOT_ALLOWED), {"Allow": response["Allow"]})
    return response


def _read(request: Any) -> None:
    """Take the body in, and no more of it than a call may have."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise ApiError(ErrorCode.BAD_DATA, "Send the body in one piece, with its Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise ApiError(ErrorCode.BAD_DATA, "The header Content-Length is no number.")
    if len(length) > DIGITS or int(length) > LARGEST_BODY:
        raise ApiError(ErrorCode.PAYLOAD_TOO_LARGE)
    request._body = request.read(int(length))
    if len(request._body) < int(length):
        raise ApiError(ErrorCode.BAD_DATA, "The body broke off.")
