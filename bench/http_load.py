"""A light HTTP load: prepared requests over a fixed number of kept connections, from one thread."""

import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class LoadResult:
    """What a run saw: seconds in all, the latency of each answer in seconds, the answers by HTTP status, the newest."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    newest: bytes = b""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * share))] * 1000


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
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
    """Send each request once, `connections` at a time, until they or the seconds are used up.

    Raises OSError when the server goes away.
    """
    left, outcome = deque(requests), LoadResult()
    with selectors.DefaultSelector() as selector:
        for _ in range(min(connections, len(requests))):
            opened = socket.create_connection(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(opened)
            selector.register(opened, selectors.EVENT_READ, connection)
            _send(connection, left.popleft())
        began, under_way = time.perf_counter(), min(connections, len(requests))
        while under_way:
            for key, _ in selector.select(timeout=30):
                connection = key.data
                if not _finished(connection):
                    continue
                outcome.latencies.append(time.perf_counter() - connection.sent_at)
                outcome.statuses[int(connection.answer[9:12])] += 1
                outcome.newest = connection.answer
                if left and time.perf_counter() - began < seconds:
                    _send(connection, left.popleft())
                else:
                    under_way -= 1
                    selector.unregister(connection.socket)
                    connection.socket.close()
        outcome.seconds = time.perf_counter() - began
    return outcome


def send_at_rate(
    address: tuple[str, int],
    requests: Iterator[bytes],
    per_second: float,
    over: Callable[[], bool],
    connections: int = 16,
) -> LoadResult:
    """Send requests at a steady rate until it is over; each answer's latency counts from when it was due to be sent.

    So a server that stands still for a second is seen by all who would have asked in that second.
    """
    outcome, idle = (
        LoadResult(),
        deque(_Connection(socket.create_connection(address)) for _ in range(connections)),
    )
    with selectors.DefaultSelector() as selector:
        for connection in idle:
            connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
        began = due = time.perf_counter()
        ended = False
        while not ended or len(idle) < connections:
            ended = ended or over()
            while not ended and idle and due <= time.perf_counter():
                connection = idle.popleft()
                _send(connection, next(requests))
                connection.sent_at = due
                due += 1 / per_second
            for key, _ in selector.select(timeout=max(0.0005, min(0.05, due - time.perf_counter()))):
                if _finished(key.data):
                    outcome.latencies.append(time.perf_counter() - key.data.sent_at)
                    outcome.statuses[int(key.data.answer[9:12])] += 1
                    idle.append(key.data)
        outcome.seconds = time.perf_counter() - began
        for connection in idle:
            connection.socket.close()
    return outcome


def _send(connection: _Connection, request: bytes) -> None:
    connection.answer = b""
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(request)


def _finished(connection: _Connection) -> bool:
    """Read what is there; True once the whole answer is."""
    part = connection.socket.recv(65536)
    if not part:
        raise ConnectionError("the server closed a connection before it answered")
    connection.answer += part
    head, end, body = connection.answer.partition(b"\r\n\r\n")
    if not end:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line[15:])
    return body.endswith(b"0\r\n\r\n")
