"""HTTP Basic authentication (RFC 7617) of a webhook: the name and password that its carrier was given."""

import hmac
from base64 import b64decode
from binascii import Error

from django.http import HttpRequest


def is_authorized(request: HttpRequest, name: str, password: str) -> bool:
    """Whether the request has this name and password, none of which is empty."""
    scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        given = b64decode(encoded, validate=True)
    except (Error, ValueError):
        return False
    expected = f"{name}:{password}".encode()
    return scheme.lower() == "basic" and bool(name and password) and hmac.compare_digest(given, expected)
