"""Kinds of runs: the model of each kind and the operation that works on it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from contacts.bulk import operation as bulk_operation
from contacts.bulk.models import BulkActionRun
from contacts.custom_fields import deletion
from contacts.custom_fields.models import FieldDeletion
from contacts.imports import checking
from contacts.imports import operation as import_operation
from contacts.imports.models import Import
from contacts.imports.undo import operation as undo_operation
from contacts.imports.undo.models import ImportUndo
from contacts.runs.models import Run
from contacts.suppression_lists import operation as suppression_list_operation
from contacts.suppression_lists.models import SuppressionListImport
from contacts.vendor_lists import operation as vendor_list_operation
from contacts.vendor_lists import reader
from contacts.vendor_lists.models import VendorListImport


@dataclass(frozen=True)
class RunKind:
    """The model and the operation of one kind of run.

    `open(run)` is a context manager, entered outside a scope. A worker keeps its value (an open file at the run's
    position, or None) between batches. `run_batch(run, opened)` does one batch inside the scope: it moves
    `position`, counts, and calls `run.end()` after the last batch.
    """

    model: type[Run]
    run_batch: Callable[[Any, Any], None]
    open: Callable[[Any], AbstractContextManager[Any]] = nullcontext


def _without_file(run_batch: Callable[[Any], None]) -> Callable[[Any, Any], None]:
    return lambda run, _: run_batch(run)


# By the word that names the kind in Celery messages and in contacts/scope_lookups.sql.
RUN_KINDS = {
    kind.model.kind: kind
    for kind in (
        RunKind(Import, import_operation.run_batch, checking.open_file),
        RunKind(ImportUndo, _without_file(undo_operation.run_batch)),
        RunKind(BulkActionRun, _without_file(bulk_operation.run_batch)),
        RunKind(VendorListImport, vendor_list_operation.run_batch, reader.open_list),
        RunKind(
            SuppressionListImport,
            suppression_list_operation.run_batch,
            suppression_list_operation.open_numbers,
        ),
        RunKind(FieldDeletion, _without_file(deletion.run_batch)),
    )
}
