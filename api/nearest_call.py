"""The call that an unknown address probably means, for the error response."""

import difflib
import functools
import re
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

from api.errors import ApiError, ErrorCode

# Addresses that apps may take for this API's: the versions of the Heymarket API, and those for automation services.
ROOTS = ("/v1/", "/v2/", "/n8n/", "/zapier/")
CLOSE = 0.6  # between 0, nothing in common, and 1, equal


def is_api_address(path: str) -> bool:
    """Whether an app that calls this path expects JSON."""
    return f"{path}/".startswith(ROOTS)


def unknown_call(path: str) -> ApiError:
    """The error for an address that no call has; it names the nearest call, if one is close."""
    called = re.sub(r"^/(n8n/|zapier/)?(v\d+/)?|/$", "", path)
    plain = {re.sub(r"<.*?>", "1", call): call for call in _calls()}
    found = difflib.get_close_matches(re.sub(r"\d+", "1", called)[:100], plain, 1, CLOSE)
    if not found:
        return ApiError(ErrorCode.NOT_FOUND)
    nearest = re.sub(r"<(\w+:)?(\w+)>", r"{\2}", plain[found[0]])
    return ApiError(
        ErrorCode.NOT_FOUND,
        f"There is no such call. Do you mean /v1/{nearest}? All calls are listed at /v1/docs.",
    )


@functools.cache
def _calls() -> tuple[str, ...]:
    """The paths of all calls below /v1/, as Django's routes."""
    _, resolver = get_resolver().namespace_dict["v1"]
    return tuple(_routes(resolver))


def _routes(resolver: Any) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        if route and not route.startswith(("docs", "openapi")):
            yield route
