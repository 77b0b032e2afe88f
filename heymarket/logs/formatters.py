"""Formatters of log lines: text for people, JSON for programs. Both redact alike (heymarket.logs.redaction)."""

import copy
import logging
from typing import Any

from django.http import HttpRequest
from pythonjsonlogger.json import JsonFormatter

from heymarket.logs.redaction import describe_exception, format_exception, is_ours, redact, without_addresses
from kernel.request_id import current_request_id


def redacted(record: logging.LogRecord) -> logging.LogRecord:
    """A copy of a record for the log: without values of exceptions, and with the request's ID."""
    found = copy.copy(record)
    message = _message(record)
    found.msg, found.args = without_addresses(message) if is_ours(record.name) else redact(message), None
    found.exc_text = found.stack_info = None
    found.request_id = current_request_id() or "-"
    return found


def _message(record: logging.LogRecord) -> str:
    args: Any = record.args
    if isinstance(args, dict):
        args = {name: _argument(record, value) for name, value in args.items()}
        if "exc" in args and record.exc_info and record.exc_info[1]:  # Celery's line about a failed task
            args["exc"] = describe_exception(record.exc_info[1])
    elif args:
        args = tuple(_argument(record, value) for value in args)
    return str(record.msg) % args if args else str(record.msg)


def _argument(record: logging.LogRecord, value: Any) -> Any:
    if isinstance(value, BaseException):
        return describe_exception(value)
    request = getattr(record, "request", None)
    if isinstance(value, str) and value.startswith("/") and isinstance(request, HttpRequest):
        return view_name(request)  # paths have tokens in them
    return value


def view_name(request: HttpRequest) -> str:
    """The name of the view that answers a request, which has no ID or token in it as paths have."""
    match = request.resolver_match
    return match.view_name or "unnamed" if match else "unknown"


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        try:
            return super().format(redacted(record))
        except Exception as error:  # noqa: BLE001  logging itself would print the values
            return f"ERROR {record.name}: a line could not be written ({type(error).__name__})"

    def formatException(self, ei: Any) -> str:
        return format_exception(ei[1])


class TextFormatter(_Redacting):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s")


FIELDS = ("time", "level", "logger", "request_id", "message", "exception")


class JSONFormatter(_Redacting, JsonFormatter):
    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "request_id", "message"],
            rename_fields={
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "exc_info": "exception",
            },
        )

    def process_log_record(self, log_data: Any) -> Any:
        """Only these fields: what libraries add to a record may be arguments, requests and tracebacks."""
        return {name: log_data[name] for name in FIELDS if name in log_data}
