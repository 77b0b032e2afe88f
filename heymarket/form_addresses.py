"""Middleware for addresses that only take a form: who opens one in a browser gets a page, not the browser's own error.

A browser opens one when somebody types Enter in the address bar of a form that came back with an error, or signs in
again after sending it.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from heymarket.error_pages import render_error_page

SENTENCE = "This address only takes a form, and nothing was sent. Go back to the page with the form."


def form_address_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_bare = isinstance(response, HttpResponse) and response.status_code == 405 and not response.content
        if not is_bare or request.method != "GET" or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = render_error_page(request, 405, "There is no page here", SENTENCE)
        page["Allow"] = response["Allow"]
        return page

    return respond
