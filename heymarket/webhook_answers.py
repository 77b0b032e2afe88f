"""Answers to webhooks that wait at the same time: the ordinary texts of a team are stored together, all else alone."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.signals import request_started
from django.db import IntegrityError
from django.http import HttpResponse

from heymarket.waiting_webhook import WaitingWebhook
from kernel.request_id import request_id, together
from messaging.inbound import store_together

log = logging.getLogger(__name__)

# Webhooks by their positions among those that wait.
type Positioned = dict[int, WaitingWebhook]


def answer_webhooks(environs: Iterable[dict[str, Any]]) -> Iterator[Mapping[int, HttpResponse]]:
    """The answers to webhooks by their positions, each once everything of it is committed. The caller closes them.

    A webhook is taken when those before it were read. Ordinary texts wait for the last one; where a sender has several
    webhooks, they keep their order.
    """
    # By this signal and request_finished, sent when a response is closed, Django cleans up its connections.
    request_started.send(sender=answer_webhooks)
    ordinary: Positioned = {}
    for position, environ in enumerate(environs):
        webhook = WaitingWebhook(environ)
        webhook.verify()
        if any(webhook.senders & earlier.senders for earlier in ordinary.values()):
            yield _answers(ordinary)
            ordinary = {}
        if webhook.ordinary:
            ordinary[position] = webhook
        else:
            webhook.carry_out()
            yield {position: webhook.finish()}
    if ordinary:
        yield _answers(ordinary)


def _answers(ordinary: Positioned) -> dict[int, HttpResponse]:
    """Store ordinary texts of different senders, and answer their webhooks."""
    teams: dict[int, list[WaitingWebhook]] = {}
    for webhook in ordinary.values():
        if text := webhook.ordinary:
            teams.setdefault(text.inbox.team_id, []).append(webhook)
    for webhooks in teams.values():
        if len(webhooks) == 1 or not _stored_together(webhooks):
            for webhook in webhooks:
                webhook.carry_out()
    return {position: webhook.finish() for position, webhook in ordinary.items()}


def _stored_together(webhooks: Sequence[WaitingWebhook]) -> bool:
    """Whether their texts were stored together. After any error nothing is stored: one of them may have come before."""
    try:
        with request_id(together(webhook.id for webhook in webhooks)):
            store_together([text for webhook in webhooks if (text := webhook.ordinary)])
    except IntegrityError:  # as a rule one of them came before
        return False
    except Exception:
        log.exception("%s texts are stored one at a time", len(webhooks))
        return False
    for webhook in webhooks:
        webhook.note_stored()
    return True
