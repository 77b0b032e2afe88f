"""Batches of an import: the rows that one transaction writes, and the SQL that selects them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from kernel.distribution.shards import on_shards
from kernel.sql import fetch

# By primary key. The addition prevents the use of the index by number, through which each batch would read the whole
# file; new rows have no statistics yet from which the planner could tell.
BATCH_ROWS = "r.team_id = $team AND r.run_id + 0 = $run AND r.id > $after AND r.id <= $to"


@dataclass(frozen=True)
class ImportBatch:
    """The next rows of an import, and the parameters of its SQL statements."""

    run: Import
    options: ImportOptions
    to: int  # ID of the last row
    rows: int

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "team": self.run.team_id, "run": self.run.id, "after": self.run.reached, "to": self.to,
            "now": timezone.now(), "add_to": self.options.add_to,
        }  # fmt: skip


def run_logged(statement: str, batch: ImportBatch, *more: str) -> int:
    """Run statements that log their changes; returns how many rows the last statement wrote."""
    for sql in (statement, *more):
        ((written,),) = fetch(on_shards(sql), **batch.parameters)
    return int(written)
