"""Metrics of consent: ledger entries by action and origin."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from kernel.metrics import counter
from optout.models import ConsentEvent

consent_changes = counter("consent_changes", "Ledger entries that were written.", ["action", "origin"])


def count_on_commit(events: Iterable[ConsentEvent]) -> None:
    for event in events:
        transaction.on_commit(partial(consent_changes.labels(event.action, event.origin).inc))
