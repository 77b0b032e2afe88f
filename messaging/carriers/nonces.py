"""Nonces of carriers' webhooks: one that was answered with success is refused when it comes again.

A carrier's own retry of a webhook that failed here has not been answered with success, so it counts. Without the cache
nothing is refused: a text counts once all the same.
"""

import hashlib

from kernel.cache import cache
from messaging.carriers.webhooks import BadWebhook, Webhook

REMEMBERED = 26 * 60 * 60  # seconds; longer than any carrier retries and than any accepted timestamp is old


def refuse_used(webhook: Webhook) -> None:
    """Raises BadWebhook for a webhook that was answered with success."""
    if webhook.nonce and cache.get(_key(webhook)):
        raise BadWebhook(409, "This webhook was received before.")


def mark_used(webhook: Webhook) -> None:
    if webhook.nonce and webhook.events:
        cache.set(_key(webhook), 1, REMEMBERED)


def _key(webhook: Webhook) -> str:
    named = "\n".join((*webhook.carriers, webhook.account, webhook.nonce))
    return f"nonce:{hashlib.sha256(named.encode()).hexdigest()}"
