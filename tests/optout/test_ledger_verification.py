"""Tests of the ledger: entries are written once, and verify_ledger names every manipulation."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection

from accounts.models import Inbox
from kernel.tenancy import scope
from optout import consent, keywords, ledger_verification
from optout.consent_types import Actor
from optout.feed import read_feed
from optout.ledger import history
from optout.management.commands import verify_ledger as verify_ledger_command
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from tests.cast import MARIA, STRANGER, TOM, Cast

Tamper = Callable[..., None]
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def send_text(inbox: Inbox, number: str, body: str) -> None:
    now = lock_number(inbox.team_id, number)
    consent.apply_keyword(
        inbox,
        number,
        keywords.read_keyword(body),
        before=fetch_number_state(inbox.team_id, number),
        now=now,
        at=now,
        words=body,
        message_id=1,
        carrier_answers=False,
    )


@pytest.fixture
def cast_with_ledger(cast: Cast) -> Cast:
    """Four entries about Maria (who is opted out in the end), two about Tom, and one in the other team."""
    with scope(cast.northside.id):
        send_text(cast.front_desk, MARIA, "STOP")
        send_text(cast.front_desk, MARIA, "START")
        consent.block(cast.northside.id, TOM, MAYA)
        send_text(cast.billing, MARIA, "Stop, please")
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="she also called")
        consent.opt_out(cast.northside.id, TOM, MAYA, reason="he wrote to us")
    with scope(cast.harbor.id):
        send_text(cast.shop, MARIA, "QUIT")
    return cast


def verify_ledger(*args: str) -> str:
    out = StringIO()
    call_command("verify_ledger", *args, stdout=out)
    return out.getvalue().strip()


def broken_ledger(*args: str) -> str:
    """The fault that the command names."""
    with pytest.raises(CommandError) as fault:
        verify_ledger(*args)
    assert fault.value.returncode == 1
    return str(fault.value)


# -- the chain ---------------------------------------------------------------------------------------------------


def test_the_entries_of_a_number_are_a_chain(cast_with_ledger: Cast) -> None:
    with scope(cast_with_ledger.northside.id):
        entries = history(cast_with_ledger.northside.id, MARIA)[::-1]
    assert [(entry.position, entry.action, entry.origin, entry.before, entry.after) for entry in entries] == [
        (1, "opted_out", "contact", "active", "opt_out"),
        (2, "opted_in", "contact", "opt_out", "active"),
        (3, "opted_out", "contact", "active", "opt_out"),
        (4, "opted_out", "member", "opt_out", "opt_out"),
    ]
    assert [entry.added + entry.lifted for entry in entries] == [
        ["opt_out contact"], ["opt_out contact"], ["opt_out contact"], ["opt_out member"],
    ]  # fmt: skip
    assert [entry.previous_hash for entry in entries] == ["", *(entry.hash for entry in entries[:-1])]
    assert [(entry.inbox_name, entry.words, entry.actor_name, entry.reason) for entry in entries] == [
        ("Front Desk", "STOP", "", ""),
        ("Front Desk", "START", "", ""),
        ("Billing", "Stop, please", "", ""),
        ("", "", "Maya Chen", "she also called"),
    ]


@pytest.mark.parametrize("column", [f.attname for f in ConsentEvent._meta.concrete_fields])
def test_the_hash_covers_every_column(column: str) -> None:
    """Except `hash` itself and `id`. The suppressions refer to the ID, so that a changed ID is a fault too."""
    when = datetime(2026, 3, 2, 12, tzinfo=UTC)
    event = ConsentEvent(team_id=1, number=MARIA, position=1, happened_at=when, recorded_at=when)
    before = event.digest()
    setattr(event, column, when.replace(microsecond=1) if column.endswith("_at") else ["other"])
    assert (event.digest() == before) == (column in ("id", "hash"))


def test_a_hash_is_the_same_after_the_entry_is_stored(cast_with_ledger: Cast) -> None:
    """PostgreSQL returns unusual characters and microseconds unchanged."""
    words = "Stöp 🛑 ‏ ﷽ \t\n \\u0000 \u2028 " + "x" * 1600
    with scope(cast_with_ledger.northside.id):
        consent.opt_out(cast_with_ledger.northside.id, STRANGER, MAYA, reason=words[:200])
        send_text(cast_with_ledger.front_desk, STRANGER, "STOP")
        entries = history(cast_with_ledger.northside.id, STRANGER)
        assert [entry.hash for entry in entries] == [entry.digest() for entry in entries]


# -- written once ------------------------------------------------------------------------------------------------

CHANGES = [
    "UPDATE optout_consentevent SET words = 'never said'",
    "DELETE FROM optout_consentevent",
    "TRUNCATE optout_consentevent",
    "TRUNCATE accounts_team CASCADE",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_the_runtime_role_has_no_right_to_change_the_ledger(cast_with_ledger: Cast, sql: str) -> None:
    # A node of a cluster lets the coordinating one truncate what all nodes have, and does not pass its words on.
    refusal = pytest.raises(
        (ProgrammingError, OperationalError), match=r"permission denied|failure on connection"
    )
    with refusal, scope(cast_with_ledger.northside.id), connection.cursor() as cursor:
        cursor.execute(sql)
    assert verify_ledger() == "The ledger is whole: 7 lines about 3 numbers."


@pytest.mark.parametrize("sql", CHANGES)
def test_a_trigger_refuses_changes_to_the_owner(
    cast_with_ledger: Cast, owner: psycopg.Connection, sql: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
        owner.execute(sql)
    assert verify_ledger() == "The ledger is whole: 7 lines about 3 numbers."


def test_the_orm_cannot_change_an_entry(cast_with_ledger: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), scope(cast_with_ledger.northside.id):
        entry = history(cast_with_ledger.northside.id, MARIA)[0]
        entry.words = "never said"
        entry.save()
    with pytest.raises(ProgrammingError, match="permission denied"), scope(cast_with_ledger.northside.id):
        history(cast_with_ledger.northside.id, MARIA)[0].delete()


# -- verification ---------------------------------------------------------------------------------------------------


def test_an_unchanged_ledger_is_intact(cast_with_ledger: Cast) -> None:
    assert verify_ledger() == "The ledger is whole: 7 lines about 3 numbers."
    assert verify_ledger("--team", "northside-dental") == "The ledger is whole: 6 lines about 2 numbers."


def test_an_empty_ledger_is_intact(cast: Cast) -> None:
    assert verify_ledger() == "The ledger is whole: 0 lines about 0 numbers."


@pytest.mark.django_db(transaction=True)
def test_an_unknown_team_is_an_error() -> None:
    with pytest.raises(CommandError, match="There is no team 'nobody'"):
        verify_ledger("--team", "nobody")


EVENTS, ROWS = "optout_consentevent", "optout_suppression"
# Each manipulation: its SQL, the rows of Northside that it changes, and the position and problem of the fault.
MANIPULATIONS: dict[str, tuple[str, str, int, str]] = {
    "words changed": (f"UPDATE {EVENTS} SET words = 'hello'", "MARIA 1", 1, "its content was changed"),
    "reason of the last entry erased": (f"UPDATE {EVENTS} SET reason = ''", "MARIA 4", 4, "its content was changed"),
    "time set back": (
        f"UPDATE {EVENTS} SET happened_at = '2020-01-01'", "MARIA 2", 2, "its content was changed",
    ),
    "hash changed": (f"UPDATE {EVENTS} SET hash = repeat('0', 64)", "MARIA 2", 2, "its content was changed"),
    "previous hash changed": (
        f"UPDATE {EVENTS} SET previous_hash = repeat('0', 64)", "MARIA 3", 3, "the previous hash differs",
    ),
    "entry removed": (f"DELETE FROM {EVENTS}", "MARIA 2", 3, "the entry at position 2 is missing"),
    "first entry removed": (f"DELETE FROM {EVENTS}", "MARIA 1", 2, "the entry at position 1 is missing"),
    "entry given to another number": (
        f"UPDATE {EVENTS} SET number = '{STRANGER}'", "MARIA 2", 3, "the entry at position 2 is missing",
    ),
    # The last entry is removed, and its suppression is not.
    "last entry removed": (f"DELETE FROM {EVENTS}", "MARIA 4", 3, "does not follow from the entries: opt_out member"),
    "all entries removed": (f"DELETE FROM {EVENTS}", "TOM", 0, "a suppression has no ledger entry: block member"),
    "suppression removed": (f"DELETE FROM {ROWS}", "MARIA contact", 4, "entries is missing: opt_out contact"),
    "suppression with another origin": (
        f"UPDATE {ROWS} SET origin = 'api'", "MARIA contact", 4, "does not follow from the entries: opt_out api",
    ),
    "suppression of another entry": (
        f"UPDATE {ROWS} SET event_id = event_id + 1", "MARIA contact", 4, "refers to another entry than the one",
    ),
    "suppressions given to another number": (
        f"UPDATE {ROWS} SET number = '{STRANGER}'", "TOM", 2, "entries is missing: block member",
    ),
}  # fmt: skip


@pytest.mark.parametrize("manipulation", MANIPULATIONS)
def test_a_manipulation_is_named(cast_with_ledger: Cast, tamper: Tamper, manipulation: str) -> None:
    sql, which, position, problem = MANIPULATIONS[manipulation]
    person, *detail = which.split()
    number = {"MARIA": MARIA, "TOM": TOM}[person]
    column = {EVENTS: "position::text", ROWS: "origin"}[EVENTS if EVENTS in sql else ROWS]
    extra = f" AND {column} = '{detail[0]}'" if detail else ""
    tamper(f"{sql} WHERE team_id = {cast_with_ledger.northside.id} AND number = '{number}'{extra}")
    fault = broken_ledger()
    assert fault.startswith(f"team northside-dental, number {number}, position {position}: "), fault
    assert problem in fault
    of_team = broken_ledger("--team", "northside-dental")
    assert of_team.rpartition(" (")[0] == fault.rpartition(" (")[0], "the other team has no fault"
    assert "The ledger is whole" in verify_ledger("--team", "harbor-bikes")


def test_swapped_positions_are_named(cast_with_ledger: Cast, tamper: Tamper) -> None:
    which = f"WHERE number = '{MARIA}' AND team_id = {cast_with_ledger.northside.id} AND position"
    for old, new in (1, 99), (2, 1), (99, 2):
        tamper(f"UPDATE optout_consentevent SET position = {new} {which} = {old}")
    assert f"number {MARIA}, position 1: it does not follow the entry before it" in broken_ledger()


def test_a_changed_entry_with_a_new_hash_breaks_the_next_entry(
    cast_with_ledger: Cast, tamper: Tamper
) -> None:
    """To hide a changed entry, all entries after it must get new hashes as well."""
    with scope(cast_with_ledger.northside.id):
        entry = history(cast_with_ledger.northside.id, MARIA)[2]
    entry.words = "start, I love it"
    which = f"WHERE id = {entry.id} AND team_id = {cast_with_ledger.northside.id}"
    tamper(f"UPDATE optout_consentevent SET words = %s, hash = %s {which}", entry.words, entry.digest())
    assert f"number {MARIA}, position 3: it does not follow" in broken_ledger()


def test_an_entry_that_lifts_a_missing_suppression_is_named(cast: Cast) -> None:
    """Only a bug of the writer can cause such an entry: its hash is right."""
    with scope(cast.northside.id):
        send_text(cast.front_desk, MARIA, "STOP")
        forge(cast.northside.id, position=2, lifted=["opt_out import"])
    assert "position 2: it lifts a suppression that was not in force: opt_out import" in broken_ledger()


def test_an_entry_that_adds_an_existing_suppression_is_named(cast: Cast) -> None:
    with scope(cast.northside.id):
        send_text(cast.front_desk, MARIA, "STOP")
        forge(cast.northside.id, position=2, added=["opt_out contact"])
    assert "position 2: it adds a suppression that was in force already: opt_out contact" in broken_ledger()


def forge(team_id: int, **columns: Any) -> None:
    """Append an entry about Maria that the product would not write."""
    newest = history(team_id, MARIA)[0]
    event = ConsentEvent(
        team_id=team_id, number=MARIA, happened_at=newest.happened_at, recorded_at=newest.recorded_at,
        previous_hash=newest.hash, **columns,
    )  # fmt: skip
    event.hash = event.digest()
    event.save()


def test_all_faults_are_listed(cast_with_ledger: Cast, tamper: Tamper) -> None:
    tamper("UPDATE optout_consentevent SET words = 'x' WHERE position IN (1, 3)")
    problem = "its content was changed: the hash differs."
    assert broken_ledger().splitlines() == [
        f"team northside-dental, number {MARIA}, position 1: {problem}",
        f"team northside-dental, number {MARIA}, position 3: {problem}",
        f"team northside-dental, number {TOM}, position 1: {problem}",
        f"team harbor-bikes, number {MARIA}, position 1: {problem} (7 lines read.)",
    ]


def test_the_list_of_faults_is_bounded(
    cast_with_ledger: Cast, tamper: Tamper, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper("UPDATE optout_consentevent SET words = 'x'")
    for module in (ledger_verification, verify_ledger_command):
        monkeypatch.setattr(module, "MAX_FAULTS", 2)
    lines = broken_ledger().splitlines()
    assert len(lines) == 2 and lines[-1].endswith("5 more faults. (7 lines read.)")


# -- the feed ----------------------------------------------------------------------------------------------------

# What is removed about Northside's Maria, beside her entries from this position on.
REMOVED_TAILS = {
    "the newest entry and its suppression": (4, "AND origin = 'member'"),
    "two entries and their suppressions": (3, ""),
    "the whole chain and its suppressions": (1, ""),
}


@pytest.mark.parametrize("removed", REMOVED_TAILS)
@pytest.mark.parametrize("read", [False, True], ids=["not read yet", "read by a program"])
def test_a_removed_tail_is_reported_though_its_suppressions_are_removed_too(
    cast_with_ledger: Cast, tamper: Tamper, removed: str, read: bool
) -> None:
    """The chain that is left is whole: only the feed still has a row for each entry."""
    team_id = cast_with_ledger.northside.id
    first, condition = REMOVED_TAILS[removed]
    with scope(team_id):
        ids = [entry.id for entry in history(team_id, MARIA) if entry.position >= first]
        positions = {event.id: position for position, event in read_feed(team_id, 0)} if read else {}
    about_maria = f"WHERE team_id = {team_id} AND number = '{MARIA}'"
    tamper(f"DELETE FROM optout_consentevent {about_maria} AND position >= {first}")
    tamper(f"DELETE FROM optout_suppression {about_maria} {condition}")
    lines = broken_ledger().splitlines()
    assert [line.split(". (")[0].rstrip(".") for line in lines] == [
        f"team northside-dental, feed position {positions.get(id, 'unassigned')}: "
        f"the ledger entry with the ID {id} was removed"
        for id in sorted(ids)
    ]
    assert "The ledger is whole" in verify_ledger("--team", "harbor-bikes")


def test_an_entry_without_its_feed_row_is_reported(cast_with_ledger: Cast, tamper: Tamper) -> None:
    team_id = cast_with_ledger.northside.id
    with scope(team_id):
        entry = history(team_id, TOM)[0]
    tamper(f"DELETE FROM optout_feedentry WHERE team_id = {team_id} AND event_id = {entry.id}")
    assert f"number {TOM}, position {entry.position}: the feed has no row for this entry." in broken_ledger()


def test_an_entry_with_two_feed_rows_is_reported(cast_with_ledger: Cast, tamper: Tamper) -> None:
    team_id = cast_with_ledger.northside.id
    with scope(team_id):
        entry = history(team_id, TOM)[0]
    tamper(f"INSERT INTO optout_feedentry (team_id, event_id) VALUES ({team_id}, {entry.id})")
    assert f"two rows for the ledger entry with the ID {entry.id}." in broken_ledger()


def test_a_removed_feed_row_leaves_a_gap(cast_with_ledger: Cast, tamper: Tamper) -> None:
    """Even if its entry was the last of its chain and is removed with it."""
    team_id = cast_with_ledger.northside.id
    with scope(team_id):
        position = next(
            at for at, event in read_feed(team_id, 0) if event.origin == "member" and event.number == MARIA
        )
    of_entry = f"(SELECT event_id FROM optout_feedentry WHERE team_id = {team_id} AND position = {position})"
    tamper(f"DELETE FROM optout_consentevent WHERE team_id = {team_id} AND id = {of_entry}")
    tamper(f"DELETE FROM optout_feedentry WHERE team_id = {team_id} AND position = {position}")
    tamper(
        f"DELETE FROM optout_suppression WHERE team_id = {team_id} AND number = '{MARIA}' AND origin = 'member'"
    )
    assert f"feed position {position}: the row of the feed was removed." in broken_ledger()


def test_the_ledger_is_read_in_batches(cast_with_ledger: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """With batches smaller than a chain, and fewer numbers per batch than there are, nothing is lost."""
    monkeypatch.setattr(ledger_verification, "ENTRIES_PER_FETCH", 1)
    monkeypatch.setattr(ledger_verification, "NUMBERS_PER_FETCH", 1)
    assert verify_ledger() == "The ledger is whole: 7 lines about 3 numbers."


def test_a_concurrent_change_is_no_fault(
    cast_with_ledger: Cast, monkeypatch: pytest.MonkeyPatch, owner: Any
) -> None:
    """All queries read one snapshot."""
    read = ledger_verification._suppressions_of

    def read_late(*args: Any) -> Any:
        owner.execute(
            "DELETE FROM optout_suppression WHERE number = %s AND team_id = %s",
            [MARIA, cast_with_ledger.northside.id],
        )
        return read(*args)

    monkeypatch.setattr(ledger_verification, "_suppressions_of", read_late)
    assert "The ledger is whole" in verify_ledger("--team", "northside-dental")
    assert "is missing" in broken_ledger("--team", "northside-dental")
