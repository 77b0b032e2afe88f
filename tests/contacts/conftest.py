"""Fixtures of the tests of contacts: their many small files are read by forked processes."""

import pytest


@pytest.fixture(autouse=True)
def _quick_reading(quick_reading: None) -> None:
    """tests/kernel starts the process as the product does."""
