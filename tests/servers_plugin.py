"""Pytest plugin: starts PostgreSQL and Valkey for the tests before Django reads its settings.

Loaded by `-p tests.servers_plugin`. With DATABASE_URL the tests use that server instead, with TEST_DATABASE_URL a
cluster (tests/cluster_database.py); pytest-xdist's workers inherit the addresses from their parent.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from devserver import servers
from devserver.addresses import VAR
from devserver.processes import NotStarted
from tests import cluster_database

TEST_RUNS_AT_ONCE = 8
_stack = ExitStack()


# A wrapper runs before all other hooks, including pytest-django's, regardless of the order of registration.
@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    options = early_config.known_args_namespace
    # The same settings whether or not `make run` runs in this clone.
    os.environ.update({"DEVELOPMENT": "1", "HOST": "127.0.0.1", "PORT": "8000"})
    _keep_compiled_code()
    if "PYTEST_XDIST_WORKER" in os.environ:
        gc.disable()  # until all tests are collected (tests/conftest.py)
    if not (os.environ.get("DATABASE_URL") or options.help or options.version):
        os.environ.update(start() | cluster_database.urls())
    return (yield)


def _keep_compiled_code() -> None:
    """Otherwise each run rewrites the assertions of all tests, and each Python of a test compiles the whole product."""
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def start() -> dict[str, str]:
    """Start servers in the first folder that no other test run uses; kept data makes the next start faster."""
    for number in range(TEST_RUNS_AT_ONCE):
        try:
            return _stack.enter_context(servers.running(folder(number), durable=False, purpose="tests"))
        except servers.FolderInUse:
            continue
        except NotStarted as error:
            raise pytest.UsageError(str(error)) from None
    raise pytest.UsageError(f"{TEST_RUNS_AT_ONCE} test runs already use the folders in {VAR / 'test'}.")


def folder(number: int) -> Path:
    return VAR / "test" / str(number)


def pytest_unconfigure() -> None:
    _stack.close()
