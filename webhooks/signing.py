"""Signing: the signatures of a webhook by the Standard Webhooks scheme."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


def signature_headers(uid: str, content: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The headers of an attempt at `now`: its time, and a signature per secret in force."""
    now = now.astimezone(UTC)
    signatures = [Webhook(secret).sign(uid, now, content.decode()) for secret in secrets]
    return {"webhook-timestamp": str(int(now.timestamp())), "webhook-signature": " ".join(signatures)}
