"""Tasks: none waits for ever in the broker while a worker is away, and old rows of accounts are deleted."""

import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts import tasks
from accounts.models import Invitation, Role
from devserver.addresses import ROOT
from heymarket.celery import app
from heymarket.health.signs_of_life import QUEUES
from kernel.tenancy import scope
from tests.cast import Cast
from tests.structure.source import PACKAGES, python_files

CALL = re.compile(r"\b(?:send_task|apply_async)\((?:[^()]|\([^()]*\))*\)")


def test_a_worker_starts_without_the_pages() -> None:
    """They would take a second of the start of each worker, and 50 MB."""
    code = "import sys; from heymarket.celery import app; app.loader.import_default_modules(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    loaded = done.stdout.split()
    assert "messaging.tasks" in loaded and "heymarket.urls" not in loaded, done.stderr


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_a_periodic_task_expires(name: str) -> None:
    entry: Any = settings.CELERY_BEAT_SCHEDULE[name]
    assert 0 < entry["options"]["expires"] <= 3600


@pytest.mark.parametrize("name", settings.CELERY_BEAT_SCHEDULE)
def test_no_periodic_task_waits_behind_the_delivery_of_texts(name: str) -> None:
    entry: Any = settings.CELERY_BEAT_SCHEDULE[name]
    queue = app.amqp.router.route(dict(entry["options"]), entry["task"])["queue"]
    assert (queue.exchange.name, queue.routing_key) == (queue.name, queue.name), "no other queue has it too"
    assert queue.name in QUEUES and queue.name != "celery"


def test_every_task_that_is_sent_expires() -> None:
    calls = [
        (path.name, call)
        for path in python_files(*PACKAGES).values()
        for call in CALL.findall(path.read_text())
    ]
    assert len(calls) > 5
    assert [call for call in calls if "expires=" not in call[1]] == []


def test_old_invitations_are_deleted(cast: Cast) -> None:
    now = timezone.now()
    kept = now - Invitation.LIFETIME - tasks.EXPIRED_SHOWN + timedelta(hours=1)
    for email, created_at in (
        ("kept@people.example", kept),
        ("gone@people.example", kept - timedelta(hours=2)),
    ):
        with scope(cast.northside.id):
            invitation = Invitation(team=cast.northside, email=email, role=Role.MEMBER, invited_by="Olivia")
            invitation.renew()
            invitation.created_at = created_at
            invitation.save()
    tasks.delete_expired_invitations()
    with scope(cast.northside.id):
        assert [row.email for row in Invitation.objects.filter(team=cast.northside)] == [
            "kept@people.example"
        ]
