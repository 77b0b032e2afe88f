"""An event reaches an endpoint: its delivery is claimed, posted outside any transaction, and settled.

    record -> waiting -> claim -> post -> settle -> delivered, or waiting for the next try

At least once: a worker that dies between claim and settle leaves a claim that lapses, and the event is sent again under
the same id. In order for each number: while an older delivery of it is open, younger ones wait.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kernel import change_tokens
from kernel.encryption import Undecipherable
from kernel.sql import fetch
from kernel.tenancy import scope
from webhooks import activation, disabled_email, erasure, outbox, signing
from webhooks.activation import lock_endpoint
from webhooks.http_post import POST_DEADLINE, PostResult, post
from webhooks.models import CONSENT_TYPES, Attempt, Delivery, DeliveryState, Endpoint, WebhookEvent
from webhooks.scope_lookups import endpoints_due

# Waits before the next try; then hourly, until a try fails that began GIVE_UP after the first one.
RETRY_AFTER = [timedelta(seconds=s) for s in (5, 30, 120, 600, 1800)]
RETRY_HOURLY = timedelta(hours=1)
GIVE_UP = timedelta(days=3)
# How long an endpoint where nobody answers is left in peace, by how often that was so in a row.
PAUSES = [timedelta(seconds=s) for s in (5, 30, 120, 600)]
# A post that did not begin by then is left, and one that did is over after WHOLE seconds more: when a claim has lapsed,
# nobody is sending it any more.
START_WITHIN = timedelta(seconds=10)
CLAIM_HOLDS = START_WITHIN + timedelta(seconds=POST_DEADLINE)
# Posts to one endpoint at a time, each of another number; one alone while nobody answers there.
CONCURRENT_POSTS = 4
# After so many seconds others have their turn.
TURN_SECONDS = 10.0
SWEPT_AT_ONCE = 500

# One that is due and has no open one of its number before it. One that somebody holds, to erase it, is passed over,
# and what it says is read after this: what was erased by then is not sent.
NEXT = """
    SELECT d.id FROM webhooks_delivery d
    WHERE d.team_id = $1 AND d.endpoint_id = $2 AND d.state = 'waiting' AND d.due_at <= $3
    AND (d.number = '' OR NOT EXISTS (
        SELECT FROM webhooks_delivery o WHERE o.team_id = $1 AND o.endpoint_id = $2 AND o.number = d.number
        AND o.id < d.id AND o.state IN ('waiting', 'sending')))
    ORDER BY {first} LIMIT 1 FOR NO KEY UPDATE OF d SKIP LOCKED
"""
LONGEST_DUE = NEXT.format(first="d.due_at, d.id")
# Of a backlog always the same one, where nobody answers: else each had its first try, and none ever its last.
OLDEST = NEXT.format(first="d.id")


@dataclass(frozen=True)
class DeliveryClaim:
    """The right to make one try of a delivery, now."""

    endpoint: Endpoint
    event: WebhookEvent
    delivery_id: int
    claimed_at: datetime


def sweep() -> None:
    """Wake for every endpoint with something due: after an outage, a wait, or a killed worker."""
    for found in endpoints_due(timezone.now(), SWEPT_AT_ONCE):
        outbox.wake(found.team_id, found.id)


def deliver(team_id: int, endpoint_id: int) -> None:
    """Post what is due to an endpoint, for a turn. Harmless to call twice, and by several workers at once."""
    disabled_email.send_due_email(team_id, endpoint_id)
    began = time.monotonic()
    while found := claim(team_id, endpoint_id):
        if (
            timezone.now() < found.claimed_at + START_WITHIN
        ):  # else this worker was asleep, and the claim lapses
            settle(found, *send(found))
        if time.monotonic() - began > TURN_SECONDS:
            outbox.wake(team_id, endpoint_id)
            return


# -- claim -------------------------------------------------------------------------------------------------------


def claim(team_id: int, endpoint_id: int) -> DeliveryClaim | None:
    """Claim the next delivery, under the endpoint's row lock and in its own transaction; None when none is due.

    Claims that were left behind are given back first.
    """
    with scope(team_id):
        now = timezone.now()
        endpoint = lock_endpoint(team_id, endpoint_id)
        if endpoint is None or not endpoint.active or (endpoint.paused_until and endpoint.paused_until > now):
            return None
        under_way = _recover(endpoint, now)
        if not endpoint.active or under_way >= (1 if endpoint.failures else CONCURRENT_POSTS):
            return None
        rows = fetch(OLDEST if endpoint.failures else LONGEST_DUE, team_id, endpoint_id, now)
        return _claim(endpoint, rows[0][0], now) if rows else None


def _recover(endpoint: Endpoint, now: datetime) -> int:
    """Give back the claims that have lapsed; how many are left. Also a try that kills its worker is once the last."""
    sending = Delivery.objects.select_for_update(no_key=True).filter(
        team_id=endpoint.team_id, endpoint_id=endpoint.id, state=DeliveryState.SENDING
    )
    left = 0
    for delivery in sending.order_by("id"):
        if delivery.due_at and delivery.due_at > now:
            left += 1
            continue
        answer = PostResult(None, "Heymarket was interrupted here; the event may have arrived.")
        _note(delivery, delivery.claimed_at or now, answer, "")
        if now >= (delivery.first_attempt_at or now) + GIVE_UP:
            _failed(endpoint, delivery, answer)
            break  # all the others were parked with it
        _save(delivery, state=DeliveryState.WAITING, due_at=now, outcome=answer.outcome)
    return left


def _claim(endpoint: Endpoint, delivery_id: int, now: datetime) -> DeliveryClaim:
    delivery = Delivery.objects.select_related("event").get(team_id=endpoint.team_id, id=delivery_id)
    _save(
        delivery,
        state=DeliveryState.SENDING,
        attempt_count=delivery.attempt_count + 1,
        first_attempt_at=delivery.first_attempt_at or now,
        claimed_at=now,
        due_at=now + CLAIM_HOLDS,
    )
    return DeliveryClaim(endpoint, delivery.event, delivery_id, now)


# -- post --------------------------------------------------------------------------------------------------------


def send(claim: DeliveryClaim) -> tuple[PostResult, str]:
    """Post it, signed, outside any transaction; the answer, and the signature that went along."""
    now, content = claim.claimed_at, signing.event_body(claim.event)
    try:
        headers = signing.signed_headers(claim.event, content, claim.endpoint.secrets_in_force(now), now)
    except Undecipherable:
        sentence = "Its secret cannot be read: ENCRYPTION_KEYS no longer lists the key it was saved with."
        return PostResult(None, sentence), ""
    return post(claim.endpoint.url, headers, content), headers["webhook-signature"]


# -- settle ------------------------------------------------------------------------------------------------------


def settle(claim: DeliveryClaim, answer: PostResult, signature: str = "") -> None:
    """Record how a try ended. Where the claim has lapsed or the number was erased meanwhile, only the try is noted."""
    team_id = claim.endpoint.team_id
    with scope(team_id):
        endpoint = lock_endpoint(team_id, claim.endpoint.id)
        delivery = Delivery.objects.select_for_update().filter(team_id=team_id, id=claim.delivery_id).first()
        if endpoint is None or delivery is None:  # deleted meanwhile
            return
        _note(delivery, claim.claimed_at, answer, signature)
        _remember(endpoint, answer)
        if (delivery.state, delivery.claimed_at) != (DeliveryState.SENDING, claim.claimed_at):
            return
        if delivery.event.type in CONSENT_TYPES:  # a number's page says whether it was told
            change_tokens.renew_on_commit(team_id)
        if answer.good:
            _save(
                delivery, state=DeliveryState.DELIVERED, outcome="", due_at=None, delivered_at=timezone.now()
            )
            erasure.strip_delivered_event(delivery)
        else:
            _failed(endpoint, delivery, answer)
    disabled_email.send_due_email(team_id, claim.endpoint.id)


def _note(delivery: Delivery, at: datetime, answer: PostResult, signature: str) -> None:
    said = "" if delivery.event.erased else answer.text  # it may repeat what it was told
    Attempt(
        team_id=delivery.team_id, delivery_id=delivery.id, at=at, status=answer.status, error=answer.error[:200],
        response_body=said, duration=answer.duration, signature=signature,
    ).save()  # fmt: skip


def _remember(endpoint: Endpoint, answer: PostResult) -> None:
    """Leave an endpoint in peace where nobody answers, longer each time; one that answers gets everything again."""
    failures = min(endpoint.failures + 1, 1000) if answer.away else 0
    if failures != endpoint.failures:
        paused_until = timezone.now() + PAUSES[min(failures, len(PAUSES)) - 1] if failures else None
        _save(endpoint, failures=failures, paused_until=paused_until)


def _failed(endpoint: Endpoint, delivery: Delivery, answer: PostResult) -> None:
    now = timezone.now()
    if answer.gone or now >= (delivery.first_attempt_at or now) + GIVE_UP:
        _save(delivery, state=DeliveryState.FAILED, outcome=answer.outcome[:200], due_at=None)
        why = "it answered 410 Gone" if answer.gone else "an event could not be delivered for three days"
        activation.deactivate(
            endpoint, f"Switched off because {why}. The last try: {answer.outcome}", letter=True
        )
        return
    due_at = now + _wait(delivery.attempt_count)
    _save(delivery, state=DeliveryState.WAITING, outcome=answer.outcome[:200], due_at=due_at)


def _wait(tries: int) -> timedelta:
    """A tenth more or less, so that what failed together does not come again together."""
    plain = RETRY_AFTER[tries - 1] if tries <= len(RETRY_AFTER) else RETRY_HOURLY
    return plain * random.uniform(0.9, 1.1)  # noqa: S311  no secret


def _save[M: (Delivery, Endpoint)](row: M, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
