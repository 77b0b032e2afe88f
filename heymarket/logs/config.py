"""Configuration of logging, as dicts for logging.config: for Django with Celery, and for servers without Django."""

from typing import Any

FORMATS = {
    "text": "heymarket.logs.formatters.TextFormatter",
    "json": "heymarket.logs.formatters.JSONFormatter",
}
# Below WARNING these write whole requests, with texts and numbers.
TALKATIVE = (
    "twilio",
    "urllib3",
    "requests",
    "botocore",
    "boto3",
    "s3transfer",
    "kombu",
    "amqp",
    "asyncio",
    "PIL",
)


def logging_config(format: str, level: str) -> dict[str, Any]:
    """The lines of all loggers from `level`, in a format of FORMATS; of messaging from INFO if no level is set."""
    floor = "WARNING" if level in ("", "DEBUG", "INFO") else level
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"monitoring": {"()": "kernel.log_filters.NotAskedByMonitoring"}},
        "formatters": {"line": {"()": FORMATS[format]}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["monitoring"]}
        },
        "root": {"handlers": ["stderr"], "level": level or "WARNING"},
        "loggers": {
            "messaging": {"level": level or "INFO"},
            # Not every 4xx: webhooks log theirs with the reason, and the URL of an invitation is a secret.
            "django.request": {"level": "ERROR"},
            # With DEBUG it writes each statement with its values.
            "django.db.backends": {"level": floor},
            # In a process of the web server, after the server's own configuration.
            "_granian": {"handlers": [], "propagate": True},
            **{name: {"level": floor} for name in TALKATIVE},
        },
    }


def server_logging_config(format: str) -> dict[str, Any]:
    """The same form of lines for the processes that start others, which load neither Django nor our rows."""
    lines: dict[str, dict[str, Any]] = {
        "text": {"format": "%(asctime)s %(levelname)s %(name)s [-]: %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": ["asctime", "levelname", "name", "message"],
            "rename_fields": {
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "exc_info": "exception",
            },
        },
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"cores": {"()": "kernel.log_filters.NotAboutCores"}},
        "formatters": {"line": lines[format]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["cores"]}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False}},
    }
