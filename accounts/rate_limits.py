"""Rate limits of our own public pages, by allauth. Actions and rates are in ACCOUNT_RATE_LIMITS (docs/limits.md)."""

from collections.abc import Callable
from typing import Any

from allauth.decorators import rate_limit


def rate_limited[View: Callable[..., Any]](action: str) -> Callable[[View], View]:
    """A decorator: POSTs above the rates of this action are answered 429."""
    decorator: Callable[[View], View] = rate_limit(action=action)
    return decorator
