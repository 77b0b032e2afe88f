"""The key of a request: in the header Authorization, or in the older forms that apps of the Heymarket API use."""

import base64
import binascii
from collections.abc import Mapping

from api.errors import ApiError, ErrorCode

KEY_HEADER = "X-Heymarket-API-Key"


def read_credentials(headers: Mapping[str, str]) -> tuple[str, bool]:
    """The key or signed token, and whether it came in an older form: HTTP Basic as the user, or KEY_HEADER alone.

    Raises ApiError(MISSING_API_KEY, INVALID_API_KEY).
    """
    header = headers.get("Authorization", "").strip()
    if not header and (key := headers.get(KEY_HEADER, "").strip()):
        return key, True
    if not header:
        raise ApiError(ErrorCode.MISSING_API_KEY)
    scheme, _, token = header.partition(" ")
    match scheme.lower():
        case "bearer":
            return token.strip(), False
        case "basic":
            return _user(token.strip()), True
    message = "The header Authorization must begin with the word Bearer, or Basic with the key as the user."
    raise ApiError(ErrorCode.INVALID_API_KEY, message)


def _user(token: str) -> str:
    try:
        return base64.b64decode(token, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeError):
        raise ApiError(ErrorCode.INVALID_API_KEY, "The header Authorization: Basic is not base64.") from None
