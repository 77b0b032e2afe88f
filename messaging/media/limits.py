"""Limits of a carrier for the attachments of one text."""

from collections.abc import Sequence

from messaging.carriers.base import MediaLimits
from messaging.media.refusals import RefusedFile


def check_total(sizes: Sequence[int], limits: MediaLimits) -> None:
    """Raises RefusedFile if these files are too large together for one text."""
    if sum(sizes) > limits.total_bytes:
        raise RefusedFile(
            f"The files are larger than {limits.megabytes} MB together, which carriers do not send."
        )
