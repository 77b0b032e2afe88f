"""Activity of sessions: from where and when each was last used, for the list of a user's own sessions."""

import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit.client import client_ip
from accounts.models import User
from kernel.background import BatchQueue

NOTED_EVERY = 600  # seconds in which a process notes a session once, unless it is used from elsewhere
_NO_ADDRESS = "0.0.0.0"


class Use(NamedTuple):
    """A use of a session."""

    session_key: str
    user_id: int
    ip: str
    user_agent: str


def session_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Note which session a request used. A request that never asked who sends it, such as a poll, notes nothing."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        user = getattr(request, "_cached_user", None)  # set once request.user was asked for
        if isinstance(user, User) and request.session.session_key:
            _note_once(use_of(request, user), int(time.time() / NOTED_EVERY))
        return response

    return middleware


def use_of(request: HttpRequest, user: User) -> Use:
    longest = UserSession._meta.get_field("user_agent").max_length
    user_agent = request.headers.get("User-Agent", "")[:longest]
    return Use(str(request.session.session_key), user.pk, client_ip() or _NO_ADDRESS, user_agent)


@lru_cache(maxsize=10_000)
def _note_once(use: Use, period: int) -> None:
    _notes.put(use)


def note(use: Use) -> None:
    """Write down that a session is used now."""
    now = {"user_id": use.user_id, "ip": use.ip, "user_agent": use.user_agent, "last_seen_at": timezone.now()}
    if not UserSession.objects.filter(session_key=use.session_key).update(**now):
        new = UserSession(session_key=use.session_key, **now)
        UserSession.objects.bulk_create([new], ignore_conflicts=True)


def _write(uses: list[Use]) -> None:
    for use in set(uses):
        note(use)


_notes: BatchQueue[Use] = BatchQueue(_write)
