"""Generated columns go behind team_id before a table is distributed, with all that they have."""

from typing import Any, LiteralString

import psycopg
import pytest

from kernel.distribution.generated_columns import moved_behind_team
from kernel.sql import fetch
from tests.cluster_database import is_used

COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation,
        pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = 'contacts_contact'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
INDEXES = "SELECT indexdef FROM pg_indexes WHERE tablename = 'contacts_contact' ORDER BY 1"
CONSTRAINED = """
    SELECT c.conname FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
    WHERE a.attgenerated = 's' AND c.contype <> 'n' AND c.connamespace = 'public'::regnamespace
"""


@pytest.mark.skipif(is_used(), reason="it is distributed")
def test_contacts_keep_their_columns_and_indexes(owner: psycopg.Connection) -> None:
    def read(statement: LiteralString) -> list[Any]:
        return owner.execute(statement).fetchall()

    columns, indexes = read(COLUMNS), read(INDEXES)
    names = [name for name, *_ in columns]
    early = [name for name in ("sort_name", "search_words") if names.index(name) < names.index("team_id")]
    assert early
    with owner.transaction(force_rollback=True):
        for statement in moved_behind_team("contacts_contact"):
            owner.execute(statement)  # type: ignore[arg-type]
        assert [name for name, *_ in read(COLUMNS)][-len(early) :] == early
        assert sorted(read(COLUMNS)) == sorted(columns)
        assert read(INDEXES) == indexes
    assert list(moved_behind_team("accounts_inbox")) == []


def test_no_constraint_would_be_lost(db: None) -> None:
    assert fetch(CONSTRAINED) == []
