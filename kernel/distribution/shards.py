"""Statements on the shards themselves: on a cluster a scope runs what one PostgreSQL runs, at its cost.

Citus plans each statement anew, and refuses those of several INSERTs. On the node that holds a team its shards are
tables, with the policies, triggers, keys and rights of the whole tables (`manage.py distribute` compares them), and the
scope keeps them there (nodes.py). So a statement that names them needs nothing of Citus. What it reads of tables that
every node has is this node's copy; what it writes may not be such a table.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db import DEFAULT_DB_ALIAS, connections

from kernel.distribution.connection import connects_to_citus


class WritesEveryNode(ValueError):
    """A statement for shards writes a table that every node has, which would differ then."""


@dataclass(frozen=True, eq=False)
class Shards:
    """The shards of a team on its node, by table; and the sequences that give the IDs, of the tables that have any."""

    team_id: int
    names: Mapping[str, str]
    sequences: Mapping[str, str]
    copies: frozenset[str] = frozenset()  # of them the tables that every node has


def runs_whole() -> bool:
    """Whether any statement of PostgreSQL runs here after `on_shards`: on one machine, and in a scope on its node."""
    return _shards() is not None or not connects_to_citus()


def on_shards(statement: str) -> str:
    """The statement with the shards of the scope's team in place of its tables; the same one where there are none.

    Each INSERT of a table has one row of VALUES, or a SELECT.
    """
    shards = _shards()
    return _translated(statement, shards) if shards else statement


def _shards() -> Shards | None:
    """Not inside the scope of a linked team, whose shards are others."""
    django = connections[DEFAULT_DB_ALIAS]
    shards: Shards | None = getattr(django, "shards", None)
    return shards if shards and shards.team_id == getattr(django, "heymarket_team", None) else None


@lru_cache(maxsize=2048)
def _translated(statement: str, shards: Shards) -> str:
    if written := shards.copies & set(_WRITTEN.findall(statement)):
        raise WritesEveryNode(", ".join(written))
    return _TABLE.sub(lambda word: shards.names.get(word[0], word[0]), _with_ids(statement, shards))


_TABLE = re.compile(r"\b[a-z]\w*_\w+")
_WRITTEN = re.compile(r'(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)')
_INSERT = re.compile(r"INSERT INTO (\w+)(?: AS \w+)? \(")
_TOKEN = re.compile(r"[()]|'[^']*'|\bVALUES\s*\(|\bSELECT\b(?:\s+DISTINCT\s+ON\s*\()?")


def _with_ids(statement: str, shards: Shards) -> str:
    """Shards have no identity columns: each INSERT draws its IDs."""
    parts, at = [], 0
    for insert in _INSERT.finditer(statement):
        if sequence := shards.sequences.get(insert[1]):
            columns, values = insert.end(), _start_of_values(statement, insert.end())
            parts += [statement[at:columns], "id, ", statement[columns:values], f" nextval('{sequence}'), "]
            at = values
    return "".join([*parts, statement[at:]])


def _start_of_values(statement: str, columns: int) -> int:
    """Where the values of an INSERT begin, whose columns begin there."""
    depth = 1
    for token in _TOKEN.finditer(statement, columns):
        if depth == 0 and token[0].startswith("VALUES"):
            return token.end()
        if depth == 0 and token[0].startswith("SELECT"):
            return _end_of_parenthesis(statement, token.end()) if token[0].endswith("(") else token.end()
        depth += token[0].endswith("(") - (token[0] == ")")
    raise ValueError(f"An INSERT without values: {statement}")


def _end_of_parenthesis(statement: str, inside: int) -> int:
    depth = 1
    for token in _TOKEN.finditer(statement, inside):
        depth += token[0].endswith("(") - (token[0] == ")")
        if depth == 0:
            return token.end()
    raise ValueError(f"A parenthesis is not closed: {statement}")
