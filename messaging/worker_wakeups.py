"""Wake-ups for the sending workers: the conversations with a queued text, published to Celery in batches.

A lost wake-up loses no text: the message rows are the queue, and a periodic sweep finds those that are due.
"""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.background import BatchQueue

log = logging.getLogger(__name__)


def wake_on_commit(team_id: int, conversation_id: int) -> None:
    transaction.on_commit(lambda: wake(team_id, conversation_id))


def wake(team_id: int, conversation_id: int) -> None:
    """Let a worker deliver in this conversation, within a tenth of a second. Does not wait and does not fail."""
    wake_queue.put((team_id, conversation_id))


def _publish(conversations: list[tuple[int, int]]) -> None:
    # Publishing costs half as much as a webhook; a batch has several texts only under load.
    try:
        current_app.send_task("messaging.tasks.deliver_batch", (conversations,), expires=60)
    except OperationalError as error:
        log.warning("wake-up not published for conversations %s (team, id): %s", conversations, error)


wake_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
