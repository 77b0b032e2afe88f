"""Rate limits of our own public pages, by allauth. Actions and rates are in ACCOUNT_RATE_LIMITS (docs/limits.md)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.ratelimit import consume_or_429
from allauth.decorators import rate_limit


def rate_limited[View: Callable[..., Any]](action: str) -> Callable[[View], View]:
    """A decorator: POSTs above the rates of this action are answered 429."""
    decorator: Callable[[View], View] = rate_limit(action=action)
    return decorator


def every_request_limited[View: Callable[..., Any]](action: str) -> Callable[[View], View]:
    """The same for a page that does its work when it is opened: GETs count, too."""

    def decorate(view: Any) -> Any:
        @wraps(view)
        def limited(request: Any, *args: Any, **kwargs: Any) -> Any:
            refusal = consume_or_429(request, action=action, limit_get=True)
            return view(request, *args, **kwargs) if refusal is None else refusal

        return limited

    return decorate
