"""Times in buckets that grow with them: what is read from them is right within some percent, however many there are."""

from collections.abc import Mapping

from reports.measures import BUCKET_GROWTH


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """What a `share` of the times stays within; a bucket's times are taken to lie evenly. None without any.

    Bucket n holds times from GROWTH**n to GROWTH**(n + 1), and the first also everything below.
    """
    total = sum(buckets.values())
    if not total:
        return None
    wanted, seen = share * total, 0
    for bucket in sorted(buckets):
        within = buckets[bucket]
        if seen + within >= wanted:
            return float(BUCKET_GROWTH ** (bucket + (wanted - seen) / within))
        seen += within
    return float(BUCKET_GROWTH ** (max(buckets) + 1))
