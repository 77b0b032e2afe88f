"""Refusals: the short answers that the front gives by itself."""

from dataclasses import dataclass, field

type Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    headers: Headers
    body: bytes


class ClientGone(Exception):
    """The client closed the connection; nobody reads an answer."""


@dataclass
class RefusedRequest(Exception):
    """A request that the front refuses by itself. `retry_after` is in seconds; 0 names no time."""

    status: int
    sentence: str
    retry_after: int = field(default=0)

    @property
    def answer(self) -> Answer:
        body = f"{self.sentence}\n".encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
        if self.retry_after:
            headers.append((b"retry-after", b"%d" % self.retry_after))
        return Answer(self.status, headers, body)


def busy() -> RefusedRequest:
    return RefusedRequest(503, "Heymarket is busy. Try again shortly.", retry_after=5)


def restarting() -> RefusedRequest:
    return RefusedRequest(503, "A part of Heymarket is restarting. Try again shortly.", retry_after=5)
