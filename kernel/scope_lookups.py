"""Result of most scope lookups: a row's ID and its team's ID; and the IDs that are reserved for an imported team."""

from typing import NamedTuple

from kernel.sql import fetch


class ScopedId(NamedTuple):
    team_id: int
    id: int


def reserve_ids(upto: int) -> None:
    """Let no tenant table give a new row an ID up to this one. Raises InternalError for one that no team has."""
    fetch("SELECT lookup_ids_reserved($1::bigint)", upto)
