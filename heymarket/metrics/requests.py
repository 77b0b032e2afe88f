"""Requests: each has an ID, and its duration and status are measured by the name of its view, never by its path."""

import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from heymarket.logs.formatters import view_name
from kernel.metrics import counter, histogram
from kernel.request_id import HEADER, accept, request_id

requests = counter("http_requests", "Requests other than carrier webhooks.", ["view", "status"])
durations = histogram("http_request", "From the page server's start to its response.", ["view"])


def request_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    def middleware(request: HttpRequest) -> Any:
        began, id = time.perf_counter(), accept(request.headers.get(HEADER))
        with request_id(id):
            response = get_response(request)
        response.headers.setdefault(HEADER, id)
        view = view_name(request)
        requests.labels(view, response.status_code).inc()
        durations.labels(view).observe(time.perf_counter() - began)
        return response

    return middleware
