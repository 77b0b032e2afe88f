"""Middleware for objects that were deleted while a request used them: a plain page instead of a server error."""

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist, ObjectNotUpdated
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from psycopg.errors import ForeignKeyViolation

from heymarket.error_pages import render_error_page
from kernel.revisions import ObjectGone

log = logging.getLogger(__name__)


class ChangedMeanwhileMiddleware:
    """Answers 409 to a POST whose object was deleted meanwhile. Its transaction was rolled back: nothing was saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if request.method != "POST" or not _is_deletion(exception):
            return None
        if not isinstance(exception, ObjectGone):
            log.warning("the object of a POST was deleted meanwhile", exc_info=exception)
        sentence = str(exception) if isinstance(exception, ObjectGone) else ""
        return render_error_page(
            request,
            409,
            "This was deleted meanwhile",
            sentence or "Nothing was saved. Go back and reload the page.",
        )


def _is_deletion(exception: Exception) -> bool:
    """Whether a row was deleted between loading and saving: it, or a row that a new row refers to."""
    if isinstance(exception, IntegrityError):
        return isinstance(exception.__cause__, ForeignKeyViolation)
    return isinstance(exception, ObjectGone | ObjectDoesNotExist | ObjectNotUpdated)
