"""Result of most scope lookups: a row's ID and its team's ID."""

from typing import NamedTuple


class ScopedId(NamedTuple):
    team_id: int
    id: int
