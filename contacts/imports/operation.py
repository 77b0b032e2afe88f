"""One batch of an import: rows are checked or written, depending on the state of the run."""

from typing import Any

from contacts.imports.checking import check_batch
from contacts.imports.models import Import
from contacts.imports.writing import write_batch
from contacts.runs.models import RunState


def run_batch(run: Import, reader: Any) -> None:
    if run.state == RunState.CHECKING:
        check_batch(run, reader)
    else:
        write_batch(run)
