"""Histograms of times with buckets that grow by a tenth: percentiles are accurate to five percent."""

from collections.abc import Mapping

from reports.measures import BUCKET_GROWTH


def percentile(buckets: Mapping[int, int], share: float) -> float | None:
    """The time that a `share` (0 to 1) of all times does not exceed, assuming an even spread within each bucket.

    Bucket n holds the times from BUCKET_GROWTH**n to BUCKET_GROWTH**(n + 1); bucket 0 also holds all below.
    None without any times.
    """
    total = sum(buckets.values())
    if not total:
        return None
    target, seen = share * total, 0
    for bucket in sorted(buckets):
        within = buckets[bucket]
        if seen + within >= target:
            return float(BUCKET_GROWTH ** (bucket + (target - seen) / within))
        seen += within
    return float(BUCKET_GROWTH ** (max(buckets) + 1))
