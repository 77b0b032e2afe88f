"""The few lookups that find a scope and so come before it (doors.sql), and the grants of the runtime role."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from psycopg import sql

from accounts.api.models import ApiKey
from accounts.models import Inbox, Team
from accounts.statements import ask, from_row
from accounts.tenancy import TenantModel


class Found(NamedTuple):
    team_id: int
    id: int


class Place(NamedTuple):
    """A team that a person may enter."""

    id: int
    slug: str
    name: str
    role: str


def inboxes_at(account_id: str, number: str) -> list[Inbox]:
    """The inboxes of any team that claim this carrier account and number, with their teams.

    `number` is as carriers dial it: E.164, or the digits of a short code of whatever country.
    """
    return _with_team(Inbox, "inbox", "door_inboxes_at($1::text, $2::text)", account_id, number)


def api_key(key_id: str) -> ApiKey | None:
    """The key with this id, with its team; whoever asks has yet to prove that the key is theirs."""
    found = _with_team(ApiKey, "key", "door_api_key($1::text)", key_id)
    return found[0] if found else None


def _with_team[M: TenantModel](model: type[M], column: str, door: str, *values: Any) -> list[M]:
    """The rows that a door answers in `column`, each with its team beside it."""
    question, fields, team_fields = _question(model, column, door)
    found = []
    for row in ask(question, *values):
        one = from_row(model, fields, row[: len(fields)])
        one.team = from_row(Team, team_fields, row[len(fields) :])
        found.append(one)
    return found


@cache
def _question(model: type[TenantModel], column: str, door: str) -> tuple[str, list[Any], list[Any]]:
    fields, team = list(model._meta.concrete_fields), list(Team._meta.concrete_fields)
    columns = [f"({column}).{field.column}" for field in fields] + [
        f"(team).{field.column}" for field in team
    ]
    return f"SELECT {', '.join(columns)} FROM {door}", fields, team


def teams_of(user_id: int) -> list[Place]:
    return [Place(*row) for row in ask("SELECT * FROM door_teams_of($1::bigint)", user_id)]


def invitation(token_hash: str) -> Found | None:
    rows = ask("SELECT * FROM door_invitation($1::text)", token_hash)
    return Found(*rows[0]) if rows else None


def teams() -> dict[str, int]:
    """Every team's id by its slug."""
    return {slug: id for id, slug in ask("SELECT * FROM door_teams()")}


def conversations_waiting(most: int) -> list[Found]:
    """Conversations with a text that is due to be sent, or that was claimed and left; at most so many."""
    return [Found(*row) for row in ask("SELECT * FROM door_conversations_waiting($1::integer)", most)]


Readings = Sequence[Sequence[str]]  # words, all of which are looked for; of several such, one has to be found


def contacts_found(readings: Readings, most: int) -> list[int]:
    """Contacts of the team in scope by words that begin words of theirs (contacts_words); at most so many."""
    question = "SELECT ARRAY(SELECT id FROM door_contacts_found($1::jsonb, $1::jsonb, $2::integer))"
    ((ids,),) = ask(question, json.dumps(readings), most)
    return list(ids)


def contacts_reckoned(readings: Readings) -> int:
    """About how many `contacts_found` would find, by the planner's statistics."""
    ((about,),) = ask("SELECT door_contacts_reckoned($1::jsonb)", json.dumps(readings))
    return int(about)


def contacts_estimated() -> int:
    """About how many contacts the team in scope has, by the planner's statistics."""
    ((about,),) = ask("SELECT door_contacts_estimated()")
    return int(about)


def hooks_waiting(now: datetime, most: int) -> list[Found]:
    """Endpoints with a delivery that is due, or with a letter about them that is; at most so many."""
    return [
        Found(*row)
        for row in ask("SELECT * FROM door_hooks_waiting($1::timestamptz, $2::integer)", now, most)
    ]


def tallies_waiting() -> list[int]:
    """Teams whose figures are not counted up to now, or by another clock than theirs."""
    return [team_id for (team_id,) in ask("SELECT door_tallies_waiting()")]


def snapshots_waiting() -> list[int]:
    """Teams of whose day, by their clock, there is no snapshot yet."""
    return [team_id for (team_id,) in ask("SELECT door_snapshots_waiting()")]


def schedules_due(now: datetime, most: int) -> list[Found]:
    """Scheduled reports that are to be sent; at most so many."""
    return [
        Found(*row)
        for row in ask("SELECT * FROM door_schedules_due($1::timestamptz, $2::integer)", now, most)
    ]


class WaitingRun(NamedTuple):
    team_id: int
    id: int
    kind: str  # a word of contacts.runs.KINDS


def runs_waiting(since: datetime) -> list[WaitingRun]:
    """Imports, actions on contacts and their like that no worker has touched since then."""
    return [WaitingRun(*row) for row in ask("SELECT * FROM door_runs_waiting($1::timestamptz)", since)]


def hang(**_: Any) -> None:
    """Make the doors and grant the runtime role what it needs; after every migrate, by the owner alone."""
    if settings.DATABASE_ROLE != "owner":
        return
    runtime = sql.Identifier(str(settings.DATABASE_RUNTIME_USER)).as_string(None)
    script = (Path(__file__).parent / "doors.sql").read_text() % {"runtime": runtime}
    with connection.cursor() as cursor:
        cursor.execute(script)
