"""Metrics: what a process counts and measures in its memory. heymarket/metrics publishes it for /metrics.

A label has few values, which the code knows: never a team, a person, a number or a text.
"""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
# Seconds: up to which the durations of requests, tasks and calls are counted together.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


def counter(name: str, meaning: str, labels: Sequence[str]) -> Counter:
    return Counter(f"heymarket_{name}", meaning, labels, registry=REGISTRY)


def histogram(name: str, meaning: str, labels: Sequence[str]) -> Histogram:
    """Durations in seconds."""
    return Histogram(f"heymarket_{name}_seconds", meaning, labels, registry=REGISTRY, buckets=BUCKETS)
