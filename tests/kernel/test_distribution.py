"""Distribution over several nodes: its order, what prevents it, and statements that a cluster needs in another form."""

from types import SimpleNamespace

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection

from kernel.distribution import cluster, steps
from kernel.distribution.tables import (
    foreign_keys,
    in_order,
    tables_on_every_node,
    tenant_tables,
    with_targets,
)
from kernel.loading import fetch_together
from kernel.tenancy import scope
from kernel.violations import violates
from messaging.arrival import AlreadyReceived
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation, Message
from optout.consent_records.models import ConsentRecord
from optout.models import ConsentEvent
from tests.cast import STRANGER, TOM, Cast
from tests.cluster_database import is_used
from tests.messaging.fake_twilio import new_sid


def test_tables_are_distributed_after_those_that_they_refer_to(cast: Cast) -> None:
    keys, tenants = foreign_keys(), tenant_tables()
    order = list(in_order(tenants, keys))
    assert set(order) == tenants
    assert len(order) > 90
    within = [key for key in keys if {key.table, key.target} <= tenants and key.table != key.target]
    assert all(order.index(key.target) < order.index(key.table) for key in within)
    assert tables_on_every_node(keys, tenants) == {"accounts_team", "accounts_user", "mfa_authenticator"}


def test_tables_are_distributed_with_those_that_they_refer_to(cast: Cast) -> None:
    tenants, keys = tenant_tables(), foreign_keys()
    assert with_targets({"accounts_member"}, tenants, keys) == {"accounts_member", "accounts_teamrole"}
    assert {"accounts_inbox", "accounts_member"} < with_targets({"accounts_seat"}, tenants, keys)


@pytest.mark.skipif(is_used(), reason="it has Citus")
def test_without_citus_the_command_says_what_to_install(cast: Cast) -> None:
    with pytest.raises(CommandError, match=r"CREATE EXTENSION citus.*\nNothing was done\."):
        call_command("distribute", "--check")


@pytest.mark.parametrize("whole", [True, False])
def test_a_text_is_stored_by_one_statement_or_by_several(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr("kernel.combined_inserts.runs_whole", lambda: whole)
    picture = (("https://x.example/1", "image/jpeg"),)
    first = InboundText(new_sid(), STRANGER, "Are you open?", media=picture, others=(TOM,))
    receive(cast.front_desk, first)
    with pytest.raises(AlreadyReceived):
        receive(cast.front_desk, first)
    for body in ("Hello?", "STOP", "STOP"):
        receive(cast.front_desk, InboundText(new_sid(), TOM, body))
    receive(cast.billing, InboundText(new_sid(), TOM, "Hello?"))
    with scope(cast.northside.id):
        texts = Message.objects.filter(outbound=False).order_by("id")
        starts = [(text.number, text.starts_conversation) for text in texts]
        assert starts == [(STRANGER, True), (TOM, True), (TOM, False), (TOM, False), (TOM, True)]
        assert ConsentEvent.objects.count() == 2
        # Only who texts first consents; and not in a group.
        assert list(ConsentRecord.objects.values_list("number", "message_id")) == [(TOM, texts[1].id)]


def test_a_page_is_loaded_by_one_statement_or_by_several(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    receive(cast.front_desk, InboundText(new_sid(), TOM, "Hello?"))
    asked = [
        Conversation.objects.select_related("inbox"),
        Message.objects.none(),
        Message.objects.values_list("body"),
    ]
    with scope(cast.northside.id):
        together = fetch_together(asked)
        monkeypatch.setattr("kernel.loading.runs_whole", lambda: False)
        assert fetch_together([rows.all() for rows in asked]) == together
    assert together[2] == [("Hello?",)]
    assert not connection.in_atomic_block


@pytest.mark.parametrize("code", ["40P01", "55P03"])
def test_a_step_is_repeated_after_deadlocks_with_texts_and_waiting_and_after_no_other_error(
    cast: Cast, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    owner.execute("""
        CREATE SEQUENCE tries; GRANT USAGE ON SEQUENCE tries TO PUBLIC;
        CREATE FUNCTION fail_twice(code text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('tries') < 3 THEN RAISE EXCEPTION 'no' USING ERRCODE = code; END IF;
        END $$;
    """)
    monkeypatch.setattr(steps, "WITHOUT_TRIGGERS", "SELECT 1")
    monkeypatch.setattr(steps, "PAUSE", 0.0)
    try:
        steps.DistributionStep("a step", [f"SELECT fail_twice('{code}')"]).run()
        assert owner.execute("SELECT last_value, setval('tries', 1, false) FROM tries").fetchone() == (3, 1)
        with pytest.raises(OperationalError):
            steps.DistributionStep("a step", ["SELECT fail_twice('57014')"]).run()
        assert owner.execute("SELECT last_value FROM tries").fetchone() == (1,)
    finally:
        owner.execute("DROP FUNCTION fail_twice; DROP SEQUENCE tries")


@pytest.mark.skipif(is_used(), reason="Citus has this function")
def test_a_step_is_repeated_while_a_node_refuses_its_statement(
    cast: Cast, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute("""
        CREATE SEQUENCE tries; GRANT USAGE ON SEQUENCE tries TO PUBLIC;
        CREATE FUNCTION run_command_on_all_nodes(command text) RETURNS TABLE (success boolean, result text)
            LANGUAGE sql AS $$ SELECT true, '' UNION ALL SELECT nextval('tries') >= 3, command || ' refused' $$;
    """)
    monkeypatch.setattr(steps, "WITHOUT_TRIGGERS", "SELECT 1")
    monkeypatch.setattr(steps, "PAUSE", 0.0)
    try:
        steps.DistributionStep("a step", [], "GRANT").run()
        assert owner.execute("SELECT last_value, setval('tries', 1, false) FROM tries").fetchone() == (3, 1)
        monkeypatch.setattr(steps, "TRIES", 2)
        with pytest.raises(steps.NodeFailed, match="GRANT refused"):
            steps.DistributionStep("a step", [], "GRANT").run()
    finally:
        owner.execute("DROP FUNCTION run_command_on_all_nodes; DROP SEQUENCE tries")


def test_scopes_are_stopped_while_tables_are_distributed_and_find_all_rights_afterwards(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "missing_settings", "tables_of_this_node", "distributed_tables", "reference_tables":
        monkeypatch.setattr(cluster, name, lambda: set[str]())
    monkeypatch.setattr(cluster, "nodes_without", lambda *_: ["a node"])
    *_, last = in_order(tenant_tables(), foreign_keys())
    left = list(steps.steps_left())
    titles = [step.title for step in left]
    assert titles.index("rights on the sequences of every node") < titles.index(f"{last}: by team")
    distributing = [step for step in left if any("create_distributed" in sql for sql in step.statements)]
    assert len(distributing) > 90
    lock = f"LOCK TABLE {last} IN EXCLUSIVE MODE"
    assert all(step.statements.index(lock) == 1 for step in distributing)


@pytest.mark.parametrize(("name", "words", "expected"), [
    ("messaging_message_once", "", True),
    ("messaging_message_other", "", False),
    ("messaging_message_once_102188", "", True),
    ("messaging_message_once_more_102188", "", False),
    (None, 'duplicate key value violates unique constraint "messaging_message_once_102188"', True),
    (None, 'duplicate key value violates unique constraint "messaging_message_once_more_102188"', False),
    (None, None, False),
])  # fmt: skip
def test_a_node_names_its_shards_constraint(name: str | None, words: str | None, expected: bool) -> None:
    error = IntegrityError()
    cause = Exception()
    cause.diag = SimpleNamespace(constraint_name=name, message_primary=words)  # type: ignore[attr-defined]
    error.__cause__ = cause
    assert violates(error, "messaging_message_once") is expected
    assert not violates(IntegrityError(), "messaging_message_once")
