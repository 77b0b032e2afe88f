"""What people and programs see when something goes wrong: a sentence that says what to do, never a traceback."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def render_error_page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "error.html", {"title": title, "sentence": sentence}, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(
        request, 404, "Nothing here", "This page does not exist, or it belongs to a team that you are not in."
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(
        request, 403, "Not for you", str(exception) or "You may not do this. Ask an owner or admin."
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render_error_page(
        request, 400, "That did not work", "The request could not be understood. Go back and try again."
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render_error_page(
        request,
        403,
        "This page is too old",
        "Nothing was saved. Go back, reload the page and send the form again.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours is a 500; a store that is away is a 503, which callers try again."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        response = render_error_page(
            request, 503, "Back in a moment", "A part of Heymarket is restarting. Try again shortly."
        )
        response["Retry-After"] = "5"
        return response
    return render_error_page(
        request, 500, "Our mistake", "Something went wrong on our side and was logged. Nothing was saved."
    )
