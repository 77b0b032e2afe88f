"""Wake-ups for workers: conversations with a queued text in batches, and pending opt-ins, published to Celery.

A lost wake-up loses nothing: the rows are the queue, and a periodic sweep finds those that are due.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.background import BatchQueue
from kernel.cache import cache
from messaging.undo.window import UNDO_WINDOW

log = logging.getLogger(__name__)

LATER = UNDO_WINDOW.total_seconds()
KEPT_FOR = 600  # seconds in the broker
BUSY = 500  # tasks that wait for the workers of texts


def wake_on_commit(team_id: int, conversation_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, conversation_id))


def wake(team_id: int, conversation_id: int) -> None:
    """Let a worker deliver in this conversation, within a tenth of a second. Does not wait and does not fail."""
    wake_queue.put((team_id, conversation_id))


def workers_are_busy() -> bool:
    """Whether so many tasks wait that a sweep would only add further ones for the same texts."""
    return bool(cache.on_server(lambda server: server.llen("celery") >= BUSY, otherwise=False))


def wake_later_on_commit(team_id: int, conversation_id: int) -> None:
    """Let a worker deliver once the undo window of a text has ended. Without it, the sweep would be a little late."""
    transaction.on_commit(lambda: later_queue.put((team_id, conversation_id)))


def _publish(conversations: list[tuple[int, int]], countdown: float | None = None) -> None:
    # Publishing costs half as much as a webhook; a batch has several texts only under load.
    try:
        current_app.send_task(
            "messaging.tasks.deliver_batch", (conversations,), countdown=countdown, expires=KEPT_FOR
        )
    except OperationalError as error:
        log.warning("wake-up not published for conversations %s (team, id): %s", conversations, error)


wake_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
later_queue: BatchQueue[tuple[int, int]] = BatchQueue(lambda found: _publish(found, LATER))


def wake_opt_in_check(team_id: int, id: int) -> None:
    """Let a worker check this pending opt-in. Does not wait and does not fail."""
    opt_in_queue.put((team_id, id))


def _publish_opt_ins(pending: list[tuple[int, int]]) -> None:
    try:
        for row in pending:
            current_app.send_task("messaging.tasks.check_opt_in", row, expires=60)
    except OperationalError as error:
        log.warning("wake-up not published for pending opt-ins %s (team, id): %s", pending, error)


opt_in_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish_opt_ins)
