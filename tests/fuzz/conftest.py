"""Extent and seed of the fuzz tests: FUZZ is how many rows, texts and requests they make, FUZZ_SEED repeats a run."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command

from tests.fuzz.odd_values import OddValues

SEED = os.environ.get("FUZZ_SEED", "1")
TOTAL = int(os.environ.get("FUZZ", "3000"))


@pytest.fixture
def odd(request: pytest.FixtureRequest) -> OddValues:
    return OddValues(f"{SEED} {request.node.name}")


@pytest.fixture
def share() -> Callable[[float], int]:
    """That share of all rows, texts and requests."""
    return lambda part: max(1, round(TOTAL * part))


@pytest.fixture
def verify_ledger(capsys: Any) -> Callable[[], str]:
    """Verify every chain; returns the command's output, which raises CommandError at a fault."""

    def verify() -> str:
        capsys.readouterr()
        call_command("verify_ledger")
        return str(capsys.readouterr().out)

    return verify
