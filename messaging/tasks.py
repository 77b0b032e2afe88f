"""Celery tasks: delivery, missed texts, checks of opt-ins, and sweeps. Each task opens the scopes of its team."""

import logging

from celery import shared_task

from accounts.models import Inbox
from accounts.scope_lookups import team_ids_by_slug
from kernel.tenancy import scope
from messaging import due_reviews, idempotency, missed_texts, opt_in_checks, outbound
from messaging.broadcasts import reconciliation
from messaging.broadcasts import worker as broadcasts
from messaging.carriers.base import SendError
from messaging.line_types import lookups
from messaging.media import fetching
from messaging.notifications import telling
from messaging.opt_out_pushes import pushing
from messaging.retention import operation as retention
from messaging.scheduling import schedule
from messaging.scope_lookups import (
    attachments_due,
    conversations_due,
    inboxes_with_lookups,
    members_to_tell,
    members_with_unseen_events,
    opt_ins_due,
    opt_out_pushes_due,
    retention_due,
    scheduled_texts_to_tell,
    teams_to_index,
)
from messaging.search.indexing import index_team
from messaging.snoozing import snooze
from messaging.worker_wakeups import KEPT_FOR, wake, workers_are_busy

log = logging.getLogger(__name__)

SWEEP_BATCH = 500
INDEX_BATCHES = 20  # of one team at a time, so that a long history does not delay other teams' texts


@shared_task
def deliver(team_id: int, conversation_id: int) -> None:
    outbound.deliver(team_id, conversation_id)


@shared_task
def deliver_batch(conversations: list[tuple[int, int]]) -> None:
    """Deliver in several conversations (team, ID): one here, the others in tasks, since a carrier may be slow."""
    first, *others = conversations
    for team_id, conversation_id in others:
        deliver.apply_async((team_id, conversation_id), expires=KEPT_FOR)
    outbound.deliver(*first)


@shared_task
def sweep() -> None:
    """Wake the workers for every conversation with a due text: after an outage, a retry's wait, or a killed worker."""
    if workers_are_busy():
        return
    for conversation in conversations_due(SWEEP_BATCH):
        wake(conversation.team_id, conversation.id)


@shared_task
def sweep_broadcasts() -> None:
    broadcasts.sweep()


@shared_task
def work_on_broadcast(team_id: int, broadcast_id: int) -> None:
    broadcasts.work_on_broadcast(team_id, broadcast_id)


@shared_task
def work_on_lane(team_id: int, lane_id: int) -> None:
    broadcasts.work_on_lane(team_id, lane_id)


@shared_task
def reconcile_broadcast(team_id: int, broadcast_id: int) -> None:
    reconciliation.reconcile(team_id, broadcast_id)


@shared_task
def sweep_line_types() -> None:
    """Start a batch of lookups for every inbox with numbers that wait."""
    for inbox in inboxes_with_lookups(SWEEP_BATCH):
        look_up_line_types.apply_async((inbox.team_id, inbox.id), expires=60)


@shared_task
def look_up_line_types(team_id: int, inbox_id: int) -> None:
    lookups.look_up_batch(team_id, inbox_id)


@shared_task
def push_due_opt_outs() -> None:
    """Start a round for every inbox that pushes its opt-outs and is due."""
    for inbox in opt_out_pushes_due(SWEEP_BATCH):
        push_opt_outs.apply_async((inbox.team_id, inbox.id), expires=60)


@shared_task
def push_opt_outs(team_id: int, inbox_id: int) -> None:
    pushing.push_round(team_id, inbox_id)


@shared_task
def work_on_attachment(team_id: int, attachment_id: int) -> None:
    fetching.work_on(team_id, attachment_id)


@shared_task
def sweep_attachments() -> None:
    """Work on every attachment that is due: after a lost wake-up, a retry's wait, or a killed worker."""
    for attachment in attachments_due(SWEEP_BATCH):
        work_on_attachment.apply_async((attachment.team_id, attachment.id), expires=60)


@shared_task
def check_opt_in(team_id: int, id: int) -> None:
    opt_in_checks.check(team_id, id)


@shared_task
def check_due_opt_ins() -> None:
    """Start a check of every pending opt-in that is due: after a lost wake-up, or a carrier's outage."""
    if workers_are_busy():
        return
    for pending in opt_ins_due(SWEEP_BATCH):
        check_opt_in.apply_async((pending.team_id, pending.id), expires=60)


@shared_task
def send_scheduled_texts() -> None:
    schedule.send_due()


@shared_task
def wake_snoozed_conversations() -> None:
    snooze.wake_ended()


@shared_task
def lapse_due_holds() -> None:
    due_reviews.lapse_due()


@shared_task
def remind_of_due_holds() -> None:
    due_reviews.remind()


@shared_task
def tell_members() -> None:
    """Tell of scheduled texts that are not sent, and look for what is new to the members who have chosen to be told."""
    for text in scheduled_texts_to_tell(SWEEP_BATCH):
        telling.tell_not_sent(text.team_id, text.id)
    for member in members_to_tell(SWEEP_BATCH):
        tell_member.apply_async((member.team_id, member.id), expires=60)


@shared_task
def tell_member(team_id: int, member_id: int) -> None:
    telling.tell(team_id, member_id)


@shared_task
def send_unseen_emails() -> None:
    for member in members_with_unseen_events(SWEEP_BATCH):
        telling.send_unseen(member.team_id, member.id)


@shared_task
def fetch_missed_texts() -> None:
    """Start one fetch for every inbox of every team."""
    for team_id in team_ids_by_slug().values():
        for inbox_id in _inbox_ids(team_id):
            fetch_missed.delay(team_id, inbox_id)


@shared_task(expires=300)
def fetch_missed(team_id: int, inbox_id: int) -> None:
    try:
        missed_texts.fetch_missed(team_id, inbox_id)
    except SendError as error:
        log.warning("fetching missed texts of inbox %s of team %s failed: %s", inbox_id, team_id, error)


@shared_task(expires=3600)
def delete_expired_idempotency_keys() -> None:
    for team_id in team_ids_by_slug().values():
        with scope(team_id):
            idempotency.delete_expired(team_id)


@shared_task
def index_texts() -> None:
    """Index the texts of every team that has some which the search does not find yet."""
    for team_id in teams_to_index():
        index_team(team_id, INDEX_BATCHES)


@shared_task
def start_retention() -> None:
    for team_id in retention_due():
        retain.apply_async((team_id,), expires=60)


@shared_task
def retain(team_id: int) -> None:
    """Work on a team's retention run for a turn; the rest waits behind the tasks that came since."""
    if retention.retain(team_id):
        retain.apply_async((team_id,), expires=60)


def _inbox_ids(team_id: int) -> list[int]:
    with scope(team_id):
        return list(Inbox.objects.present().filter(team_id=team_id).values_list("id", flat=True))
