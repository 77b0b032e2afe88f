"""Extent and seed of the fuzz tests: FUZZ is how many rows, texts and requests they make, FUZZ_SEED repeats a run.

Each test runs in parts with a database of their own, which the processes of a run share out among them.
"""

import math
import os
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command

from tests.api.conftest import make_hosts_public
from tests.fuzz.odd_values import OddValues

SEED = os.environ.get("FUZZ_SEED", "1")
TOTAL = int(os.environ.get("FUZZ", "1500"))
PARTS = math.ceil(TOTAL / 50_000)
MOST_PAGES = 300  # of one kind that a test opens in all its parts
TRIED = "tried"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "part" in metafunc.fixturenames:
        metafunc.parametrize("part", range(1, PARTS + 1))


@pytest.fixture
def odd(request: pytest.FixtureRequest, part: int) -> OddValues:
    return OddValues(f"{SEED} {request.node.name}")


@pytest.fixture(autouse=True)
def _hosts_of_webhooks_are_public(monkeypatch: pytest.MonkeyPatch) -> None:
    make_hosts_public(monkeypatch)


@pytest.fixture
def share() -> Callable[[float], int]:
    """How many of all rows, texts and requests this part makes if its test makes that share of them."""
    return lambda of_all: max(1, round(TOTAL * of_all / PARTS))


@pytest.fixture
def most_pages(share: Callable[[float], int]) -> int:
    """How many pages of one kind this part opens at most."""
    return min(share(0.002), max(1, MOST_PAGES // PARTS))


# -- counts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """How many of each kind this test tried, for the summary."""
    counts = Counter[str]()
    yield counts
    request.node.user_properties += [(TRIED, (kind, count)) for kind, count in counts.items()]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    counts = Counter[str]()
    for report in terminalreporter.getreports(
        ""
    ):  # the reports of teardowns are among those without a letter
        for name, value in report.user_properties if report.when == "teardown" else ():
            if name == TRIED:
                counts[value[0]] += value[1]
    if counts:
        words = ", ".join(f"{count:,} {kind}" for kind, count in counts.most_common())
        terminalreporter.write_line(f"Tried {counts.total():,}: {words} (FUZZ={TOTAL}, FUZZ_SEED={SEED})")


@pytest.fixture
def verify_ledger(capsys: Any) -> Callable[[], str]:
    """Verify every chain; returns the command's output, which raises CommandError at a fault."""

    def verify() -> str:
        capsys.readouterr()
        call_command("verify_ledger")
        return str(capsys.readouterr().out)

    return verify
