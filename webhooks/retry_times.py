"""Retry times of webhooks: waits between attempts of a delivery, and pauses of an endpoint without responses."""

import random
from datetime import timedelta

# Waits after the first failed attempts. Then hourly, until an attempt fails that began GIVE_UP after the first.
RETRY_AFTER = [timedelta(seconds=s) for s in (5, 30, 120, 600, 1800)]
RETRY_HOURLY = timedelta(hours=1)
GIVE_UP = timedelta(days=3)
# Pauses of an endpoint after consecutive attempts without a response.
PAUSES = [timedelta(seconds=s) for s in (5, 30, 120, 600)]


def retry_wait(attempt_count: int) -> timedelta:
    """The wait after so many failed attempts, varied by a tenth so that simultaneous failures spread out."""
    wait = RETRY_AFTER[attempt_count - 1] if attempt_count <= len(RETRY_AFTER) else RETRY_HOURLY
    return wait * random.uniform(0.9, 1.1)  # noqa: S311  not a secret


def endpoint_pause(failures: int) -> timedelta | None:
    """The pause after so many consecutive attempts without a response; None without failures."""
    return PAUSES[min(failures, len(PAUSES)) - 1] if failures else None
