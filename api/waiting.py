"""Waiting calls: one with nothing to tell asks the front to hold it, and to make it again when a token differs.

So no thread waits. Behind another server than the front, such a call is answered at once.
"""

from typing import NamedTuple, Self

from django.http import HttpRequest

HEADER = "x-heymarket-hold"  # of responses to the front, which passes it on to nobody
BEHIND_FRONT = "heymarket.front"  # in the environ of requests that come from the front
MAX_WAIT = 30  # seconds


class HeldCall(NamedTuple):
    """Hold this key's call for up to `seconds`, while the team's token is this one."""

    key_id: str
    team_id: int
    token: str
    seconds: float

    def header(self) -> str:
        return " ".join(map(str, self))

    @classmethod
    def read(cls, header: str) -> Self:
        key_id, team_id, token, seconds = header.split(" ")
        return cls(key_id, int(team_id), token, float(seconds))


def may_wait(request: HttpRequest) -> bool:
    return BEHIND_FRONT in request.META
