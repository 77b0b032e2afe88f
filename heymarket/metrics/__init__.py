"""Metrics for Prometheus: each process publishes what it counts in the cache, and /metrics tells all of it."""
