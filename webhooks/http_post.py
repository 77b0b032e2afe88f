"""POST of a webhook: to public addresses only, without following redirects, and within twenty seconds."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

import requests
from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress

from kernel.public_http import public_session

CONNECT, READ = 5.0, 10.0  # seconds: for the connection, and for each part of the response
# Seconds after which the connection is closed, even if parts of a response still arrive; none is opened later.
POST_DEADLINE = 20.0
KEPT_CHARACTERS = 500  # characters of a response
# The endpoint accepts no events now, so no others are attempted.
UNAVAILABLE = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True)
class PostResult:
    """The result of an attempt: the status and the start of the response, or a sentence why there was none."""

    status: int | None
    error: str = ""
    body: str = ""
    duration: int = 0  # milliseconds

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == HTTPStatus.GONE

    @property
    def unavailable(self) -> bool:
        return self.status is None or self.status in UNAVAILABLE

    @property
    def outcome(self) -> str:
        """Like "204", "500 Internal Server Error", "No response within 10 seconds."."""
        if self.status is None:
            return self.error
        known = self.status in HTTPStatus._value2member_map_ and not self.succeeded
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


def post(url: str, headers: Mapping[str, str], body: bytes) -> PostResult:
    """POST these bytes unchanged. Never raises because of the receiver or the network."""
    began = time.monotonic()
    status, error, response_body = None, "", ""
    try:
        status, response_body = _post(url, headers, body)
    except requests.RequestException as problem:
        error = _sentence(problem, time.monotonic() - began)
    except (OSError, ValueError):  # not wrapped by requests: an unencodable host, a closed connection
        error = "The connection was interrupted."
    return PostResult(status, error, response_body, round((time.monotonic() - began) * 1000))


def _post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    loopback = settings.WEBHOOKS_ALLOW_LOOPBACK
    with public_session((CONNECT, READ), POST_DEADLINE, allow_loopback=loopback) as session:
        response = session.post(url, data=body, headers=dict(headers), stream=True)
        return response.status_code, _read_start(response)


def _read_start(response: requests.Response) -> str:
    """The start of the body. An interruption does not matter, because the status decides."""
    content = b""
    with suppress(Exception):
        content = response.raw.read(KEPT_CHARACTERS * 4, decode_content=False) or b""
    return content.decode("utf-8", "replace").replace("\0", "")[:KEPT_CHARACTERS]


def _sentence(problem: requests.RequestException, seconds: float) -> str:
    if seconds >= POST_DEADLINE - 0.5:
        return f"The response was not complete after {POST_DEADLINE:.0f} seconds."
    match problem:
        case InvalidIPAddress():
            return "The URL is now in a private network; webhooks need a public address."
        case requests.exceptions.ConnectTimeout():
            return f"No connection within {CONNECT:.0f} seconds."
        case requests.exceptions.Timeout():
            return f"No response within {READ:.0f} seconds."
        case requests.exceptions.SSLError():
            return "The certificate of the host is not trusted."
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            return "This is not a URL."
    if "resolve" in str(problem):
        return "The host has no address in DNS."
    if "refused" in str(problem):
        return "The connection was refused."
    return "The connection was interrupted."
