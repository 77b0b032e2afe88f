"""Tables of the database, with their foreign keys, as its catalogue has them."""

from collections.abc import Iterator
from graphlib import TopologicalSorter
from typing import NamedTuple

from django.apps import apps

from kernel.sql import fetch


class ForeignKey(NamedTuple):
    name: str
    table: str
    target: str
    definition: str


def tenant_tables() -> set[str]:
    """The tables whose rows belong to a team."""
    rows = fetch(
        "SELECT c.relname::text FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
    )
    return {name for (name,) in rows}


def tables_on_every_node(keys: list[ForeignKey], tenants: set[str]) -> set[str]:
    """The tables without a team that those of teams refer to, or are read together with (by the apps' own lists)."""
    listed = {table for app in apps.get_app_configs() for table in getattr(app, "tables_on_every_node", ())}
    return listed | {key.target for key in keys if key.table in tenants} - tenants


def foreign_keys() -> list[ForeignKey]:
    rows = fetch(
        "SELECT k.conname::text, c.relname::text, t.relname::text, pg_get_constraintdef(k.oid) FROM pg_constraint k"
        " JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid"
        " WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace ORDER BY 2, 1"
    )
    return [ForeignKey(*row) for row in rows]


def narrow_ids() -> list[tuple[str, str]]:
    """The columns (table, name) that hold IDs of 32 bits, which are those of Django's and allauth's own tables."""
    rows = fetch(
        "SELECT c.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.atttypid = 'integer'::regtype"
        " AND (a.attidentity <> '' OR EXISTS (SELECT FROM pg_constraint k"
        "   WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.conkey = ARRAY[a.attnum])) ORDER BY 1, 2"
    )
    return [(table, column) for table, column in rows]


def in_order(tables: set[str], keys: list[ForeignKey]) -> Iterator[str]:
    """The tables, each after those that it refers to."""
    targets = {
        table: {key.target for key in keys if key.table == table} & tables - {table}
        for table in sorted(tables)
    }
    return iter(TopologicalSorter(targets).static_order())


def with_targets(tables: set[str], among: set[str], keys: list[ForeignKey]) -> set[str]:
    """The tables, and those of `among` that they refer to, directly or by others."""
    while found := {key.target for key in keys if key.table in tables} & among - tables:
        tables = tables | found
    return tables


def has_rows_left(table: str) -> bool:
    """Whether the node that distributed a table still has its rows."""
    ((size,),) = fetch("SELECT pg_relation_size($1::text::regclass)", table)
    return bool(size)
