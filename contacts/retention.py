"""Retention: what imports, vendor lists, bulk actions and API calls leave is deleted after a time, in batches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from api import idempotency
from contacts.imports.models import Import, RefusedRow
from contacts.runs.models import ENDED, RunState
from contacts.vendor_lists.models import VendorListImport, VendorListRemark
from kernel.tenancy import scope

UNCONFIRMED_LIFETIME = timedelta(hours=24)  # of an uploaded file that waits for confirmation
REMARKS_LIFETIME = timedelta(
    days=90
)  # of refused rows and remarks on vendor lists, after the end of their run
BATCH_SIZE = 2000  # rows of one transaction
UNCONFIRMED = (RunState.DRAFT, RunState.CHECKED)
NOT_CONFIRMED = "Nobody confirmed it within a day."


def delete_expired(team_id: int, now: datetime) -> None:
    """Apply every rule to a team, one batch per transaction, until a rule finds no more."""
    for rule in RULES:
        while True:
            with scope(team_id):
                if rule(team_id, now) < BATCH_SIZE:
                    break


def cancel_unconfirmed(team_id: int, now: datetime) -> int:
    """Cancel imports and vendor lists that nobody confirmed, which deletes their files. A worker's runs are left."""
    models: tuple[Any, ...] = (Import, VendorListImport)
    for model in models:
        old = model.objects.filter(
            team_id=team_id, state__in=UNCONFIRMED, created_at__lt=now - UNCONFIRMED_LIFETIME
        )
        for run in old.select_for_update(skip_locked=True):
            run.end(RunState.CANCELLED, NOT_CONFIRMED)
            run.save()
    return 0


def delete_remarks(team_id: int, now: datetime) -> int:
    """Delete the refused rows and remarks of runs that ended long ago."""
    deleted = 0
    models: tuple[Any, ...] = (RefusedRow, VendorListRemark)
    for model in models:
        old = model.objects.filter(team_id=team_id, run__ended_at__lt=now - REMARKS_LIFETIME)
        ids = list(old.order_by("id").values_list("id", flat=True)[:BATCH_SIZE])
        model.objects.filter(team_id=team_id, id__in=ids).delete()
        deleted = max(deleted, len(ids))
    return deleted


def clear_samples(team_id: int, now: datetime) -> int:
    """Clear the samples of ended imports, which only the choice of columns shows."""
    ended = Import.objects.filter(team_id=team_id, state__in=ENDED).exclude(samples=[])
    ids = list(ended.order_by("id").values_list("id", flat=True)[:BATCH_SIZE])
    return Import.objects.filter(team_id=team_id, id__in=ids).update(samples=[])


# Each applies to one team in its scope, and returns how many rows it found, at most BATCH_SIZE.
RULES: list[Callable[[int, datetime], int]] = [
    cancel_unconfirmed, delete_remarks, clear_samples, idempotency.delete_expired,
]  # fmt: skip
