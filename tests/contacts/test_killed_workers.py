"""Runs whose worker is killed: a poisoned run fails, an unlucky one continues, and other teams' runs get their turn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Member, Team
from contacts.imports import checking, upload
from contacts.imports.models import Import
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.tenancy import scope
from tests.cast import Cast

FILE = b"Phone\n" + b"".join(b"415555%04d\n" % line for line in range(9))


class WorkerKilled(BaseException):
    """What ends a worker without a chance to record it."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "BATCH_SIZE", 3)


def run_of(team: Team, member: Member) -> Import:
    with scope(team.id):
        run = upload.create_from_upload(team, SimpleUploadedFile("people.csv", FILE), member)
        run.start_check(run.columns, run.options)
    return run


def after_silence(run: Import) -> Import:
    """The run as the sweep finds it."""
    with scope(run.team_id):
        rows = Import.objects.filter(team_id=run.team_id, id=run.id)
        rows.update(alive_at=timezone.now() - timedelta(minutes=1))
        return rows.get()


def killed_in(batch: int, monkeypatch: pytest.MonkeyPatch, run: Import) -> None:
    """A worker takes the run and is killed in this batch, counted from its own first."""
    calls = iter(range(1, batch))
    check: Callable[[Any, Any], None] = checking.check_batch

    def check_or_die(run: Any, reader: Any) -> None:
        if next(calls, None) is None:
            raise WorkerKilled
        check(run, reader)

    with monkeypatch.context() as patch:
        patch.setattr("contacts.imports.operation.check_batch", check_or_die)
        with pytest.raises(WorkerKilled):
            worker.advance(run.team_id, run.id, "import")


def test_a_run_that_kills_two_workers_in_one_batch_has_failed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(cast.northside, cast.admin)
    killed_in(2, monkeypatch, run)
    assert after_silence(run).state == RunState.CHECKING
    killed_in(1, monkeypatch, run)
    assert after_silence(run).state == RunState.CHECKING
    worker.advance(run.team_id, run.id, "import")
    run = after_silence(run)
    assert (run.state, run.lines) == (RunState.FAILED, 4)
    assert run.sentence.startswith("Its worker was killed twice in the same place")


def test_workers_that_are_killed_in_different_batches_do_no_harm(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(cast.northside, cast.admin)
    for _ in range(3):
        killed_in(2, monkeypatch, run)
        after_silence(run)
    worker.advance(run.team_id, run.id, "import")
    run = after_silence(run)
    assert (run.state, run.counts["read"], run.interrupted) == (RunState.CHECKED, 9, 0)


def test_a_failure_that_its_worker_records_is_no_kill(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(cast.northside, cast.admin)

    def broken(run: Any, reader: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("contacts.imports.operation.check_batch", broken)
        for _ in range(worker.MAX_KILLED):
            worker.advance(run.team_id, run.id, "import")
            after_silence(run)
    worker.advance(run.team_id, run.id, "import")
    assert after_silence(run).state == RunState.CHECKED


def test_a_long_run_gives_way_to_a_run_of_another_team(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "TURN", -1.0)
    sent: list[tuple[int, int, str]] = []
    monkeypatch.setattr(worker, "send", lambda *run: sent.append(run))
    long = run_of(cast.northside, cast.admin)
    other = run_of(cast.harbor, cast.outsider)
    worker.advance(long.team_id, long.id, "import")
    with scope(long.team_id):
        row = Import.objects.get(team_id=long.team_id, id=long.id)
    assert (row.lines, row.state, row.alive_at) == (4, RunState.CHECKING, None)
    assert sent == [(long.team_id, long.id, "import")]
    with scope(other.team_id):
        Import.objects.filter(team_id=other.team_id).update(state=RunState.CANCELLED)
    worker.advance(long.team_id, long.id, "import")
    assert after_silence(long).state == RunState.CHECKED
