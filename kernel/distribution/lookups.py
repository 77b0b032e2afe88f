"""Lookups across teams: on a cluster a process remembers in which teams it found something, and asks these alone."""

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from django.db import InterfaceError, NotSupportedError, OperationalError

from kernel.distribution.connection import scopes_ask_nodes

REMEMBERED_FOR = 60.0  # seconds after which all nodes are asked again, for what is new in other teams
ASKED_AGAIN_AFTER = 5.0  # seconds, if a node does not answer
MOST_REMEMBERED = 100_000


def find_in_teams[T](
    question: Hashable,
    everywhere: Callable[[], Sequence[T]],
    team_of: Callable[[T], int],
    in_team: Callable[[int], Sequence[T]],
    is_enough: Callable[[Sequence[T]], bool] = bool,
) -> list[T]:
    """What `everywhere` finds, by one statement. On a cluster that statement asks every shard, so it is sent once a
    minute; in between `in_team` is asked for each team in which something was found, unless that is not enough.

    So what is found on a cluster is true now; what is new in a team without any is found a minute later at the latest.
    While a node is down, that statement fails for all teams; those on other nodes go on with what is remembered.
    Raises OperationalError also while only some tables are distributed, which Citus calls not supported.
    """
    if not scopes_ask_nodes():
        return list(everywhere())
    asked_at, teams = _REMEMBERED.get(question, (0.0, ()))
    if teams and time.monotonic() - asked_at < REMEMBERED_FOR:
        known = _known(teams, in_team)
        if is_enough(known):
            return known
    try:
        found = list(everywhere())
    except (OperationalError, InterfaceError, NotSupportedError) as error:
        known = _known(teams, in_team)
        if not is_enough(known):
            raise OperationalError(*error.args) from error
        _remember(question, teams, time.monotonic() - REMEMBERED_FOR + ASKED_AGAIN_AFTER)
        return known
    _remember(question, sorted({team_of(row) for row in found}), time.monotonic())
    return found


def _known[T](teams: Sequence[int], in_team: Callable[[int], Sequence[T]]) -> list[T]:
    return [row for team_id in teams for row in in_team(team_id)]


def _remember(question: Hashable, teams: Sequence[int], asked_at: float) -> None:
    if len(_REMEMBERED) >= MOST_REMEMBERED:
        _REMEMBERED.clear()
    _REMEMBERED[question] = asked_at, teams


_REMEMBERED: dict[Any, tuple[float, Sequence[int]]] = {}
