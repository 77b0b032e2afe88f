"""Presence: which members look at a conversation and who types a reply; kept in the cache for seconds.

Entries are members of one sorted set of a team, with the time of their end as the score. It is no source of truth:
without a cache nobody is shown, and nothing fails.
"""

import json
import secrets
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple, Self

from accounts.models import Member
from kernel.cache import cache

LOOKING_SECONDS = (
    45  # an open page tells about every thirty seconds that it is still there, and says when it leaves
)
TYPING_SECONDS = 6
MAX_ENTRIES = 500  # of a team that a page reads
_KEPT_SECONDS = 60


class Onlooker(NamedTuple):
    """A member at a conversation."""

    conversation_id: int
    inbox_id: int
    member_id: int
    is_typing: bool
    name: str

    @classmethod
    def of(cls, member: Member, conversation_id: int, inbox_id: int) -> Self:
        return cls(conversation_id, inbox_id, member.id, False, str(member))


@dataclass(frozen=True)
class ShownPresence:
    """The other members at a conversation, as a page shows them."""

    conversation_id: int
    initials: str
    sentence: str


@dataclass(frozen=True)
class TeamPresence:
    """What a page shows of its team, and until when it stays true unless somebody tells otherwise, as a time stamp."""

    shown: list[ShownPresence]
    until: int


def token_key(team_id: int) -> str:
    """The cache's key of a token that differs after each change of a team's presence."""
    return f"presence:{team_id}"


def now() -> float:
    """The time in which ends of presence are told: seconds since 1970."""
    return time.time()


def record(team_id: int, onlooker: Onlooker) -> None:
    """Note that a member looks at a conversation, or types in it; others are told if that is new."""
    seconds = TYPING_SECONDS if onlooker.is_typing else LOOKING_SECONDS

    def write(server: Any) -> bool:
        with server.pipeline() as commands:
            commands.zremrangebyscore(_set(team_id), "-inf", now())
            commands.zadd(_set(team_id), {json.dumps(onlooker): now() + seconds})
            commands.expire(_set(team_id), _KEPT_SECONDS)
            ended, begun, _ = commands.execute()
        return bool(ended or begun)

    if cache.on_server(write, otherwise=False):
        _tell(team_id)


def move(team_id: int, onlooker: Onlooker) -> None:
    """Note that a member has opened a conversation, and left others."""
    forget(team_id, onlooker.member_id)
    record(team_id, onlooker)


def forget(
    team_id: int, member_id: int, conversation_id: int | None = None, *, only_typing: bool = False
) -> None:
    """Remove a member from a conversation, or from all; with `only_typing` the member goes on looking."""
    gone = [
        json.dumps(onlooker)
        for onlooker, _ in _read(team_id)
        if onlooker.member_id == member_id
        and conversation_id in (None, onlooker.conversation_id)
        and (onlooker.is_typing or not only_typing)
    ]
    if gone and cache.on_server(lambda server: server.zrem(_set(team_id), *gone), otherwise=0):
        _tell(team_id)


def presence_for(team_id: int, member_id: int, inbox_ids: Collection[int] | None) -> TeamPresence:
    """The others at conversations of these inboxes; None stands for all inboxes."""
    entries = [
        (onlooker, end)
        for onlooker, end in _read(team_id)
        if onlooker.member_id != member_id and (inbox_ids is None or onlooker.inbox_id in inbox_ids)
    ]
    soonest = min((end for _, end in entries), default=now() + _KEPT_SECONDS)
    return TeamPresence(group_by_conversation([onlooker for onlooker, _ in entries]), int(soonest) + 1)


def group_by_conversation(onlookers: Iterable[Onlooker]) -> list[ShownPresence]:
    """One line for each conversation; a member who types is not also named as looking."""
    ordered = sorted(onlookers, key=lambda one: (one.conversation_id, not one.is_typing, one.name))
    groups = groupby(ordered, key=lambda one: one.conversation_id)
    return [_shown(id, group) for id, group in groups]


def _shown(conversation_id: int, onlookers: Iterable[Onlooker]) -> ShownPresence:
    people: dict[int, Onlooker] = {}
    for onlooker in onlookers:
        people.setdefault(onlooker.member_id, onlooker)  # who types comes first
    sentences = [
        f"{one.name} is {'typing a reply' if one.is_typing else 'looking at this'}" for one in people.values()
    ]
    marks = " ".join(initials(one.name) for one in people.values())
    return ShownPresence(conversation_id, marks, " · ".join(sentences))


def initials(name: str) -> str:
    """MC of Maya Chen; the first letters of an email address."""
    words = name.split()
    letters = words[0][:1] + words[-1][:1] if len(words) > 1 else name[:2]
    return letters.upper()


def _read(team_id: int) -> list[tuple[Onlooker, float]]:
    def read(server: Any) -> list[tuple[bytes, float]]:
        found: list[tuple[bytes, float]] = server.zrangebyscore(
            _set(team_id), now(), "+inf", start=0, num=MAX_ENTRIES, withscores=True
        )
        return found

    return [(Onlooker(*json.loads(entry)), end) for entry, end in cache.on_server(read, otherwise=[])]


def _tell(team_id: int) -> None:
    cache.set(token_key(team_id), secrets.token_hex(4), None)


def _set(team_id: int) -> str:
    return f"heymarket:onlookers:{team_id}"
