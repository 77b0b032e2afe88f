"""Chromium of the tests in a browser: its start, and the static files that its pages load."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from playwright.sync_api import expect

from devserver import browser as chromium
from heymarket.static_files import MODULE, STYLE_SHEET, join_modules, join_style_sheets

# Playwright runs an event loop in the thread of the tests, which Django mistakes for async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# A busy machine takes long, and a test that passes does not wait.
expect.set_options(timeout=20_000)  # milliseconds
LONG_AGO = 1_000_000_000  # a Unix time


@pytest.fixture(scope="session")
def playwright(django_db_setup: None, playwright: Any) -> Iterator[Any]:
    """While its event loop runs, Django uses other connections, which must be closed here."""
    yield playwright
    connection.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = chromium.find_headless()
    assert path, chromium.missing()
    flags = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return {**browser_type_launch_args, "executable_path": path, "args": ["--no-sandbox", *flags]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Without the service worker, whose requests a test's routes do not see; test_installed_app.py tests it."""
    return {**browser_context_args, "service_workers": "block"}


@pytest.fixture(scope="session")
def live_server(live_server: Any, _joined_static_files: None) -> Any:
    """Its pages load one style sheet and one module, as an installation's do, instead of eighty files."""
    return live_server


@pytest.fixture(scope="session")
def _joined_static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("static")
    for name, join in ((STYLE_SHEET, join_style_sheets), (MODULE, join_modules)):
        joined = folder / name
        joined.parent.mkdir()
        joined.write_text(join(name, _read))
        os.utime(joined, (LONG_AGO, LONG_AGO))  # what is old, a browser does not ask for again at each page
    settings.STATICFILES_DIRS = [folder, *settings.STATICFILES_DIRS]
    cast(Any, finders.get_finder).cache_clear()


def _read(name: str) -> str:
    path = finders.find(name)
    assert path, name
    return Path(path).read_text()
