"""Retention: old events are deleted with their deliveries and attempts."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.scope_lookups import team_ids_by_slug
from kernel.tenancy import scope
from webhooks.models import CONSENT_TYPES, WebhookEvent

LIFETIME = timedelta(days=30)
CONSENT_LIFETIME = timedelta(days=365)  # the proof that a system was notified of an opt-out, and when
BATCH_SIZE = 5000


def delete_old_events() -> None:
    """Delete the old events of every team, one batch per transaction."""
    for team_id in team_ids_by_slug().values():
        while _delete_batch(team_id, timezone.now()) == BATCH_SIZE:
            pass


def _delete_batch(team_id: int, now: datetime) -> int:
    """The database deletes deliveries and attempts with their event, even deliveries that wait for an endpoint."""
    old = Q(created_at__lt=now - LIFETIME) & ~Q(type__in=CONSENT_TYPES)
    old |= Q(created_at__lt=now - CONSENT_LIFETIME)
    with scope(team_id):
        events = WebhookEvent.objects.filter(team_id=team_id)
        ids = list(events.filter(old).order_by("id").values_list("id", flat=True)[:BATCH_SIZE])
        events.filter(id__in=ids).delete()
    return len(ids)
