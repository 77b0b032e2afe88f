"""What Celery does: wake, sweep and fetch. Each task carries its team and opens its own scopes."""

import logging

from celery import shared_task

from accounts import scope_lookups
from accounts.models import Inbox
from kernel.tenancy import scope
from messaging import idempotency, inbound, outbound
from messaging.carriers.base import SendError
from messaging.scope_lookups import conversations_due

log = logging.getLogger(__name__)

SWEEP_BATCH = 500


@shared_task
def deliver(team_id: int, conversation_id: int) -> None:
    outbound.deliver(team_id, conversation_id)


@shared_task
def deliver_batch(conversations: list[tuple[int, int]]) -> None:
    """Deliver in several (team, conversation), named in the same moment: all but one as tasks, since it may be slow."""
    first, *others = conversations
    for team_id, conversation_id in others:
        deliver.apply_async((team_id, conversation_id), expires=60)
    outbound.deliver(*first)


@shared_task
def sweep() -> None:
    """Wake for every conversation in which a text is due: after an outage, a retry's wait, or a killed worker."""
    for found in conversations_due(SWEEP_BATCH):
        outbound.wake(found.team_id, found.id)


@shared_task
def fetch_missed_texts() -> None:
    """Start one fetch for every inbox of every team."""
    for team_id in scope_lookups.team_ids_by_slug().values():
        for inbox_id in _inbox_ids(team_id):
            fetch_missed.delay(team_id, inbox_id)


@shared_task(expires=300)
def fetch_missed(team_id: int, inbox_id: int) -> None:
    try:
        inbound.fetch_missed(team_id, inbox_id)
    except SendError as error:
        log.warning("what inbox %s of team %s received could not be fetched: %s", inbox_id, team_id, error)


@shared_task(expires=3600)
def delete_expired_idempotency_keys() -> None:
    """What programs were answered is kept for a day."""
    for team_id in scope_lookups.team_ids_by_slug().values():
        with scope(team_id):
            idempotency.delete_expired(team_id)


def _inbox_ids(team_id: int) -> list[int]:
    with scope(team_id):
        return list(Inbox.objects.filter(team_id=team_id).values_list("id", flat=True))
