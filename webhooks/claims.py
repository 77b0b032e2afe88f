"""Claims of deliveries: the right to make one attempt, taken and settled under the endpoint's row lock.

A claim that is never settled, because its worker died, lapses, and the delivery is attempted again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kernel import change_tokens
from kernel.sql import fetch
from kernel.tenancy import scope
from webhooks.activation import lock_endpoint
from webhooks.attempts import record_attempt, settle_failure, update_pause
from webhooks.disabled_email import send_due_email
from webhooks.erasure import strip_delivered_event
from webhooks.http_post import POST_DEADLINE, PostResult
from webhooks.models import CONSENT_TYPES, Delivery, DeliveryState, Endpoint, WebhookEvent
from webhooks.retry_times import GIVE_UP

# A POST must begin within START_WITHIN of its claim and ends POST_DEADLINE seconds later at the latest. So when a
# claim has lapsed, nobody is still sending the event.
START_WITHIN = timedelta(seconds=10)
CLAIM_LIFETIME = START_WITHIN + timedelta(seconds=POST_DEADLINE)
# Concurrent POSTs to one endpoint, each about another number. Only one while the endpoint does not respond.
CONCURRENT_POSTS = 4

# A due delivery whose number has no older open delivery. SKIP LOCKED passes over a delivery that is being erased; the
# event is read after this statement, so that erased content is not sent.
NEXT = """
    SELECT d.id FROM webhooks_delivery d
    WHERE d.team_id = $1 AND d.endpoint_id = $2 AND d.state = 'waiting' AND d.due_at <= $3
    AND (d.number = '' OR NOT EXISTS (
        SELECT FROM webhooks_delivery o WHERE o.team_id = $1 AND o.endpoint_id = $2 AND o.number = d.number
        AND o.id < d.id AND o.state IN ('waiting', 'sending')))
    ORDER BY {order} LIMIT 1 FOR NO KEY UPDATE OF d SKIP LOCKED
"""
LONGEST_DUE = NEXT.format(order="d.due_at, d.id")
# While the endpoint does not respond, always the same delivery. Otherwise each delivery of a backlog would get its
# first attempt, and none the last attempt after GIVE_UP.
OLDEST = NEXT.format(order="d.id")
# The oldest open delivery of a number with a due change of standing: often the text with which the person opted out.
URGENT = """
    SELECT d.id FROM webhooks_delivery u
    CROSS JOIN LATERAL (
        SELECT o.id FROM webhooks_delivery o WHERE o.team_id = $1 AND o.endpoint_id = $2 AND o.number = u.number
        AND o.state IN ('waiting', 'sending') ORDER BY o.id LIMIT 1) oldest
    JOIN webhooks_delivery d ON d.team_id = $1 AND d.id = oldest.id AND d.state = 'waiting' AND d.due_at <= $3
    WHERE u.team_id = $1 AND u.endpoint_id = $2 AND u.urgent AND u.state = 'waiting' AND u.due_at <= $3
    ORDER BY u.due_at, u.id LIMIT 1 FOR NO KEY UPDATE OF d SKIP LOCKED
"""


@dataclass(frozen=True)
class DeliveryClaim:
    """The right to make one attempt of a delivery now."""

    endpoint: Endpoint
    event: WebhookEvent
    delivery_id: int
    claimed_at: datetime

    @property
    def may_start(self) -> bool:
        """False if the worker was suspended since: others may have sent this event and later events."""
        return timezone.now() < self.claimed_at + START_WITHIN


def claim(team_id: int, endpoint_id: int) -> DeliveryClaim | None:
    """Release lapsed claims, then claim the next delivery, in a transaction of its own. None when none is due."""
    with scope(team_id):
        now = timezone.now()
        endpoint = lock_endpoint(team_id, endpoint_id)
        if endpoint is None or not endpoint.active or (endpoint.paused_until and endpoint.paused_until > now):
            return None
        sending = _release_lapsed_claims(endpoint, now)
        if not endpoint.active or sending >= (1 if endpoint.failures else CONCURRENT_POSTS):
            return None
        for statement in (OLDEST,) if endpoint.failures else (URGENT, LONGEST_DUE):
            if rows := fetch(statement, team_id, endpoint_id, now):
                return _claim(endpoint, rows[0][0], now)
        return None


def _release_lapsed_claims(endpoint: Endpoint, now: datetime) -> int:
    """Return deliveries with lapsed claims to the queue; the number of claims that remain.

    An attempt that kills its worker each time also ends after GIVE_UP.
    """
    claimed = Delivery.objects.select_for_update(no_key=True).filter(
        team_id=endpoint.team_id, endpoint_id=endpoint.id, state=DeliveryState.SENDING
    )
    remaining = 0
    for delivery in claimed.order_by("id"):
        if delivery.due_at and delivery.due_at > now:
            remaining += 1
            continue
        result = PostResult(None, "Heymarket was interrupted; the event may have arrived.")
        record_attempt(delivery, delivery.claimed_at or now, result, "")
        if now >= (delivery.first_attempt_at or now) + GIVE_UP:
            settle_failure(endpoint, delivery, result)
            break  # turning the endpoint off has parked the others
        delivery.update(state=DeliveryState.WAITING, due_at=now, outcome=result.outcome)
    return remaining


def _claim(endpoint: Endpoint, delivery_id: int, now: datetime) -> DeliveryClaim:
    delivery = Delivery.objects.select_related("event").get(team_id=endpoint.team_id, id=delivery_id)
    delivery.update(
        state=DeliveryState.SENDING,
        attempt_count=delivery.attempt_count + 1,
        first_attempt_at=delivery.first_attempt_at or now,
        claimed_at=now,
        due_at=now + CLAIM_LIFETIME,
    )
    return DeliveryClaim(endpoint, delivery.event, delivery_id, now)


def settle(claim: DeliveryClaim, result: PostResult, signature: str = "") -> None:
    """Record the result of an attempt. If the claim has lapsed or the number was erased, only record the attempt."""
    team_id = claim.endpoint.team_id
    with scope(team_id):
        endpoint = lock_endpoint(team_id, claim.endpoint.id)
        delivery = (
            Delivery.objects.select_for_update(no_key=True)
            .filter(team_id=team_id, id=claim.delivery_id)
            .first()
        )
        if endpoint is None or delivery is None:  # deleted during the attempt
            return
        record_attempt(delivery, claim.claimed_at, result, signature)
        update_pause(endpoint, result)
        if (delivery.state, delivery.claimed_at) != (DeliveryState.SENDING, claim.claimed_at):
            return
        # A number's page shows whether endpoints received the change.
        if delivery.event.type in CONSENT_TYPES:
            change_tokens.renew_on_commit(team_id)
        if result.succeeded:
            delivery.update(
                state=DeliveryState.DELIVERED, outcome="", due_at=None, delivered_at=timezone.now()
            )
            strip_delivered_event(delivery)
        else:
            settle_failure(endpoint, delivery, result)
    send_due_email(team_id, claim.endpoint.id)
