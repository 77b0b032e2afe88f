"""Call that hands a claimed text to its carrier: measured and logged, without the text and its number."""

import logging
import time

from accounts.models import Inbox
from messaging.carriers.base import Accepted, OutboundText, SendError
from messaging.carriers.registry import adapter_for
from messaging.metrics import carrier_calls

log = logging.getLogger(__name__)


def call_carrier(inbox: Inbox, text: OutboundText) -> Accepted | SendError:
    """Send a claimed text, outside any transaction. Returns the outcome, whatever it is."""
    began = time.perf_counter()
    outcome: Accepted | SendError
    try:
        outcome = adapter_for(inbox).send(inbox, text)
    except SendError as error:
        outcome = error
    seconds, kind = time.perf_counter() - began, type(outcome).__name__
    carrier_calls.labels(inbox.carrier, kind).observe(seconds)
    named = (text.reference, inbox.team_id, inbox.carrier, kind, seconds * 1000)
    log.info("text %s of team %s, call to %s: %s after %.0f ms", *named)
    return outcome
