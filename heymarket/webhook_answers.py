"""Answers to webhooks that wait at the same time: ordinary texts and opt-outs of a team are stored together.

Other texts are stored alone. What brings no text, as a status report, is answered later: it gives way to texts.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import IntegrityError
from django.http import HttpResponse

from heymarket.front.webhook_threads import LaterAnswer
from heymarket.waiting_webhook import WaitingWebhook
from kernel.request_id import request_id, together
from messaging.inbound import store_together

log = logging.getLogger(__name__)

# Webhooks by their positions among those that wait.
type Positioned = dict[int, WaitingWebhook]
type Answers = Mapping[int, HttpResponse | LaterAnswer]


def answer_requests(environs: Iterable[dict[str, Any]]) -> Iterator[Answers]:
    """`answer_webhooks`, with the signals by which Django cleans up its connections. No answer needs to be closed."""
    with _signalled():
        yield from answer_webhooks(environs)


def made(answer: HttpResponse | LaterAnswer) -> HttpResponse:
    """The answer; one that may be made later is made now."""
    return answer if isinstance(answer, HttpResponse) else answer()


@contextmanager
def _signalled() -> Iterator[None]:
    request_started.send(sender=answer_requests)
    try:
        yield
    finally:
        request_finished.send(sender=answer_requests)


def answer_webhooks(environs: Iterable[dict[str, Any]]) -> Iterator[Answers]:
    """The answers to webhooks by their positions, each once everything of it is committed.

    A webhook is taken when those before it were read. Ordinary texts and opt-outs wait for the last one; where a sender
    has several webhooks, they keep their order. What brings no text is to be answered later, in any thread.
    """
    kept: Positioned = {}
    for position, environ in enumerate(environs):
        webhook = WaitingWebhook(environ)
        webhook.verify()
        if any(webhook.senders & earlier.senders for earlier in kept.values()):
            yield from _answers(kept)
            kept = {}
        if webhook.only_reports:
            yield {position: partial(_answer_later, webhook)}
        elif webhook.sharing:
            kept[position] = webhook
        else:
            webhook.carry_out()
            yield {position: webhook.finish()}
    yield from _answers(kept)


def _answer_later(webhook: WaitingWebhook) -> HttpResponse:
    with _signalled():
        webhook.carry_out()
        return webhook.finish()


def _answers(kept: Positioned) -> Iterator[dict[int, HttpResponse]]:
    """Store texts of different senders, those of a team together, and answer their webhooks."""
    teams: dict[int, Positioned] = {}
    for position, webhook in kept.items():
        if text := webhook.sharing:
            teams.setdefault(text.inbox.team_id, {})[position] = webhook
    for webhooks in teams.values():
        stored = _stored_together(webhooks) if len(webhooks) > 1 else set()
        if stored:
            yield {position: webhooks[position].finish() for position in stored}
        for position in webhooks.keys() - stored:
            webhooks[position].carry_out()
            yield {position: webhooks[position].finish()}


def _stored_together(webhooks: Positioned) -> set[int]:
    """The positions of those whose texts were stored together; none after any error: one may have come before."""
    positions = list(webhooks)
    try:
        with request_id(together(webhook.id for webhook in webhooks.values())):
            events = store_together([text for webhook in webhooks.values() if (text := webhook.sharing)])
    except IntegrityError:  # as a rule one of them came before
        return set()
    except Exception:
        log.exception("%s texts are stored one at a time", len(webhooks))
        return set()
    for n, event in events.items():
        webhooks[positions[n]].note_stored(event)
    return {positions[n] for n in events}
