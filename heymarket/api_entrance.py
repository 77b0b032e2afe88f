"""The programs' way in: a call of the API goes past the middlewares, which are for browsers."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.urls import resolve

from accounts.api.errors import Code, Fault

ROOT = "/v1/"
PAGES = ("/v1/docs", "/v1/openapi.json")  # for browsers, with everything that pages get
LARGEST_BODY = 2 * 1024 * 1024  # bytes
DIGITS = 20  # of a length; Python reads no number of thousands of them


def api_entrance(pages: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """A middleware that answers calls itself and leaves every other address to `pages`."""

    def entrance(request: Any) -> Any:
        if not request.path_info.startswith(ROOT):
            return pages(request)
        request.request_id = str(uuid.uuid4())
        if request.path_info in PAGES:
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
    from heymarket.api import answer, unexpected  # its models load after the middlewares

    try:
        view, args, kwargs = resolve(request.path_info)
        _read(request)
        response = view(request, *args, **kwargs)
    except Http404:  # no such address, or the root, which ninja keeps without a view
        return answer(request, Fault(Code.NOT_FOUND))
    except Fault as fault:
        return answer(request, fault)
    except UnreadablePostError:
        return answer(request, Fault(Code.BAD_DATA, "The body broke off."))
    except Exception as error:  # noqa: BLE001  also a fault of what answers errors is told in the form of all others
        return unexpected(request, error)
    if isinstance(response, HttpResponseNotAllowed):
        return answer(request, Fault(Code.METHOD_NOT_ALLOWED), {"Allow": response["Allow"]})
    return response


def _read(request: Any) -> None:
    """Take the body in, and no more of it than a call may have."""
    if request.META.get("HTTP_TRANSFER_ENCODING"):
        raise Fault(Code.BAD_DATA, "Send the body in one piece, with its Content-Length.")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        raise Fault(Code.BAD_DATA, "The header Content-Length is no number.")
    if len(length) > DIGITS or int(length) > LARGEST_BODY:
        raise Fault(Code.PAYLOAD_TOO_LARGE)
    request._body = request.read(int(length))
    if len(request._body) < int(length):
        raise Fault(Code.BAD_DATA, "The body broke off.")
