"""Plug-in of pytest: a test that hangs ends its process, which prints where. Otherwise the suite would never end.

The plug-ins for this forget their limit when a test fails, and a failed test may hang while its fixtures end.
"""

import faulthandler
import os
from collections.abc import Iterator

import pytest

# Seconds: ten times the longest test. FUZZ and API_EXAMPLES make tests as long as their user likes; see
# tests/fuzz/conftest.py and tests/api/test_schemathesis.py.
HUNG_AFTER = 86_400.0 if "FUZZ" in os.environ else max(900.0, 9.0 * int(os.environ.get("API_EXAMPLES", "0")))
_STDERR = os.dup(2)  # before pytest captures it


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Iterator[None]:
    _begin()
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


def pytest_sessionfinish() -> None:
    """For the fixtures of the whole run, and for threads that never end."""
    _begin()


def _begin() -> None:
    faulthandler.dump_traceback_later(HUNG_AFTER, exit=True, file=_STDERR)
