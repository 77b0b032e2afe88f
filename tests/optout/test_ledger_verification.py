"""The ledger is written once, and whoever meddles with it all the same is found out."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection

from accounts.models import Inbox
from kernel.tenancy import scope
from optout import consent, keywords, ledger_verification
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from tests.cast import MARIA, STRANGER, TOM, Cast

Tamper = Callable[..., None]
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def text(inbox: Inbox, number: str, body: str) -> None:
    now = lock_number(inbox.team_id, number)
    consent.apply_keyword(
        inbox,
        number,
        keywords.read_intent(body),
        before=fetch_number_state(inbox.team_id, number),
        now=now,
        at=now,
        words=body,
        message_id=1,
        carrier_answers=False,
    )


@pytest.fixture
def told(cast: Cast) -> Cast:
    """Four lines about Maria (who is opted out in the end), two about Tom, and one in the other team."""
    with scope(cast.northside.id):
        text(cast.front_desk, MARIA, "STOP")
        text(cast.front_desk, MARIA, "START")
        consent.block(cast.northside.id, TOM, MAYA)
        text(cast.billing, MARIA, "Stop, please")
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="she also called")
        consent.opt_out(cast.northside.id, TOM, MAYA, reason="he wrote a letter")
    with scope(cast.harbor.id):
        text(cast.shop, MARIA, "QUIT")
    return cast


def verify_ledger(*args: str) -> str:
    out = StringIO()
    call_command("verify_ledger", *args, stdout=out)
    return out.getvalue().strip()


def broken(*args: str) -> str:
    with pytest.raises(CommandError) as fault:
        verify_ledger(*args)
    assert fault.value.returncode == 1
    return str(fault.value)


# -- what a line holds -------------------------------------------------------------------------------------------


def test_the_lines_of_a_number_are_a_chain(told: Cast) -> None:
    with scope(told.northside.id):
        lines = history(told.northside.id, MARIA)[::-1]
    assert [(line.position, line.action, line.origin, line.before, line.after) for line in lines] == [
        (1, "opted_out", "contact", "active", "opt_out"),
        (2, "opted_in", "contact", "opt_out", "active"),
        (3, "opted_out", "contact", "active", "opt_out"),
        (4, "opted_out", "member", "opt_out", "opt_out"),
    ]
    assert [line.added + line.lifted for line in lines] == [
        ["opt_out contact"], ["opt_out contact"], ["opt_out contact"], ["opt_out member"],
    ]  # fmt: skip
    assert [line.previous_hash for line in lines] == ["", *(line.hash for line in lines[:-1])]
    assert [(line.inbox_name, line.words, line.actor_name, line.reason) for line in lines] == [
        ("Front Desk", "STOP", "", ""),
        ("Front Desk", "START", "", ""),
        ("Billing", "Stop, please", "", ""),
        ("", "", "Maya Chen", "she also called"),
    ]


@pytest.mark.parametrize("column", [f.attname for f in ConsentEvent._meta.concrete_fields])
def test_the_hash_covers_every_column(column: str) -> None:
    """But the two that it cannot hold: its own, and the id, which the suppressions that it made refer to."""
    when = datetime(2026, 3, 2, 12, tzinfo=UTC)
    event = ConsentEvent(team_id=1, number=MARIA, position=1, happened_at=when, recorded_at=when)
    before = event.digest()
    setattr(event, column, when.replace(microsecond=1) if column.endswith("_at") else ["other"])
    assert (event.digest() == before) == (column in ("id", "hash"))


def test_a_hash_is_the_same_once_the_line_was_stored(told: Cast) -> None:
    """Words of any kind, and times with microseconds, come back as they were."""
    words = "Stöp 🛑 ‏ ﷽ \t\n \\u0000 \u2028 " + "x" * 1600
    with scope(told.northside.id):
        consent.opt_out(told.northside.id, STRANGER, MAYA, reason=words[:200])
        text(told.front_desk, STRANGER, "STOP")
        lines = history(told.northside.id, STRANGER)
        assert [line.hash for line in lines] == [line.digest() for line in lines]


# -- written once ------------------------------------------------------------------------------------------------

CHANGES = [
    "UPDATE optout_consentevent SET words = 'never said'",
    "DELETE FROM optout_consentevent",
    "TRUNCATE optout_consentevent",
    "TRUNCATE accounts_team CASCADE",
]


@pytest.mark.parametrize("sql", CHANGES)
def test_the_runtime_role_has_no_right_to_change_the_ledger(told: Cast, sql: str) -> None:
    refusal = pytest.raises(ProgrammingError, match="permission denied")
    with refusal, scope(told.northside.id), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", CHANGES)
def test_a_trigger_refuses_it_to_the_owner(told: Cast, owner: psycopg.Connection, sql: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="written once"):
        owner.execute(sql)
    assert verify_ledger() == "The ledger is intact: 7 entries about 3 numbers."


def test_django_cannot_change_a_line_either(told: Cast) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), scope(told.northside.id):
        line = history(told.northside.id, MARIA)[0]
        line.words = "never said"
        line.save()
    with pytest.raises(ProgrammingError, match="permission denied"), scope(told.northside.id):
        history(told.northside.id, MARIA)[0].delete()


# -- found out ---------------------------------------------------------------------------------------------------


def test_a_whole_ledger(told: Cast) -> None:
    assert verify_ledger() == "The ledger is intact: 7 entries about 3 numbers."
    assert verify_ledger("--team", "northside-dental") == "The ledger is intact: 6 entries about 2 numbers."


def test_an_empty_ledger(cast: Cast) -> None:
    assert verify_ledger() == "The ledger is intact: 0 entries about 0 numbers."


@pytest.mark.django_db(transaction=True)
def test_an_unknown_team_is_an_error() -> None:
    with pytest.raises(CommandError, match="There is no team 'nobody'"):
        verify_ledger("--team", "nobody")


EVENTS, ROWS = "optout_consentevent", "optout_suppression"
# What is done, upon which rows of Northside, and the position and words that name it.
MEDDLING: dict[str, tuple[str, str, int, str]] = {
    "words changed": (f"UPDATE {EVENTS} SET words = 'hello'", "MARIA 1", 1, "its content was changed"),
    "reason of the last line erased": (f"UPDATE {EVENTS} SET reason = ''", "MARIA 4", 4, "its content was changed"),
    "dated back": (
        f"UPDATE {EVENTS} SET happened_at = happened_at - interval '1 day'", "MARIA 2", 2, "its content was changed",
    ),
    "hash changed": (f"UPDATE {EVENTS} SET hash = repeat('0', 64)", "MARIA 2", 2, "its content was changed"),
    "previous hash changed": (
        f"UPDATE {EVENTS} SET previous_hash = repeat('0', 64)", "MARIA 3", 3, "the previous hash differs",
    ),
    "line removed": (f"DELETE FROM {EVENTS}", "MARIA 2", 3, "the line at position 2 is missing"),
    "first line removed": (f"DELETE FROM {EVENTS}", "MARIA 1", 2, "the line at position 1 is missing"),
    "line given to another number": (
        f"UPDATE {EVENTS} SET number = '{STRANGER}'", "MARIA 2", 3, "the line at position 2 is missing",
    ),
    # The tail is gone, and its suppression stayed.
    "last line removed": (f"DELETE FROM {EVENTS}", "MARIA 4", 3, "does not follow from its lines: opt_out member"),
    "all lines removed": (f"DELETE FROM {EVENTS}", "TOM", 0, "stands without any line: block member"),
    "suppression removed": (f"DELETE FROM {ROWS}", "MARIA contact", 4, "stands, and is missing: opt_out contact"),
    "suppression made ours": (
        f"UPDATE {ROWS} SET origin = 'api'", "MARIA contact", 4, "does not follow from its lines: opt_out api",
    ),
    "suppression of another line": (
        f"UPDATE {ROWS} SET event_id = event_id + 1", "MARIA contact", 4, "names another line than the one",
    ),
    "suppressions given to another number": (
        f"UPDATE {ROWS} SET number = '{STRANGER}'", "TOM", 2, "stands, and is missing: block member",
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", MEDDLING)
def test_meddling_is_named(told: Cast, tamper: Tamper, deed: str) -> None:
    sql, which, position, wrong = MEDDLING[deed]
    person, *detail = which.split()
    number = {"MARIA": MARIA, "TOM": TOM}[person]
    column = {EVENTS: "position::text", ROWS: "origin"}[EVENTS if EVENTS in sql else ROWS]
    extra = f" AND {column} = '{detail[0]}'" if detail else ""
    tamper(f"{sql} WHERE team_id = {told.northside.id} AND number = '{number}'{extra}")
    fault = broken()
    assert fault.startswith(f"team northside-dental, number {number}, position {position}: "), fault
    assert wrong in fault
    assert broken("--team", "northside-dental") == fault
    assert "The ledger is intact" in verify_ledger("--team", "harbor-bikes")


def test_swapped_positions_are_named(told: Cast, tamper: Tamper) -> None:
    which = f"WHERE number = '{MARIA}' AND team_id = {told.northside.id} AND position"
    for old, new in (1, 99), (2, 1), (99, 2):
        tamper(f"UPDATE optout_consentevent SET position = {new} {which} = {old}")
    assert f"number {MARIA}, position 1: it does not follow the line before it" in broken()


def test_a_line_with_a_fresh_hash_still_breaks_the_next(told: Cast, tamper: Tamper) -> None:
    """Whoever changes a line and hashes it anew must do so with every line after it."""
    with scope(told.northside.id):
        line = history(told.northside.id, MARIA)[2]
    line.words = "start, I love it"
    which = f"WHERE id = {line.id} AND team_id = {told.northside.id}"
    tamper(f"UPDATE optout_consentevent SET words = %s, hash = %s {which}", line.words, line.digest())
    assert f"number {MARIA}, position 3: it does not follow" in broken()


def test_lines_that_lift_what_does_not_stand_are_named(cast: Cast) -> None:
    """Such a line can only come from a fault in the writer: its hash is right."""
    with scope(cast.northside.id):
        text(cast.front_desk, MARIA, "STOP")
        forge(cast.northside.id, position=2, lifted=["opt_out import"])
    assert "position 2: it lifts what did not stand: opt_out import" in broken()


def test_lines_that_add_what_stands_are_named(cast: Cast) -> None:
    with scope(cast.northside.id):
        text(cast.front_desk, MARIA, "STOP")
        forge(cast.northside.id, position=2, added=["opt_out contact"])
    assert "position 2: it adds what stood already: opt_out contact" in broken()


def forge(team_id: int, **columns: Any) -> None:
    newest = history(team_id, MARIA)[0]
    event = ConsentEvent(
        team_id=team_id, number=MARIA, happened_at=newest.happened_at, recorded_at=newest.recorded_at,
        previous_hash=newest.hash, **columns,
    )  # fmt: skip
    event.hash = event.digest()
    event.save()


def test_the_first_of_several_faults_is_named(told: Cast, tamper: Tamper) -> None:
    tamper("UPDATE optout_consentevent SET words = 'x' WHERE position IN (1, 3)")
    assert f"team northside-dental, number {MARIA}, position 1:" in broken()


def test_it_reads_in_pieces(told: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces smaller than a chain and than the numbers: nothing is lost at their edges."""
    monkeypatch.setattr(ledger_verification, "ENTRIES_PER_FETCH", 1)
    monkeypatch.setattr(ledger_verification, "NUMBERS_PER_FETCH", 1)
    assert verify_ledger() == "The ledger is intact: 7 entries about 3 numbers."


def test_a_change_made_meanwhile_is_no_fault(told: Cast, monkeypatch: pytest.MonkeyPatch, owner: Any) -> None:
    """The lines and the suppressions are read over one snapshot, though in several queries."""
    read = ledger_verification._rows

    def read_late(*args: Any) -> Any:
        owner.execute(
            "DELETE FROM optout_suppression WHERE number = %s AND team_id = %s", [MARIA, told.northside.id]
        )
        return read(*args)

    monkeypatch.setattr(ledger_verification, "_rows", read_late)
    assert "The ledger is intact" in verify_ledger("--team", "northside-dental")
    assert "is missing" in broken("--team", "northside-dental")
