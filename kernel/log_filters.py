"""Filters of log lines that tell nobody anything. Also for processes that load nothing else of the product."""

import logging


class NotAskedByMonitoring(logging.Filter):
    """Without Django's error for each 503 of /status and /readyz: the answer says it, each few seconds anew."""

    def filter(self, record: logging.LogRecord) -> bool:
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        return match is None or match.view_name not in ("status", "readyz")


class NotAboutCores(logging.Filter):
    """Without granian's warning of more processes than cores: the front has one more on purpose."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "higher than the amount of CPU cores" not in str(record.msg)
