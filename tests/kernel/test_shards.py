"""Statements on shards: which tables, IDs and scopes they name. What Citus makes of them: test_shards_on_cluster.py."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connections

from kernel.distribution import shards
from kernel.distribution.shards import Shards, WritesEveryNode, on_shards, runs_whole

TEAM = 7
SHARDS = Shards(
    TEAM,
    {"a_tag": "a_tag_102", "a_tagging": "a_tagging_103", "a_team": "a_team_101"},
    {"a_tag": "public.a_tag_id_seq", "a_tagging": "public.a_tagging_id_seq"},
    frozenset({"a_team"}),
)
TAG = "nextval('public.a_tag_id_seq'),"
TAGGING = "nextval('public.a_tagging_id_seq'),"


@pytest.fixture
def scoped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A connection in a scope of this team, on its node."""
    django = SimpleNamespace(shards=SHARDS, heymarket_team=TEAM)
    monkeypatch.setattr(shards, "connections", dict.fromkeys(connections, django))
    return django


def test_tables_are_named_by_their_shards_and_nothing_else_is(scoped: Any) -> None:
    statement = 'SELECT "a_tag"."id", a_tagging.x FROM "a_tag", a_tagging, a_tag_other WHERE a_tagg = $a_tags'
    assert on_shards(statement) == (
        'SELECT "a_tag_102"."id", a_tagging_103.x FROM "a_tag_102", a_tagging_103, a_tag_other'
        " WHERE a_tagg = $a_tags"
    )
    assert on_shards("SELECT FROM a_team") == "SELECT FROM a_team_101"


@pytest.mark.parametrize(
    ("insert", "expected"),
    [
        ("(name) VALUES ($1)", f"(id, name) VALUES ( {TAG} $1)"),
        ("AS t (name) VALUES (f($1), ')')", f"AS t (id, name) VALUES ( {TAG} f($1), ')')"),
        ("(name, n) SELECT r.n, 1 FROM r", f"(id, name, n) SELECT {TAG}  r.n, 1 FROM r"),
        (
            "(name)\n    SELECT DISTINCT ON (lower(n)) n FROM r",
            f"(id, name)\n    SELECT DISTINCT ON (lower(n)) {TAG}  n FROM r",
        ),
        (
            "(name) WITH j AS (SELECT n FROM r WHERE n IN (SELECT 'SELECT')) SELECT n FROM j",
            f"(id, name) WITH j AS (SELECT n FROM r WHERE n IN (SELECT 'SELECT')) SELECT {TAG}  n FROM j",
        ),
    ],
)
def test_an_insert_draws_its_ids(scoped: Any, insert: str, expected: str) -> None:
    assert on_shards(f"INSERT INTO a_tag {insert}") == f"INSERT INTO a_tag_102 {expected}"


def test_each_insert_of_a_statement_draws_its_ids(scoped: Any) -> None:
    one, two = "(tag_id) SELECT id FROM one ON CONFLICT (tag_id) DO NOTHING", "(n) SELECT id FROM two"
    statement = (
        "WITH one AS (INSERT INTO a_tag (n) VALUES ($1) RETURNING id),"
        f" two AS (INSERT INTO a_tagging AS t {one} RETURNING id), three AS (INSERT INTO other {two})"
        " SELECT (SELECT id FROM one), (SELECT id FROM two)"
    )
    assert on_shards(statement) == (
        f"WITH one AS (INSERT INTO a_tag_102 (id, n) VALUES ( {TAG} $1) RETURNING id),"
        f" two AS (INSERT INTO a_tagging_103 AS t (id, tag_id) SELECT {TAGGING}  id FROM one"
        f" ON CONFLICT (tag_id) DO NOTHING RETURNING id), three AS (INSERT INTO other {two})"
        " SELECT (SELECT id FROM one), (SELECT id FROM two)"
    )


@pytest.mark.parametrize(
    "write", ["INSERT INTO a_team (n) VALUES (1)", 'UPDATE "a_team" SET n = 1', "DELETE FROM a_team"]
)
def test_a_table_that_every_node_has_is_not_written(scoped: Any, write: str) -> None:
    with pytest.raises(WritesEveryNode, match="a_team"):
        on_shards(write)


@pytest.mark.parametrize("team", [None, TEAM + 1])
def test_outside_of_the_scope_and_in_that_of_a_linked_team_nothing_is_changed(
    scoped: Any, monkeypatch: pytest.MonkeyPatch, team: int | None
) -> None:
    monkeypatch.setattr(shards, "connects_to_citus", lambda: True)
    assert runs_whole()
    scoped.heymarket_team = team
    assert on_shards("SELECT FROM a_tag") == "SELECT FROM a_tag"
    assert not runs_whole()
    monkeypatch.setattr(shards, "connects_to_citus", lambda: False)
    assert runs_whole()
