"""Results of attempts: the record of each attempt, the next state of its delivery, and the pause of its endpoint."""

from datetime import datetime

from django.utils import timezone

from webhooks.activation import deactivate
from webhooks.http_post import PostResult
from webhooks.models import Attempt, Delivery, DeliveryState, Endpoint
from webhooks.retry_times import GIVE_UP, endpoint_pause, retry_wait

MAX_FAILURES = 1000  # the count stops here; the pause stays the same


def record_attempt(delivery: Delivery, at: datetime, result: PostResult, signature: str) -> None:
    # A receiver may quote the event in its response, which must not outlive an erasure.
    body = "" if delivery.event.erased else result.body
    Attempt(
        team_id=delivery.team_id,
        delivery_id=delivery.id,
        at=at,
        status=result.status,
        error=result.error[:200],
        response_body=body,
        duration=result.duration,
        signature=signature,
    ).save()


def update_pause(endpoint: Endpoint, result: PostResult) -> None:
    """Pause an endpoint that does not respond, longer each time. Any response ends the pause."""
    failures = min(endpoint.failures + 1, MAX_FAILURES) if result.unavailable else 0
    if failures != endpoint.failures:
        pause = endpoint_pause(failures)
        endpoint.update(failures=failures, paused_until=timezone.now() + pause if pause else None)


def settle_failure(endpoint: Endpoint, delivery: Delivery, result: PostResult) -> None:
    """Retry later, or turn the endpoint off: after 410 Gone, or after three days of failed attempts."""
    now, outcome = timezone.now(), result.outcome[:200]
    if result.gone or now >= (delivery.first_attempt_at or now) + GIVE_UP:
        delivery.update(state=DeliveryState.FAILED, outcome=outcome, due_at=None)
        cause = "it responded 410 Gone" if result.gone else "an event could not be delivered for three days"
        reason = f"Turned off because {cause}. Last attempt: {result.outcome}"
        deactivate(endpoint, reason, send_email=True)
        return
    due_at = now + retry_wait(delivery.attempt_count)
    delivery.update(state=DeliveryState.WAITING, outcome=outcome, due_at=due_at)
