"""The client of the request that is being answered: its IP address, for the audit log."""

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


def client_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Let `client_ip` know the request, for pages and calls alike."""

    def middleware(request: HttpRequest) -> Any:
        token = _request.set(request)
        try:
            return get_response(request)
        finally:
            _request.reset(token)

    return middleware


def client_ip() -> str | None:
    """The IP address, as sign-in limits see it (BEHIND_PROXY); None outside a request and for a Unix socket."""
    request = _request.get()
    try:
        # Without the zone of an IPv6 address ("fe80::1%eth0"), which PostgreSQL refuses.
        found = get_adapter().get_client_ip(request).partition("%")[0] if request else ""
        return str(ipaddress.ip_address(found))
    except (PermissionDenied, ValueError):
        return None
