"""HTTP load: prepared requests over a fixed number of connections, from one thread."""

import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class LoadResult:
    """The duration of a run in seconds, the latency of each response in seconds, and responses by HTTP status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    newest: bytes = b""  # the last response
    answers: list[tuple[bytes, float]] = field(default_factory=list)  # requests and times, by send_at_rate

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """A percentile of the latencies, in milliseconds; `share` is 0 to 1."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


def percentile(results: list[LoadResult], share: float) -> float:
    """A percentile of all runs together, in milliseconds: a single run may be too short for the 99th."""
    return LoadResult(latencies=[latency for result in results for latency in result.latencies]).percentile(
        share
    )


def deadline(seconds: float) -> Callable[[], bool]:
    """A function that returns True after these seconds."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    request: bytes = b""
    answer: bytes = b""


def get_request(url: str, headers: dict[str, str]) -> bytes:
    """The bytes of one GET."""
    return _request("GET", url, headers)


def post_request(url: str, body: str, headers: dict[str, str]) -> bytes:
    """The bytes of one form POST."""
    return _request("POST", url, {"Content-Type": "application/x-www-form-urlencoded", **headers}, body)


def _request(method: str, url: str, headers: dict[str, str], body: str = "") -> bytes:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def send_all(
    address: tuple[str, int], requests: list[bytes], connections: int = 32, seconds: float = 60.0
) -> LoadResult:
    """Send each request once, `connections` at a time, until all are sent or the seconds are over.

    Raises OSError if the server closes a connection.
    """
    pending, outcome = deque(requests), LoadResult()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            opened = socket.create_connection(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(opened)
            selector.register(opened, selectors.EVENT_READ, connection)
            _send(connection, pending.popleft())
        started, under_way = time.perf_counter(), min(connections, len(requests))
        while under_way:
            for key, _ in selector.select(timeout=30):
                connection = key.data
                if not _finished(connection):
                    continue
                outcome.latencies.append(time.perf_counter() - connection.sent_at)
                outcome.statuses[int(connection.answer[9:12])] += 1
                outcome.newest = connection.answer
                if pending and time.perf_counter() - started < seconds:
                    _send(connection, pending.popleft())
                else:
                    under_way -= 1
                    selector.unregister(connection.socket)
                    connection.socket.close()
        outcome.seconds = time.perf_counter() - started
    return outcome


def send_at_rate(
    address: tuple[str, int],
    requests: Iterator[bytes],
    per_second: float,
    over: Callable[[], bool],
    connections: int = 16,
) -> LoadResult:
    """Send requests at a steady rate until `over`. A latency counts from the time when the request was due.

    So a server that stops for a second delays all requests that were due in that second.
    """
    outcome, idle = (
        LoadResult(),
        deque(_Connection(socket.create_connection(address)) for _ in range(connections)),
    )
    with selectors.DefaultSelector() as selector:
        for connection in idle:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        started = due = time.perf_counter()
        is_over = False
        while not is_over or len(idle) < connections:
            is_over = is_over or over()
            while not is_over and idle and due <= time.perf_counter():
                connection = idle.popleft()
                _send(connection, next(requests))
                connection.sent_at = due
                due += 1 / per_second
            for key, _ in selector.select(timeout=max(0.0005, min(0.05, due - time.perf_counter()))):
                if _finished(key.data):
                    outcome.latencies.append(time.perf_counter() - key.data.sent_at)
                    outcome.statuses[int(key.data.answer[9:12])] += 1
                    outcome.answers.append((key.data.request, time.time()))
                    idle.append(key.data)
        outcome.seconds = time.perf_counter() - started
        for connection in idle:
            connection.socket.close()
    return outcome


def _send(connection: _Connection, request: bytes) -> None:
    connection.answer, connection.request = b"", request
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request)


def _finished(connection: _Connection) -> bool:
    """Read what has arrived; True when the response is complete."""
    part = connection.socket.recv(65536)
    if not part:
        raise ConnectionError("the server closed a connection before the response")
    connection.answer += part
    head, end, body = connection.answer.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line[15:])
    return body.endswith(b"0\r\n\r\n")
