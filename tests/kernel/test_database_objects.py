"""Database objects: each migrate installs them again, and touches a table only for a trigger that changed."""

from typing import Any
from typing import cast as typed

import psycopg

from kernel.database_objects import scripts


def install(owner: psycopg.Connection) -> None:
    with owner.transaction():
        for script in scripts():
            owner.execute(typed(Any, script))


def triggers(owner: psycopg.Connection) -> dict[str, str]:
    """Each trigger of the project by table and name, with the transaction that wrote its definition."""
    rows = owner.execute(
        "SELECT tgrelid::regclass || '.' || tgname, xmin::text FROM pg_trigger WHERE NOT tgisinternal"
    ).fetchall()
    return dict(rows)


def test_an_installed_trigger_stays_untouched(owner: psycopg.Connection) -> None:
    before = triggers(owner)
    assert {"optout_consentevent.refuse_change", "messaging_message.mark_inserted"} <= before.keys()
    install(owner)
    assert triggers(owner) == before


def test_a_missing_or_changed_trigger_is_installed_again(owner: psycopg.Connection) -> None:
    before = triggers(owner)
    owner.execute("DROP TRIGGER add_to_feed ON optout_consentevent")
    owner.execute("COMMENT ON TRIGGER mark_inserted ON messaging_message IS 'an older definition'")
    install(owner)
    after = triggers(owner)
    assert after.keys() == before.keys()
    assert {name for name in before if after[name] != before[name]} == {
        "optout_consentevent.add_to_feed",
        "messaging_message.mark_inserted",
    }


def test_no_trigger_works_on_whole_statements_of_rows(owner: psycopg.Connection) -> None:
    """A distributed database has no transition tables, so only the refusal of changes is a statement trigger."""
    rows = owner.execute(
        "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
        " AND (tgtype & 1 = 0 OR tgnewtable IS NOT NULL) AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert {name for (name,) in rows} == {"refuse_change", "refuse_deletion"}
