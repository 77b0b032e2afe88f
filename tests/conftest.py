"""Fixtures of all tests: the runtime role on a database that its owner created, real commits, and no network."""

import gc
import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from typing import cast as typed

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.template.base import PartialTemplate, Template
from django.template.context import RequestContext
from django.test import Client, TransactionTestCase
from django.test.signals import template_rendered
from django.test.utils import setup_databases, teardown_databases
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from accounts.models import Member, Team
from heymarket.celery import app as celery_app
from kernel.background import BatchQueue
from kernel.distribution import lookups
from messaging import opt_in_checks, webhook_claims
from messaging.undo import window
from reports import rollup
from tests import cluster_database
from tests.cast import Cast, create_cast
from tests.database_template import use_template
from tests.saved_rows import SavedRows, create_empty_function, empty_tables

pytest_plugins = ["tests.chromium", "tests.messaging.fixtures", "tests.quick_reading"]

# For every connection to the database of the tests; many times what a test needs on a busy machine.
WAIT_LIMITS = {
    "lock_timeout": "60s",
    "statement_timeout": "120s",
    "idle_in_transaction_session_timeout": "300s",
}


# -- order of tests ---------------------------------------------------------------------------------------------

# Tests that take seconds start first: otherwise the last of them would run alone.
LONG_TESTS = (
    "tests/devserver/",
    "tests/front/test_web_server.py",
    "tests/upgrades/",
    "tests/test_graceful_stops.py",
    "tests/test_accessibility.py",
    "tests/test_urls.py",
    "tests/test_three_people_in_browser.py",
    "tests/test_clerks_hundred_in_browser.py",
    "tests/test_odd_senders.py",
    "tests/fuzz/",
    "tests/api/test_schemathesis.py",
    "tests/test_opt_out_in_browser.py",
    "tests/test_review_in_browser.py",
)


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts tests without a database last
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_TESTS))


def pytest_collection_finish() -> None:
    """The modules and tests stay until the end: the garbage collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()


# -- settings --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _settings_of_tests(django_test_environment: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Attachments in a temporary folder, fast password hashes, no limit of sign-ins, and a broker in memory."""
    settings.STORAGES["media"]["OPTIONS"]["location"] = tmp_path_factory.mktemp("media")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    celery_app.conf.update(broker_url="memory://")


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_pages_alone(django_test_environment: None) -> None:
    """A response has the context of its page, not a copy for each of the hundred templates that a page includes."""
    for kind in (Template, PartialTemplate):
        typed(Any, kind)._render = _render


def _render(template: Any, context: Any) -> str:
    """As Django renders in tests, whose own teardown restores what it replaced."""
    if context.template is template and isinstance(context, RequestContext):
        template_rendered.send(sender=template, template=template, context=context)
    rendered: str = template.nodelist.render(context)
    return rendered


# -- the database ----------------------------------------------------------------------------------------------


@contextmanager
def _as_owner() -> Iterator[None]:
    """Connect as the owner of the tables; all threads share the settings of a connection."""
    owner = conninfo_to_dict(settings.DATABASE_OWNER_URL)
    owner_settings = {"USER": owner.get("user", ""), "PASSWORD": owner.get("password", "")}
    runtime_settings = {key: connection.settings_dict[key] for key in owner_settings}
    connection.close()
    connection.settings_dict.update(owner_settings)
    settings.DATABASE_ROLE = "owner"
    try:
        yield
    finally:
        settings.DATABASE_ROLE = "runtime"
        connection.close()
        connection.settings_dict.update(runtime_settings)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: Any, django_db_modify_db_settings: None
) -> Iterator[None]:
    """The owner creates and migrates the test database; everything else connects as the runtime role."""
    if cluster_database.is_used():
        with django_db_blocker.unblock(), _as_owner():
            cluster_database.use_database()
            _limit_waits()
        yield
        return
    with django_db_blocker.unblock(), _as_owner():
        use_template()
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=())
        _limit_waits()
    yield
    with django_db_blocker.unblock(), _as_owner():
        teardown_databases(databases, verbosity=0)


def _limit_waits() -> None:
    """No statement of a test waits for ever: not for a lock, and not in a transaction that a failed test left."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        for setting, limit in WAIT_LIMITS.items():
            cursor.execute(f"ALTER DATABASE {name} SET {setting} = '{limit}'")


@pytest.fixture(scope="session")
def _owner_of_all_tests(django_db_setup: None) -> Iterator[psycopg.Connection]:
    with ExitStack() as stack:
        owner = _connect_as_owner(stack)
        if cluster_database.is_used():
            cluster_database.connect_to_nodes(owner, stack)
        yield owner


@pytest.fixture(scope="session")
def resets(_owner_of_all_tests: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """The owner's connection that empties and fills the tables, without triggers and foreign keys.

    It is a connection of its own, always in the replica role: PostgreSQL forgets all plans of a connection when this
    role changes, and emptying the tables took seven times as long. On a cluster, functions change the role.
    """
    with ExitStack() as stack:
        if cluster_database.is_used():
            used = _owner_of_all_tests
        else:
            used = _connect_as_owner(stack)
            used.execute("SET session_replication_role = replica")
        for node in cluster_database.nodes_of(used):
            # A reset that waits for a test's open transaction fails instead of blocking the suite.
            node.execute("SET lock_timeout = '10s'")
            create_empty_function(node)
        empty_tables(used)
        yield used


def _connect_as_owner(stack: ExitStack) -> psycopg.Connection:
    address = make_conninfo(settings.DATABASE_OWNER_URL, dbname=connection.settings_dict["NAME"])
    owner = stack.enter_context(psycopg.connect(address, autocommit=True))
    owner.execute("SET lock_timeout = '10s'")
    return owner


@pytest.fixture
def owner(
    _owner_of_all_tests: psycopg.Connection, resets: psycopg.Connection, transactional_db: None
) -> psycopg.Connection:
    """A connection of the tables' owner, in autocommit mode. Policies do not bind it."""
    return _owner_of_all_tests


@pytest.fixture
def tamper(owner: psycopg.Connection) -> Callable[..., None]:
    """Run one statement as the owner of the tables, without triggers, such as a forbidden change of the ledger."""

    def statement(sql: str, *values: Any) -> None:
        with owner.transaction():
            owner.execute("SET LOCAL session_replication_role = replica")
            owner.execute(typed(Any, sql), values)

    return statement


@pytest.fixture(scope="session", autouse=True)
def _reset(request: pytest.FixtureRequest) -> None:
    """Delete all rows between tests. On nearly empty tables DELETE is many times faster than TRUNCATE.

    Django's flush would use TRUNCATE, which the ledger refuses and the runtime role may not do.
    """

    def empty(_: TransactionTestCase) -> None:
        empty_tables(request.getfixturevalue("resets"))

    TransactionTestCase._fixture_teardown = empty  # type: ignore[attr-defined]
    # Tests share a connection; a test that damages it must close it.
    TransactionTestCase._should_reload_connections = lambda _: False  # type: ignore[attr-defined]


# -- the cast --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cast_rows(resets: psycopg.Connection, django_db_blocker: Any) -> SavedRows[Cast]:
    """The rows of the cast, before the first test's own rows exist."""
    with django_db_blocker.unblock():
        return SavedRows(resets, "cast", create_cast)


@pytest.fixture
def cast(cast_rows: SavedRows[Cast], transactional_db: None) -> Cast:
    """Two teams with their members and inboxes, committed; see tests.cast."""
    return cast_rows.insert()


@pytest.fixture
def as_client() -> Callable[[Member], Client]:
    """A browser in which this member is signed in."""

    def signed_in(member: Member) -> Client:
        browser = Client()
        browser.force_login(member.user)
        return browser

    return signed_in


@pytest.fixture(autouse=True)
def _without_delay(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do background batches at once; test_background.py tests the thread itself."""
    if "test_background" not in request.node.nodeid:
        monkeypatch.setattr(BatchQueue, "put", lambda queue, item: queue._do([item]))


@pytest.fixture(autouse=True)
def _no_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of pages are due at once; test_undo.py and the tests in Chromium that need it test the wait."""
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(0))


@pytest.fixture(autouse=True)
def _no_inbox_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carrier webhooks load the inbox each time; the cache has a test of its own. On a cluster lookups do."""
    monkeypatch.setattr(webhook_claims, "CACHE_SECONDS", 0)
    if cluster_database.is_used():
        monkeypatch.setattr(lookups, "REMEMBERED_FOR", 0)


@pytest.fixture(autouse=True)
def _no_opt_in_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Opt-ins count in their order of arrival; test_opt_in_checks.py tests the check."""
    monkeypatch.setattr(opt_in_checks, "CHECK_WITHIN", timedelta(0))


@pytest.fixture(autouse=True)
def _no_rollup_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports update the rollups each time; test_rollup.py tests the delay."""
    monkeypatch.setattr(rollup, "FRESH_FOR", timedelta(0))


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Callable[..., Future[Any]]]:
    """Run a function in another thread, on another connection. The test ends without those that never end."""
    pool, futures = ThreadPoolExecutor(12), list[Future[Any]]()

    def run(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Future[Any]:
        def run_and_disconnect() -> Any:
            try:
                return function(*args, **kwargs)
            finally:
                connection.close()

        futures.append(pool.submit(run_and_disconnect))
        return futures[-1]

    yield run
    running = wait(futures, timeout=100).not_done
    pool.shutdown(wait=False, cancel_futures=True)
    assert not running, f"{len(running)} threads of this test did not end"


# -- rows and locks ------------------------------------------------------------------------------------------------

type Rows = dict[str, list[str]]


@pytest.fixture
def rows(owner: psycopg.Connection) -> Callable[..., Rows]:
    """All rows of the tenant tables, or of one team, as text."""

    def read(team: Team | None = None) -> Rows:
        of_team = f"WHERE team_id = {team.id}" if team else ""
        tables = owner.execute(
            "SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name = 'team_id' ORDER BY 1"
        ).fetchall()
        return {
            table: [
                row
                for (row,) in owner.execute(typed(Any, f"SELECT t::text FROM {table} t {of_team} ORDER BY 1"))
            ]
            for (table,) in tables
        }

    return read


@pytest.fixture
def waits_for_lock(owner: psycopg.Connection) -> Callable[..., None]:
    """Return when a transaction of this database waits for a lock; fails after five seconds."""

    def wait(kind: str = "advisory") -> None:
        until = time.monotonic() + 5
        while time.monotonic() < until:
            if any(_waiting(node, kind) for node in cluster_database.nodes_of(owner)):
                return
            time.sleep(0.003)
        raise AssertionError(f"no transaction waits for a lock of kind {kind}")

    return wait


# Citus locks rows that all nodes have, and shards that are written, by advisory locks.
_LOCKS_OF_CLUSTER = ["advisory"] if cluster_database.is_used() else []


def _waiting(node: psycopg.Connection, kind: str) -> int:
    (waiting,) = typed(Any, node.execute(
        "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE NOT l.granted AND l.locktype = ANY(%s) AND a.datname = current_database()",
        [[kind, *_LOCKS_OF_CLUSTER]],
    ).fetchone())  # fmt: skip
    return int(waiting)


# -- the network -----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail tests that connect to another machine, even if the product handles the error as an outage."""
    hosts: list[str] = []
    look_up = socket.getaddrinfo

    def local_only(host: Any, *args: Any, **options: Any) -> Any:
        if not _is_local(host):
            hosts.append(str(host))
            raise socket.gaierror(f"a test tried to connect to {host}")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)
    yield
    assert not hosts, f"this test tried to connect to {', '.join(hosts)}; use a fake carrier"


def _is_local(host: Any) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
