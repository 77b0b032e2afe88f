"""Deletion of a team that is due: it is closed to everybody in one transaction, then its rows go in batches.

A killed worker loses one batch. The next run goes on where rows are left, and ends when none are.
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.files.storage import storages
from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction
from accounts.audit.recording import AuditActor, record_action
from accounts.inbox_closing import delete_inbox
from accounts.models import Invitation, Team
from api.models import ApiKey
from kernel import change_tokens
from kernel.pacing import rest
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging.media.models import Attachment
from messaging.media.storage import delete_files
from optout.linked_teams.models import TeamLink
from optout.scope_lookups import unlink_teams
from portability.deletion.asking import target_of
from portability.deletion.remaining import deleted_models

BATCH = 2000  # rows deleted in one transaction
FILES = 100  # attachments, with their files
REST_RATIO = 0.5
SYSTEM = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))


def begin(team_id: int, now: datetime | None = None) -> None:
    """Close the team to everybody: pages, API keys, invitations, carrier webhooks and linked teams. Idempotent."""
    with scope(team_id):
        team = Team.objects.select_for_update(no_key=True).get(id=team_id)
        if team.deleted_at or not team.deletion_due_at:
            return
        team.deleted_at = now or timezone.now()
        # The name in addresses is free again.
        team.slug = f"deleted-{team_id}-{secrets.token_hex(4)}"
        team.root_email = team.root_email_confirmed = ""
        team.save(update_fields=["deleted_at", "slug", "root_email", "root_email_confirmed"])
        for inbox in team.inboxes.present().order_by("id"):
            delete_inbox(inbox, by=SYSTEM)
        ApiKey.objects.filter(team_id=team_id).delete()
        Invitation.objects.filter(team_id=team_id).delete()
        for link in TeamLink.objects.filter(team_id=team_id):
            unlink_teams(link.other_id)
        record_action(
            team_id, SYSTEM, AuditAction.TEAM_DELETION_BEGUN, target_of(team), asked_by=team.deletion_asked_by
        )
        change_tokens.renew_on_commit(team_id)


def erase(team_id: int, seconds: float) -> bool:
    """Delete rows and files of a team whose deletion has begun, for at most so long. Whether all are gone.

    Rows that were written meanwhile, by work that had begun before, go in the next pass.
    """
    ends = time.monotonic() + seconds
    while rows := _pass(team_id):
        for _ in rows:
            if time.monotonic() > ends:
                return False
    _finish(team_id)
    return True


def _pass(team_id: int) -> Iterator[int] | None:
    """The numbers of rows in the batches of one pass over all tables; None if there is nothing to delete."""
    batches = (deleted for model in deleted_models() for deleted in _paced(_batches(model, team_id)))
    first = next(batches, None)
    return None if first is None else chain([first], batches)


def _paced(batches: Iterator[int]) -> Iterator[int]:
    """Each batch, and then a rest."""
    began = time.monotonic()
    for deleted in batches:
        yield deleted
        rest(time.monotonic() - began, REST_RATIO)
        began = time.monotonic()


def _batches(model: Any, team_id: int) -> Iterator[int]:
    """Delete a table's rows in the order of their IDs: dead rows before them are not looked at again."""
    last, size = 0, FILES if model is Attachment else BATCH
    while True:
        if model is Attachment:
            _delete_files_after(team_id, last)
        with scope(team_id):
            ids = [id for (id,) in fetch(_DELETE.format(table=model._meta.db_table), team_id, last, size)]
        if not ids:
            return
        last = max(ids)
        yield len(ids)


def _delete_files_after(team_id: int, last: int) -> None:
    """The files of the next attachments, before their rows: a file without a row would never be found."""
    with scope(team_id):
        rows = Attachment.objects.filter(team_id=team_id, id__gt=last).order_by("id")
        attachments = list(rows[:FILES])
    for attachment in attachments:
        delete_files(attachment)


_DELETE = """
    DELETE FROM {table} WHERE team_id = $1 AND id = ANY(ARRAY(
        SELECT id FROM {table} WHERE team_id = $1 AND id > $2 ORDER BY id LIMIT $3)) RETURNING id
"""


def _finish(team_id: int) -> None:
    with suppress(OSError):  # a local storage's folder, unless something is in it that is not ours
        storages["media"].delete(f"{team_id}")
    with scope(team_id):
        team = Team.objects.select_for_update(no_key=True).get(id=team_id)
        if team.deletion_due_at is None:
            return
        team.deletion_due_at = None
        team.save(update_fields=["deletion_due_at"])
        record_action(team_id, SYSTEM, AuditAction.TEAM_DELETION_ENDED, target_of(team))
