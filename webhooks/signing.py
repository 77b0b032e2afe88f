"""What is sent for an event, byte for byte, and its signatures by the Standard Webhooks scheme."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from webhooks.models import WebhookEvent
from webhooks.payloads import timestamp


def event_body(event: WebhookEvent) -> bytes:
    """The same bytes in every try and for every endpoint."""
    said = {
        "type": event.type,
        "id": event.uid,
        "timestamp": timestamp(event.created_at),
        "data": event.data,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def signed_headers(
    event: WebhookEvent, content: bytes, secrets: Sequence[str], now: datetime
) -> dict[str, str]:
    """Of one try: the id stays, the time is the try's own, and there is a signature for each secret in force."""
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
