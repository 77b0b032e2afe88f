"""Wake-ups for the workers that fetch and delete attachments. A lost one loses nothing: a sweep finds the rows."""

import logging
from collections.abc import Sequence

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from kernel.background import BatchQueue

log = logging.getLogger(__name__)


def wake_media_on_commit(team_id: int, attachment_ids: Sequence[int]) -> None:
    """Let workers look at these attachments after the transaction. Does not wait and does not fail."""
    if attachment_ids:
        transaction.on_commit(lambda: wake_media(team_id, attachment_ids))


def wake_media(team_id: int, attachment_ids: Sequence[int]) -> None:
    for id in attachment_ids:
        media_queue.put((team_id, id))


def _publish(attachments: list[tuple[int, int]]) -> None:
    try:
        for attachment in attachments:
            current_app.send_task("messaging.tasks.work_on_attachment", attachment, expires=60)
    except OperationalError as error:
        log.warning("wake-up not published for attachments %s (team, id): %s", attachments, error)


media_queue: BatchQueue[tuple[int, int]] = BatchQueue(_publish)
