"""What Celery does for webhooks to others: in a worker of their own, so that no text waits for a slow receiver."""

from celery import shared_task

from accounts.hooks import delivery, erasing


@shared_task
def deliver_hooks(team_id: int, endpoint_id: int) -> None:
    delivery.deliver(team_id, endpoint_id)


@shared_task
def sweep_hooks() -> None:
    delivery.sweep()


@shared_task
def forget_old_hooks() -> None:
    erasing.forget_old()
