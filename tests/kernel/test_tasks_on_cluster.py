"""Tasks of statements on a cluster: what a text, a page and a call ask concerns one shard each. Prints how many."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from django.urls import reverse
from psycopg.errors import Diagnostic

from accounts.models import Member
from kernel.distribution import lookups
from kernel.distribution.nodes import close_connections
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.models import Conversation
from tests.api.conftest import create_client
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.statements import counted

# How Citus tells of a task, which it has done by a connection to another node, or in the same process.
TASK = ("issuing ", "executing the command locally: ")
NO_TASK = tuple(f"issuing {word}" for word in ("BEGIN", "SET ", "SELECT assign_", "COMMIT", "ROLLBACK"))
TELL = ("citus.log_remote_commands = on", "citus.log_local_commands = on", "client_min_messages = log")
SWEEP = "lookup_conversations_due"  # asked for all teams together, every two seconds

# The position of a statement, and of those that its triggers send the place; with the number of tasks.
type Tasks = Counter[tuple[int, str]]


@contextmanager
def told(statements: Sequence[str]) -> Iterator[Tasks]:
    """The tasks of the statements that are sent meanwhile by this thread's present connection."""
    tasks: Tasks = Counter()

    def hear(notice: Diagnostic) -> None:
        said = notice.message_primary or ""
        if said.startswith(TASK) and not said.startswith(NO_TASK):
            tasks[len(statements) - 1, notice.context or ""] += 1

    server = connections[DEFAULT_DB_ALIAS]
    server.ensure_connection()
    server.connection.add_notice_handler(hear)
    for setting in TELL:
        fetch(f"SET {setting}", prepare=False)
    try:
        yield tasks
    finally:
        server.connection.remove_notice_handler(hear)


def test_what_is_asked_often_costs_one_task(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    as_client: Callable[[Member], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk, crm = as_client(cast.member), create_client(cast.owner)
    carrier.text(cast.front_desk, MARIA, "Are you open?")
    with scope(cast.northside.id):
        thread = Conversation.objects.get(team=cast.northside, number=MARIA).id
    inbox, contacts = (reverse(name, args=["northside-dental"]) for name in ("inbox", "contacts"))
    page = reverse("conversation", args=["northside-dental", thread])
    operations: dict[str, Callable[[], object]] = {
        "webhook": lambda: carrier.text(cast.front_desk, MARIA, "Are you open?"),
        "STOP": lambda: carrier.text(cast.front_desk, TOM, "STOP"),
        "claim and sending": work,
        "inbox page": lambda: desk.get(inbox),
        "thread": lambda: desk.get(page),
        "contacts page": lambda: desk.get(contacts),
        "API status": lambda: crm.post("contact/status", {"phone": MARIA.removeprefix("+")}),
    }
    monkeypatch.setattr(lookups, "REMEMBERED_FOR", 60.0)
    for operation in operations.values():
        operation()  # once a minute a lookup asks all shards
    carrier.text(cast.front_desk, TOM, "START")
    dear = dict[str, list[str]]()
    for name, operation in operations.items():
        costs = costs_of(cast, operation, monkeypatch)
        most = [max(of, default=0) for _, of in costs]
        print(
            f"{name}: {len(most)} statements, {most.count(0)} past Citus; the most tasks of one: {max(most)}"
        )
        dear[name] = [
            statement for statement, of in costs if max(of, default=0) > 1 and SWEEP not in statement
        ]
    close_connections()  # which tell of commands
    assert dear == {name: [] for name in operations}


def costs_of(
    cast: Cast, operation: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, list[int]]]:
    """The statements of an operation; of each the tasks of its own and of each that its triggers sent."""
    with ExitStack() as hearing:
        statements = hearing.enter_context(counted(monkeypatch))
        of_coordinator = hearing.enter_context(told(statements))
        with scope(cast.northside.id):
            of_node = hearing.enter_context(told(statements))
        before = len(statements)
        operation()
    tasks = of_coordinator + of_node
    return [
        (statement, [number for (at, _), number in tasks.items() if at == position])
        for position, statement in enumerate(statements)
        if position >= before
    ]
