"""Error pages: each says in a sentence what to do, and never shows a traceback."""

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.access import Right
from accounts.frame import show_frame


def render_error_page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    """An error page; within the frame of a team, unless the error is ours and the database may be away."""
    if status < 500:
        show_frame(request)
    return render(request, "error.html", {"title": title, "sentence": sentence}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(request, 404, "Page not found", _why_not_found(request))


def _why_not_found(request: Any) -> str:
    """What may be the reason; it does not tell whether the page exists."""
    rights = getattr(request, "rights", None)
    if rights is None:
        return "This page does not exist, or it belongs to a team that you are not in."
    if Right.SEE_ALL_INBOXES in rights:
        return "This page does not exist. It may have been deleted."
    return (
        "This page does not exist, or it is in an inbox that you don’t have access to. An owner or admin can give you"
        " access."
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(
        request, 403, "You don't have access", str(exception) or "You may not do this. Ask an owner or admin."
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(
        request, 400, "Bad request", "The request could not be understood. Go back and try again."
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    sentence = (
        "This was tried too often from your network. Nothing was saved. Wait a few minutes, then try again."
    )
    return render_error_page(request, 429, "Too many tries", sentence)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render_error_page(
        request,
        403,
        "This page has expired",
        "Nothing was saved. Go back, reload the page and send the form again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for our own errors; 503 while the database is unavailable, which clients retry."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = render_error_page(
            request, 503, "Back in a moment", "A part of Heymarket is restarting. Try again shortly."
        )
        response["Retry-After"] = "5"
        return response
    return render_error_page(request, 500, "Something went wrong", "The error was logged. Nothing was saved.")
