"""Statements on a cluster: it takes each that the product has written out, whatever its values are."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, DatabaseError, NotSupportedError, connections, transaction
from psycopg.errors import Diagnostic

from kernel.distribution.nodes import close_connections
from kernel.distribution.shards import on_shards
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.structure.source import PACKAGES
from webhooks.models import Delivery, Endpoint, EventType

STATEMENT = re.compile(r"\s*(SELECT|WITH|INSERT|UPDATE|DELETE)\b")
NAME, NUMBER = re.compile(r"(?<![\w$])\$([a-z_]\w*+)(?!\$)"), re.compile(r"\$([0-9]+)")
PLACEHOLDER = re.compile(r"%s|%\(|%L|(?<!')\{\w*\}")  # other SQL, or a value of Django's, comes in its place
TEAM = {"team", "team_id"}
# Their rows come from a CTE beside them, which Citus sends to all nodes; the product runs them on shards.
ON_SHARDS = {
    "contacts.custom_fields.filter_values._FILL",
    "contacts.imports.write_labels._JOIN_LISTS",
    "contacts.imports.write_labels._JOIN_THE_LIST",
    "contacts.imports.write_labels._LEAVE_LISTS",
    "contacts.imports.write_labels._LISTS",
    "contacts.imports.write_labels._TAG",
    "contacts.imports.write_labels._TAGS",
    "contacts.imports.writing._CREATE",
}


def written_statements() -> Iterator[tuple[str, str]]:
    """The constants of the product's modules that are SQL as it is sent, each with its place."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not {"migrations", "management"} & set(module.name.split(".")):
                importlib.import_module(module.name)
    for name, found in sorted(sys.modules.items()):
        if name.partition(".")[0] in PACKAGES:
            for constant, value in vars(found).items():
                if isinstance(value, str) and STATEMENT.match(value) and not PLACEHOLDER.search(value):
                    yield f"{name}.{constant}", value


def run(name: str, statement: str, team_id: int) -> list[str]:
    """Run it with nulls, and with the team where its name or place says so; nothing is kept.

    What its node says to other nodes meanwhile, or to itself by a connection.
    """
    with scope(team_id), transaction.atomic(), heard() as said:
        if name in ON_SHARDS:
            statement = on_shards(statement)
        if names := set(NAME.findall(statement)):
            values: dict[str, Any] = {name: team_id if name in TEAM else None for name in names}
            fetch(statement, **values)
        else:
            count = max(map(int, NUMBER.findall(statement)), default=0)
            fetch(statement, *[team_id, *[None] * count][:count])
        transaction.set_rollback(True)
    return said


@contextmanager
def heard() -> Iterator[list[str]]:
    """In a scope: what the connection to its node tells of commands to other nodes."""
    said = list[str]()

    def hear(notice: Diagnostic) -> None:
        if (notice.message_primary or "").startswith("issuing "):
            said.append(str(notice.message_primary))

    node = connections[DEFAULT_DB_ALIAS].connection
    node.add_notice_handler(hear)
    _tell_of_commands("on", "log")
    try:
        yield said
    finally:
        node.remove_notice_handler(hear)


def _tell_of_commands(told: str, level: str) -> None:
    """Until the end of the session, or of a transaction that is undone."""
    fetch(f"SET citus.log_remote_commands = {told}", prepare=False)
    fetch(f"SET client_min_messages = {level}", prepare=False)


def test_a_cluster_takes_each_statement(cast: Cast) -> None:
    """And the team's node alone carries it out, so that no other node that is down fails it."""
    tried, refused, elsewhere = 0, {}, {}
    for name, statement in written_statements():
        tried += 1
        try:
            if said := run(name, statement, cast.northside.id):
                elsewhere[name] = said
        except NotSupportedError as error:
            refused[name] = str(error)
        except DatabaseError:
            pass  # not even PostgreSQL takes nulls here, or what it is only a part of
    assert tried > 100
    assert refused == {}
    assert elsewhere == {}


def test_texts_and_their_events_are_stored_by_one_node(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None], texts: Callable[..., list[Message]]
) -> None:
    """So texts of other teams go on while a node is down, and no commit waits for several nodes."""
    with ExitStack() as hearing:
        with scope(cast.northside.id):
            endpoint = Endpoint(
                team=cast.northside, name="CRM", url="https://crm.example", events=list(EventType)
            )
            endpoint.rotate_secret()
            endpoint.save()
            said = hearing.enter_context(heard())
        assert carrier.text(cast.front_desk, MARIA, "Hello").status_code == 200
        assert carrier.text(cast.front_desk, TOM, "STOP").status_code == 200
        with scope(cast.northside.id):
            compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
        work()
        for text in texts(outbound=True):
            assert carrier.report(text, "delivered").status_code == 200
        with scope(cast.northside.id):
            types = list(Delivery.objects.filter(team=cast.northside).values_list("event__type", flat=True))
    close_connections()
    assert {"message_received", "target_opt_out", "message_sent", "message_delivered"} <= set(types)
    assert said == []
