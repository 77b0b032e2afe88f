"""Signing: the body of a webhook, byte for byte, and its signatures by the Standard Webhooks scheme."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from webhooks.models import WebhookEvent
from webhooks.payloads import timestamp


def event_body(event: WebhookEvent) -> bytes:
    """The same bytes in every attempt and for every endpoint."""
    body = {
        "type": event.type,
        "id": event.uid,
        "timestamp": timestamp(event.created_at),
        "data": event.data,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(
    event: WebhookEvent, content: bytes, secrets: Sequence[str], now: datetime
) -> dict[str, str]:
    """The headers of an attempt at `now`: the event's ID, the attempt's time, and a signature per secret in force."""
    now = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(event.uid, now, content.decode()) for secret in secrets]
    return {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "Heymarket-Webhooks/1",
        "webhook-id": event.uid,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
