"""Delivery of events to endpoints: claim, POST outside any transaction, settle.

    record -> waiting -> claim -> POST -> settle -> delivered, or waiting for the next attempt

At least once: when a worker dies between claim and settle, its claim lapses, and the event is sent again under the same
ID. In order for each number: while an older delivery of a number is open, its younger deliveries wait.
"""

import time
from http import HTTPStatus

from django.utils import timezone

from kernel.metrics import histogram
from kernel.tenancy import scope
from webhooks.claims import DeliveryClaim, claim, settle
from webhooks.disabled_email import send_due_email
from webhooks.formats import WebhookRequest, write_request
from webhooks.http_post import PostResult, post
from webhooks.outbox import wake
from webhooks.scope_lookups import endpoints_due
from webhooks.turns import turns

posts = histogram(
    "endpoint_post", "Posts of events to teams' endpoints, by the status of the answer.", ["status"]
)
VISIT_SECONDS = 1.0  # after which a worker turns to other endpoints
SWEEP_LIMIT = 500  # endpoints per sweep


def sweep() -> None:
    """Wake workers for every endpoint with a due delivery: after an outage, a wait, or a killed worker."""
    for endpoint in endpoints_due(timezone.now(), SWEEP_LIMIT):
        wake(endpoint.team_id, endpoint.id)


def deliver(team_id: int, endpoint_id: int) -> None:
    """Send an endpoint's due deliveries, for VISIT_SECONDS. May be called twice, and by several workers at once."""
    send_due_email(team_id, endpoint_id)
    began = time.monotonic()
    while _deliver_next(team_id, endpoint_id):
        if time.monotonic() - began > VISIT_SECONDS:
            wake(team_id, endpoint_id)
            return


def _deliver_next(team_id: int, endpoint_id: int) -> bool:
    """Deliver the next event; False if none is due, or if it is not the team's turn."""
    with turns.turn(team_id, endpoint_id) as turn:
        if turn is None or not (claimed := claim(team_id, endpoint_id)):
            return False
        request = prepare(claimed)
        if claimed.may_start:
            result, signature = send(claimed, request)
            turn.seconds = result.duration / 1000
            settle(claimed, result, signature)
        return True


def prepare(claim: DeliveryClaim) -> WebhookRequest | PostResult:
    """The request, or the result of an attempt that cannot be made."""
    if trouble := claim.endpoint.secret_trouble():
        return PostResult(None, trouble)
    with scope(claim.endpoint.team_id):
        return write_request(claim.endpoint, claim.event, claim.claimed_at)


def send(claim: DeliveryClaim, request: WebhookRequest | PostResult) -> tuple[PostResult, str]:
    """POST the event, outside any transaction; the result, and the signature that was sent."""
    if isinstance(request, PostResult):
        return request, ""
    result = post(claim.endpoint.url, request.headers, request.content)
    posts.labels(str(result.status) if result.status in HTTPStatus else "none").observe(
        result.duration / 1000
    )
    return result, request.headers.get("webhook-signature", "")
