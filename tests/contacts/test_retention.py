"""Retention: what nobody needs any more is deleted after its time, and not before."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.tasks import delete_expired_sessions
from contacts import retention
from contacts.imports import upload
from contacts.imports.models import Import, ImportChunk, ImportRow, RefusedRow
from contacts.runs.models import RunState
from contacts.tasks import delete_expired_rows
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope
from tests.cast import Cast
from tests.contacts.test_import_contacts import checked, draft, imported

FILE = "Phone Number,First Name\n4155550110,Ann\n12,Bob\n4155550111,Cleo\n"
A_DAY, LONG = timedelta(hours=24), timedelta(days=90)


@pytest.mark.parametrize("age", [A_DAY - timedelta(minutes=1), A_DAY + timedelta(minutes=1)])
def test_unconfirmed_files_are_deleted_after_a_day(cast: Cast, age: timedelta) -> None:
    runs = [draft(cast, FILE), checked(cast, FILE)]
    with scope(cast.northside.id):
        Import.objects.update(created_at=timezone.now() - age)
    delete_expired_rows()
    with scope(cast.northside.id):
        is_old = age > A_DAY
        states = [Import.objects.get(id=run.id).state for run in runs]
        assert states == ([RunState.CANCELLED] * 2 if is_old else [RunState.DRAFT, RunState.CHECKED])
        assert ImportChunk.objects.exists() is not is_old
        assert ImportRow.objects.exists() is not is_old


@pytest.mark.parametrize(("age", "left"), [(LONG - timedelta(days=1), 1), (LONG + timedelta(days=1), 0)])
def test_refused_rows_are_deleted_in_batches(
    cast: Cast, age: timedelta, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH_SIZE", 1)
    run = imported(cast, FILE)
    with scope(cast.northside.id):
        Import.objects.update(ended_at=timezone.now() - age)
    delete_expired_rows()
    with scope(cast.northside.id):
        assert RefusedRow.objects.filter(run_id=run.id).count() == left
        assert Import.objects.get(id=run.id).samples == []


def test_a_team_has_a_quota_of_files_that_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another team's files do not count, nor do those of ended imports."""
    monkeypatch.setattr(upload, "MAX_STORED", 2 * len(FILE))
    imported(cast, FILE)
    first = draft(cast, FILE)
    draft(cast, FILE)
    with pytest.raises(NotATable, match="wait for confirmation"):
        draft(cast, FILE)
    with scope(cast.northside.id):
        first.cancel()
    draft(cast, FILE)


def test_expired_sessions_are_deleted(cast: Cast) -> None:
    now: Any = timezone.now()
    Session.objects.create(session_key="old", session_data="", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=now + timedelta(minutes=1))
    delete_expired_sessions()
    assert [session.session_key for session in Session.objects.all()] == ["new"]
