"""Celery tasks of webhooks. Their own worker runs them, so that no text waits for a slow endpoint."""

from celery import shared_task

from webhooks import delivery
from webhooks.retention import delete_old_events


@shared_task
def deliver_webhooks(team_id: int, endpoint_id: int) -> None:
    delivery.deliver(team_id, endpoint_id)


@shared_task
def sweep_webhooks() -> None:
    delivery.sweep()


@shared_task
def purge_old_events() -> None:
    delete_old_events()
