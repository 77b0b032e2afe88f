"""Request ID: one ID in the log lines of a request, of the tasks that it starts, and of their calls to carriers."""

import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

HEADER = "X-Request-Id"
# The key of the header in a WSGI environ (PEP 3333).
ENVIRON = "HTTP_X_REQUEST_ID"
# What proxies make (nginx: 32 hexadecimal digits, Envoy: a UUID). Nothing else, so that no client writes into our logs.
_MADE_BY_PROXIES = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Of the requests whose jobs one background batch does; more are not named.
MOST_TOGETHER = 4

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """The ID of what is being done; empty outside requests and tasks."""
    return _current.get()


def accept(sent: str | None) -> str:
    """The ID that a client or proxy sent, if it is one, otherwise a new one."""
    return sent if sent and _MADE_BY_PROXIES.fullmatch(sent) else str(uuid.uuid4())


@contextmanager
def request_id(id: str) -> Iterator[None]:
    """Do something under this ID."""
    token = begin(id)
    try:
        yield
    finally:
        end(token)


def begin(id: str) -> Token[str]:
    """Go on under this ID until `end` in the same thread; for what is no block of code."""
    return _current.set(id)


def end(token: Token[str]) -> None:
    _current.reset(token)


def together(ids: Iterable[str]) -> str:
    """The ID of a job that is done for several requests: theirs, with commas."""
    return ",".join(list(dict.fromkeys(id for id in ids if id))[:MOST_TOGETHER])
