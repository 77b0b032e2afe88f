"""Metrics of texts: how many, what became of them, carriers' errors, and how long calls and webhooks take."""

from functools import partial
from typing import Any

from django.db import transaction

from kernel.metrics import counter, histogram
from messaging.carriers.error_codes import known_reason
from messaging.models import Message

texts = counter("texts", "Texts by their new status.", ["direction", "carrier", "status"])
carrier_errors = counter("carrier_errors", "Errors that carriers reported for texts.", ["carrier", "code"])
carrier_calls = histogram("carrier_call", "Calls that hand a text to its carrier.", ["carrier", "outcome"])
carrier_webhooks = histogram(
    "carrier_webhook", "Answers to carrier webhooks, since their arrival.", ["carrier", "status"]
)
opt_outs = histogram("opt_out", "From the arrival of a STOP to its commit.", ["origin"])


def count_changes_on_commit(message: Message, before: str, changes: dict[str, Any]) -> None:
    """Count the new status and the error of an outbound text, which was saved."""
    inbox = Message._meta.get_field("inbox")
    carrier = message.inbox.carrier if inbox.is_cached(message) else "unknown"
    if message.status != before:
        count_status_on_commit(carrier, message.status)
    if code := changes.get("error_code"):
        # Carriers may report anything; only known codes are a label.
        code = code if known_reason(code) else "other"
        transaction.on_commit(partial(carrier_errors.labels(carrier, code).inc))


def count_status_on_commit(carrier: str, status: str) -> None:
    transaction.on_commit(partial(texts.labels("outbound", carrier, status).inc))
