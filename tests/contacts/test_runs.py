"""Runs: each kind has one name in the registry, the models and the lookup of waiting runs."""

import re
from pathlib import Path

from contacts.runs.models import Run
from contacts.runs.registry import RUN_KINDS

LOOKUPS = Path(__file__).parents[2] / "contacts" / "scope_lookups.sql"


def test_every_run_model_is_registered() -> None:
    assert {kind.model for kind in RUN_KINDS.values()} == set(Run.__subclasses__())


def test_the_lookup_of_waiting_runs_names_every_kind_with_its_table() -> None:
    named = re.findall(r"'(\w+)'\s+FROM (contacts_\w+)", LOOKUPS.read_text())
    assert dict(named) == {name: kind.model._meta.db_table for name, kind in RUN_KINDS.items()}
