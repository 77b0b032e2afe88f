"""Deadline of an HTTP call: one time limit for the name lookup, the connection, TLS, the request and the response.

The time limits of requests apply to each read alone, and none applies to the name lookup.
"""

import os
import socket
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from math import inf
from threading import Lock, Thread, Timer
from time import monotonic
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection


class NothingWritten(requests.ConnectionError):
    """The call failed before any part of its request was written."""


_write_before: ContextVar[float] = ContextVar("write_before", default=inf)
_current: ContextVar["CallDeadline"] = ContextVar("current")


@contextmanager
def write_before(moment: float) -> Iterator[None]:
    """Requests of this thread are not written after `moment`, in seconds of time.monotonic()."""
    token = _write_before.set(moment)
    try:
        yield
    finally:
        _write_before.reset(token)


class DeadlineAdapter(HTTPAdapter):
    """Calls with time limits in seconds: `connect` until the request is written, and `read` for the response.

    Raises NothingWritten if the other system certainly received nothing.
    """

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def send_within(self, limits: tuple[float, float], request: Any, *args: Any, **options: Any) -> Any:
        """Send a request and read its whole response."""
        with CallDeadline(*limits, _write_before.get()) as deadline:
            try:
                response = super().send(request, *args, **{**options, "timeout": limits})
                _ = response.content  # requests would read it later, without the deadline
            except requests.RequestException as error:
                if not deadline.began_writing:
                    raise NothingWritten(error) from error
                raise
            return response


class CallDeadline:
    """The time limits of one call, and its sockets, which are shut down when the time is over."""

    def __init__(self, connect: float, read: float, write_before: float) -> None:
        now = monotonic()
        self._write_by, self.began_writing = min(now + connect, write_before), False
        self._sockets: list[socket.socket] = []
        self._lock, self._expired = Lock(), False
        self._timer = Timer(connect + read, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "CallDeadline":
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        _current.reset(self._token)
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def seconds_to_write(self) -> float:
        """Raises TimeoutError if the request may not be written any more."""
        if (left := self._write_by - monotonic()) <= 0:
            raise TimeoutError("not connected in time")
        return left

    def begin_writing(self) -> None:
        """Call this immediately before the request is written. Raises TimeoutError if it is too late."""
        self.seconds_to_write()
        self.began_writing = True

    def watch(self, sock: Any) -> None:
        """Keep a duplicate of the socket, because TLS detaches the original."""
        with self._lock:
            if self._expired:
                raise TimeoutError("the call took too long")
            self._sockets.append(socket.socket(fileno=os.dup(sock.fileno())))

    def _expire(self) -> None:
        with self._lock:
            self._expired = True
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


# -- connections -------------------------------------------------------------------------------------------------


class _WithDeadline:
    """Puts a connection of urllib3 under the deadline of the current call."""

    def _new_conn(self: Any) -> socket.socket:
        deadline = _current.get()
        try:
            sock = _connect(self, deadline)
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"Connection to {self.host} timed out.") from error
        except OSError as error:
            raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
        deadline.watch(sock)
        return sock

    def request(self: Any, *args: Any, **options: Any) -> None:
        deadline = _current.get()
        if self.sock is None:
            self.connect()
        else:
            deadline.watch(self.sock)  # kept open since an earlier call
        deadline.begin_writing()
        super().request(*args, **options)  # type: ignore[misc]


def _connect(connection: Any, deadline: CallDeadline) -> socket.socket:
    """Connect to the first address that accepts."""
    failure: OSError = OSError("the name has no address")
    for address in _look_up(connection._dns_host, connection.port, deadline.seconds_to_write()):
        try:
            return create_connection(
                (address, connection.port),
                deadline.seconds_to_write(),  # also the limit of each step of TLS
                source_address=connection.source_address,
                socket_options=connection.socket_options,
            )
        except OSError as error:
            failure = error
    raise failure


class _PlainConnection(_WithDeadline, HTTPConnection):
    pass


class _TlsConnection(_WithDeadline, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _PlainPool, "https": _TlsPool}


# -- name lookups ------------------------------------------------------------------------------------------------

_lookups: dict[tuple[str, int], "Future[list[str]]"] = {}
_lookups_lock = Lock()


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a name. Raises TimeoutError after so many seconds.

    getaddrinfo cannot be interrupted, so it runs in a thread of its own: one for each name, however many calls wait.
    """
    with _lookups_lock:
        found = _lookups.get((host, port))
        if found is None:
            found = _lookups[host, port] = Future()
            Thread(target=_answer_lookup, args=(host, port, found), daemon=True).start()
    return found.result(seconds)


def _answer_lookup(host: str, port: int, answer: "Future[list[str]]") -> None:
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        result, error = [str(address[0]) for *_, address in rows], None
    except (OSError, UnicodeError) as problem:
        result, error = [], problem
    with _lookups_lock:
        del _lookups[host, port]
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(result)
