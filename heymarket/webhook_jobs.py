"""Jobs of webhooks that wait at the same time: the ordinary texts of a team are stored together, all else alone."""

import logging
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.signals import request_started
from django.db import IntegrityError
from django.http import HttpResponse

from heymarket.waiting_webhook import WaitingWebhook
from kernel.request_id import request_id, together
from messaging.inbound import store_together

log = logging.getLogger(__name__)


class WebhookJob(NamedTuple):
    """Webhooks by their positions among those that waited: ordinary texts of one team, or those of one sender."""

    webhooks: dict[int, WaitingWebhook]

    def answers(self) -> dict[int, HttpResponse]:
        """Carry them out. The answers, once everything is committed; the caller closes them."""
        webhooks = list(self.webhooks.values())
        if len(webhooks) == 1 or not _stored_together(webhooks):
            for webhook in webhooks:
                webhook.carry_out()
        return {position: webhook.finish() for position, webhook in self.webhooks.items()}


def plan_jobs(environs: Sequence[dict[str, Any]]) -> list[WebhookJob]:
    """Verify webhooks that wait at the same time, and divide them into jobs, ordinary texts last.

    Where a sender has several webhooks, they are one job, so that they keep their order.
    """
    # By this signal and request_finished, sent when a response is closed, Django cleans up its connections.
    request_started.send(sender=plan_jobs, environ=environs[0])
    webhooks = [WaitingWebhook(environ) for environ in environs]
    for webhook in webhooks:
        webhook.verify()
    count = Counter(number for webhook in webhooks for number in webhook.senders)
    jobs: dict[tuple[bool, object], dict[int, WaitingWebhook]] = {}
    for position, webhook in enumerate(webhooks):
        jobs.setdefault(_key(position, webhook, count), {})[position] = webhook
    return [WebhookJob(jobs[key]) for key in sorted(jobs, key=lambda key: key[0])]


def _key(position: int, webhook: WaitingWebhook, count: Counter[str]) -> tuple[bool, object]:
    """What the webhooks of a job have in common; and whether their texts are stored together."""
    repeated = next((number for number in webhook.senders if count[number] > 1), None)
    if repeated is not None:
        return False, repeated
    if ordinary := webhook.ordinary:
        return True, ordinary.inbox.team_id
    return False, position


def _stored_together(webhooks: Sequence[WaitingWebhook]) -> bool:
    """Whether their texts were stored together. After any error nothing is stored: one of them may have come before."""
    texts = [text for webhook in webhooks if (text := webhook.ordinary)]
    if len({text.text.sender for text in texts}) < len(webhooks):
        return False
    try:
        with request_id(together(webhook.id for webhook in webhooks)):
            store_together(texts)
    except IntegrityError:  # as a rule one of them came before
        return False
    except Exception:
        log.exception("%s texts are stored one at a time", len(webhooks))
        return False
    for webhook in webhooks:
        webhook.note_stored()
    return True
