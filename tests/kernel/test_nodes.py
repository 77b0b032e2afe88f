"""Scopes that connect to their team's node; functions stand for those that ask Citus, and one server for both."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import NotSupportedError, OperationalError, connection, transaction

from accounts import scope_lookups
from accounts.models import Inbox
from api.models import ApiKey, KeyKind
from api.scope_lookups import api_key_by_key_id
from kernel.checks import unsafe_role_reasons
from kernel.distribution import lookups, nodes
from kernel.distribution.steps import alone_with
from kernel.distribution.tables import foreign_keys, in_order, tenant_tables
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from tests import cluster_database
from tests.cast import TOM, Cast
from tests.messaging.fake_twilio import new_sid

pytestmark = pytest.mark.skipif(cluster_database.is_used(), reason="test_nodes_on_cluster.py asks Citus")

FUNCTIONS = """
    CREATE TABLE public.test_place (host text, port integer, arrival text NOT NULL);
    GRANT SELECT, UPDATE ON public.test_place TO PUBLIC;
    INSERT INTO public.test_place VALUES ('{host}', {port}, '7.1');
    CREATE FUNCTION public.node_of_team(team bigint) RETURNS TABLE (host text, port integer) LANGUAGE sql
        AS 'SELECT p.host, p.port FROM public.test_place p WHERE p.host IS NOT NULL';
    CREATE FUNCTION public.node_receives(team bigint) RETURNS text LANGUAGE sql
        AS 'SELECT p.arrival FROM public.test_place p';
    CREATE FUNCTION public.node_must_keep(asked text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        IF NOT EXISTS (SELECT FROM public.test_place p WHERE p.arrival = asked) THEN
            RAISE EXCEPTION 'it has left' USING ERRCODE = '57HM1';
        END IF;
    END $$;
    CREATE FUNCTION public.node_shards(team bigint)
        RETURNS TABLE (name text, shard text, sequence text, is_copy boolean) LANGUAGE sql AS
        $$ SELECT t, t, t || '_id_seq', false FROM unnest(ARRAY['contacts_contact', 'messaging_message']) AS t $$;
    GRANT USAGE ON SEQUENCE contacts_contact_id_seq, messaging_message_id_seq TO PUBLIC;
"""


@pytest.fixture
def cluster(cast: Cast, owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """All teams are on a node, which is this server at another address."""
    at = connection.settings_dict
    connection.close()  # a new one asks what it is connected to
    owner.execute(FUNCTIONS.format(host=at["HOST"], port=at["PORT"] or 5432))
    yield owner
    nodes.close_connections()
    nodes._HOMES.clear()
    lookups._REMEMBERED.clear()
    owner.execute("""
        DROP FUNCTION node_of_team, node_receives, node_must_keep, node_shards; DROP TABLE test_place;
        REVOKE USAGE ON SEQUENCE contacts_contact_id_seq, messaging_message_id_seq FROM PUBLIC;
    """)


# What nodes.sql reads of Citus.
CATALOGUE = """
    CREATE TABLE public.pg_dist_partition (logicalrelid regclass, partmethod "char");
    CREATE TABLE public.pg_dist_placement (shardid bigint, groupid integer);
    CREATE TABLE public.pg_dist_local_group (groupid integer);
    CREATE TABLE public.pg_dist_node
        (nodename text, nodeport integer, groupid integer, noderole text, isactive boolean);
"""
NAMES = (
    "node_shard, node_shards, node_of_team, node_arrival, node_is_distributed, node_keeps, node_must_keep,"
    " node_receives"
)


@pytest.fixture
def citus(cast: Cast, owner: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """A database with the functions of nodes.sql, in which nothing is distributed yet."""
    connection.close()
    owner.execute(CATALOGUE)
    for statement in nodes.function_statements():
        if " FUNCTION node_" in statement:
            owner.execute(statement.replace("SET citus.enable_ddl_propagation = off", "").encode())
    yield owner
    nodes._HOMES.clear()
    owner.execute(f"DROP FUNCTION {NAMES}".encode())
    owner.execute("DROP TABLE pg_dist_partition, pg_dist_placement, pg_dist_local_group, pg_dist_node")


def process() -> int:
    ((pid,),) = fetch("SELECT pg_backend_pid()")
    return int(pid)


def test_a_scope_is_on_its_node_and_what_follows_is_not(cast: Cast, cluster: psycopg.Connection) -> None:
    usual, committed = process(), list[int]()
    with scope(cast.northside.id):
        of_node = process()
        assert of_node != usual
        assert [inbox.pk for inbox in Inbox.objects.filter(id=cast.front_desk.id)] == [cast.front_desk.id]
        with scope(cast.northside.id, lock=1), transaction.atomic():
            assert process() == of_node
        transaction.on_commit(lambda: committed.append(process()))
    assert committed == [usual] and process() == usual
    with scope(cast.harbor.id):
        assert process() == of_node
    receive(cast.front_desk, InboundText(new_sid(), TOM, "STOP"))
    with scope(cast.northside.id):
        assert Conversation.objects.filter(team_id=cast.northside.id).count() == 1


def test_a_failed_scope_leaves_the_usual_connection(cast: Cast, cluster: psycopg.Connection) -> None:
    usual = process()
    with pytest.raises(ZeroDivisionError), scope(cast.northside.id):
        Inbox.objects.filter(team_id=cast.northside.id).update(name="Renamed")
        raise ZeroDivisionError
    assert process() == usual
    with scope(cast.northside.id):
        assert not Inbox.objects.filter(name="Renamed").exists()


def test_a_team_that_has_left_is_found_again(cast: Cast, cluster: psycopg.Connection) -> None:
    usual = process()
    with scope(cast.northside.id):
        assert process() != usual
    cluster.execute("UPDATE test_place SET arrival = '7.2', host = NULL")
    with scope(cast.northside.id, lock=1):
        assert process() == usual
    cluster.execute("UPDATE test_place SET arrival = '7.3'")
    with scope(cast.northside.id):
        assert process() == usual


def test_a_lost_connection_is_replaced(cast: Cast, cluster: psycopg.Connection) -> None:
    with scope(cast.northside.id):
        lost = process()
    fetch("SELECT pg_terminate_backend($1, 5000)", lost)
    with scope(cast.northside.id):
        assert process() != lost


def test_a_node_that_cannot_be_reached_is_an_error_of_its_own_teams(
    cast: Cast, cluster: psycopg.Connection
) -> None:
    cluster.execute("UPDATE test_place SET port = 1")
    with pytest.raises(OperationalError, match=r"\.PGSQL\.1|port 1"), scope(cast.northside.id):
        pass
    assert not connection.in_atomic_block and unsafe_role_reasons() == []


def test_an_address_may_be_another_for_this_process(
    cast: Cast, cluster: psycopg.Connection, settings: Any
) -> None:
    at = connection.settings_dict
    cluster.execute("UPDATE test_place SET host = 'worker1', port = 5432")
    settings.DATABASE_NODES = {"worker1:5432": f"{at['HOST']}:{at['PORT'] or 5432}"}
    with scope(cast.northside.id):
        assert Inbox.objects.filter(team_id=cast.northside.id).exists()


def test_inside_a_transaction_a_scope_stays_there(cast: Cast, cluster: psycopg.Connection) -> None:
    with transaction.atomic():
        usual = process()
        with scope(cast.northside.id):
            assert process() == usual


def test_lookups_ask_the_team_that_they_found(
    cast: Cast, cluster: psycopg.Connection, monkeypatch: Any
) -> None:
    with scope(cast.northside.id):
        key = ApiKey(team_id=cast.northside.id, kind=KeyKind.BEARER, key_id="k1", name="k", scopes=[])
        key.save()

    def answers() -> list[Any]:
        found = api_key_by_key_id("k1")
        return [
            scope_lookups.inboxes_by_address(cast.front_desk.account_id, cast.front_desk.number),
            scope_lookups.inboxes_by_address(cast.front_desk.account_id, None),
            scope_lookups.teams_for_page(cast.admin.user_id, cast.northside.slug),
            scope_lookups.membership(cast.admin.user_id, cast.northside.slug),
            found and (found, found.team.slug),
        ]

    everywhere = answers()
    assert all(everywhere)
    monkeypatch.setattr(scope_lookups, "fetch", None)
    assert answers() == everywhere
    monkeypatch.undo()
    with scope(cast.northside.id):
        key.delete()
    assert api_key_by_key_id("k1") is None
    assert scope_lookups.teams_for_page(cast.admin.user_id, "unknown") == everywhere[2]


@pytest.mark.parametrize("kind", [OperationalError, NotSupportedError])
def test_while_a_node_is_down_the_teams_of_others_are_found(
    cast: Cast, cluster: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    def inboxes() -> list[Inbox]:
        return scope_lookups.inboxes_by_address(cast.front_desk.account_id, cast.front_desk.number)

    asked = list[str]()

    def fail(statement: str, *_: Any) -> Any:
        asked.append(statement)
        raise kind("connection to the remote node failed")

    found = inboxes()
    assert found == [cast.front_desk]
    monkeypatch.setattr(lookups, "REMEMBERED_FOR", -1.0)  # a minute later
    monkeypatch.setattr(lookups, "ASKED_AGAIN_AFTER", 600.0)
    monkeypatch.setattr(scope_lookups, "fetch", fail)
    assert inboxes() == inboxes() == found
    with pytest.raises(OperationalError):
        scope_lookups.inboxes_by_address("AC-unknown", cast.front_desk.number)
    with scope(cast.northside.id):
        Inbox.objects.filter(id=cast.front_desk.id).update(account_id="AC-other")
    with pytest.raises(OperationalError):
        inboxes()
    assert len(asked) == 3


def test_no_scope_begins_while_some_tables_are_distributed(cast: Cast, citus: psycopg.Connection) -> None:
    with scope(cast.northside.id, lock=1):
        assert Inbox.objects.filter(id=cast.front_desk.id).exists()
    citus.execute("INSERT INTO pg_dist_partition VALUES ('accounts_inbox', 'h')")
    for _ in range(2):  # where the process thought that the team was, and by asking
        with pytest.raises(OperationalError), scope(cast.northside.id):
            pass
    citus.execute("DELETE FROM pg_dist_partition")
    with scope(cast.northside.id):
        assert Inbox.objects.filter(id=cast.front_desk.id).exists()


def test_a_table_is_distributed_after_the_scopes_that_have_begun(
    cast: Cast, citus: psycopg.Connection
) -> None:
    *_, last = in_order(tenant_tables(), foreign_keys())
    alone = "; ".join(alone_with(last)).replace("EXCLUSIVE MODE", "EXCLUSIVE MODE NOWAIT")
    assert "NOWAIT" in alone
    with scope(cast.northside.id), pytest.raises(psycopg.errors.LockNotAvailable):
        citus.execute(f"BEGIN; {alone}".encode())
    citus.execute("ROLLBACK")
    citus.execute(f"BEGIN; {alone}; ROLLBACK".encode())


def test_a_scope_in_a_transaction_reaches_shards_by_a_connection_from_before(
    cast: Cast, cluster: psycopg.Connection
) -> None:
    with transaction.atomic(), scope(cast.northside.id):
        assert fetch("SELECT current_setting('citus.propagate_set_commands', true)") == [("local",)]
        assert Inbox.objects.filter(id=cast.front_desk.id).exists()
    with transaction.atomic():
        fetch("SELECT 1")
        with scope(cast.northside.id, lock=1):
            assert fetch("SELECT current_setting('citus.propagate_set_commands', true)") == [("local",)]


def test_a_lost_connection_between_nodes_is_an_outage(cast: Cast, cluster: psycopg.Connection) -> None:
    """Otherwise a webhook would be answered 500 while a node is down."""
    lost = "DO $$ BEGIN RAISE 'failure on connection marked as essential: …' USING ERRCODE = 'XX000'; END $$"
    with pytest.raises(OperationalError, match="failure on connection"), scope(cast.northside.id):
        fetch(lost, prepare=False)
