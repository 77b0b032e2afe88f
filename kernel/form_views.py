"""Views of forms: the methods that they answer, and status 422 when a form is shown again because it is not valid."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

form_view = require_http_methods(["GET", "HEAD", "POST"])


def render_form(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page with a form. A valid POST leads to a redirect, so a POST that gets here was not valid: 422."""
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def with_invalid_status(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view of a library that answers 200 for an invalid form: after a POST, 422 instead."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response

    return wrapped
