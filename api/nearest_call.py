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
    prefix, called = _without_version(path.strip("/"))
    calls = [(*_without_version(route), route) for route in _calls()]
    of_same_version = [call for call in calls if call[0] == prefix]
    plain = {re.sub(r"<.*?>", "1", name): route for _, name, route in reversed([*of_same_version, *calls])}
    found = difflib.get_close_matches(re.sub(r"\d+", "1", called)[:100], plain, 1, CLOSE)
    if not found:
        return ApiError(ErrorCode.NOT_FOUND)
    nearest = re.sub(r"<(\w+:)?(\w+)>", r"{\2}", plain[found[0]])
    return ApiError(
        ErrorCode.NOT_FOUND,
        f"There is no such call. Do you mean /{nearest}? All calls are listed at /v1/docs.",
    )


def _without_version(path: str) -> tuple[str, str]:
    """What a path begins with (v1, v2, n8n/v1), and the rest."""
    match = re.match(r"((?:n8n|zapier)?(?:/?v\d+)?)/?(.*)", path, re.DOTALL)
    return (match[1], match[2]) if match else ("", path)


@functools.cache
def _calls() -> tuple[str, ...]:
    """The paths of all calls, as Django's routes."""
    _, resolver = get_resolver().namespace_dict["v1"]
    return tuple(_routes(resolver))


def _routes(resolver: Any) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        if not route.startswith(("v1/docs", "v1/openapi")):
            yield route
