"""Rows of a team export: a table's rows in the order of their IDs, as JSON lines, in pages of flat memory."""

import json
from collections.abc import Iterator
from typing import Any

from accounts.models import Member, Team
from kernel.sql import fetch
from optout.models import ConsentEvent, FeedEntry
from optout.roots.models import LedgerRoot
from portability.contents import TEAM_WITHOUT, ExportedTable, Values, columns_of

PAGE = 1000  # rows read at once
# A member is named by address. The preferences are for a person who has no account yet where the team is imported.
PERSON = (
    "email", "name", "time_zone", "hour_format", "date_order", "theme", "undo_sends", "enter_sends",
)  # fmt: skip
NAME_IN_TEAM = "name_in_team"  # Member.name, since "name" is the account's


def line_of(values: Values) -> bytes:
    """One line of a file: the names sorted, so that equal rows are equal lines."""
    return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def team_values(team_id: int) -> Values:
    """The team's own settings, in its scope."""
    columns = [column for column in columns_of(Team) if column not in TEAM_WITHOUT]
    statement = (
        f"SELECT to_jsonb(r)::text FROM (SELECT {', '.join(columns)} FROM accounts_team WHERE id = $1) r"
    )
    ((text,),) = fetch(statement, team_id)
    values: Values = json.loads(text)
    return values


def pages(table: ExportedTable, team_id: int) -> Iterator[list[Values]]:
    """The table's rows in the scope of the team, settled, in pages."""
    statement = _page_statement(table)
    key = "event_id" if table.model is FeedEntry else "id"
    last = 0
    while rows := [json.loads(text) for (text,) in fetch(statement, team_id, last, PAGE)]:
        last = rows[-1][key]
        for row in rows:
            table.settle(row)
        yield rows


def file_columns(table: ExportedTable) -> tuple[str, ...]:
    """The names in each line of the table's file."""
    if table.model is FeedEntry:
        return ("event_id", "position")
    if table.model is Member:
        own = (column for column in table.columns if column not in ("user_id", "name"))
        return (*own, NAME_IN_TEAM, *PERSON)
    return table.columns


def _page_statement(table: ExportedTable) -> str:
    """The page after the row $2, of at most $3 rows. A ledger entry has the team's ID that it was hashed with."""
    key = "event_id" if table.model is FeedEntry else "id"
    columns = ", ".join(_column(table.model, name) for name in file_columns(table))
    condition = f" AND t.{table.condition}" if table.condition else ""
    join = " JOIN accounts_user u ON u.id = t.user_id" if table.model is Member else ""
    return (
        f"SELECT to_jsonb(r)::text FROM (SELECT {columns} FROM {table.table} t{join}"
        f" WHERE t.team_id = $1 AND t.{key} > $2{condition} ORDER BY t.{key} LIMIT $3) r ORDER BY r.{key}"
    )


def _column(model: Any, name: str) -> str:
    if model in (ConsentEvent, LedgerRoot) and name == "hashed_team_id":
        return "coalesce(t.hashed_team_id, t.team_id) AS hashed_team_id"
    if name == NAME_IN_TEAM:
        return f"t.name AS {NAME_IN_TEAM}"
    return f"u.{name}" if model is Member and name in PERSON else f't."{name}"'
