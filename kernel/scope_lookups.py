"""The answer that most scope lookups give: a row's ID with the team that it belongs to."""

from typing import NamedTuple


class ScopedId(NamedTuple):
    team_id: int
    id: int
