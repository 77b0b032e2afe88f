"""One try over HTTP: to public addresses only, without following redirects, and over within twenty seconds."""

import ipaddress
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock, Timer
from typing import Any

import requests
from django.conf import settings
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter

from webhooks.endpoint_urls import is_public_ip

CONNECT, READ = 5.0, 10.0  # seconds: for a connection, and for each piece of an answer
# After so many seconds the connection is cut, however slowly an answer drips in; none is opened later.
POST_DEADLINE = 20.0
KEPT_CHARACTERS = 500  # characters of an answer
# Nobody takes events there just now: others are not tried meanwhile.
AWAY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True)
class PostResult:
    """How a try ended: the status and the beginning of what was said, or a sentence why nobody answered."""

    status: int | None
    error: str = ""
    text: str = ""
    duration: int = 0  # milliseconds

    @property
    def good(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == HTTPStatus.GONE

    @property
    def away(self) -> bool:
        return self.status is None or self.status in AWAY

    @property
    def outcome(self) -> str:
        """In a few words: "204", "500 Internal Server Error", "No answer within 10 seconds."."""
        if self.status is None:
            return self.error
        known = self.status in HTTPStatus._value2member_map_ and not self.good
        return f"{self.status} {HTTPStatus(self.status).phrase}" if known else str(self.status)


def post(url: str, headers: Mapping[str, str], body: bytes) -> PostResult:
    """Post these bytes as they are. Never raises for what the other side does."""
    began = time.monotonic()
    status, error, text = None, "", ""
    try:
        status, text = _post(url, headers, body)
    except requests.RequestException as problem:
        error = _sentence(problem, time.monotonic() - began)
    except (
        OSError,
        ValueError,
    ):  # what requests lets through: a host that no encoding fits, a cut connection
        error = "The connection broke off."
    return PostResult(status, error, text, round((time.monotonic() - began) * 1000))


def _post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=settings.WEBHOOKS_ALLOW_LOOPBACK,
        never_redirect=True,
        default_timeout=(CONNECT, READ),
    )
    with _Session(config) as session, _Scissors() as scissors:
        session.trust_env = False  # no proxy, whose network is another one, and no passwords from ~/.netrc
        for scheme in ("https", "http"):
            session.mount(f"{scheme}://", _Adapter(scheme == "https", scissors))
        answer = session.post(url, data=body, headers=dict(headers), stream=True)
        return answer.status_code, _beginning(answer)


def _beginning(answer: requests.Response) -> str:
    """What was said first; that it broke off then is no matter, since the status says what counts."""
    said = b""
    with suppress(requests.RequestException, OSError, Exception):
        said = answer.raw.read(KEPT_CHARACTERS * 4, decode_content=False) or b""
    return said.decode("utf-8", "replace").replace("\0", "")[:KEPT_CHARACTERS]


def _sentence(problem: requests.RequestException, took: float) -> str:
    if took >= POST_DEADLINE - 0.5:
        return f"The answer was not complete after {POST_DEADLINE:.0f} seconds."
    match problem:
        case InvalidIPAddress():
            return "The address leads into a private network now, where we do not post to."
        case requests.exceptions.ConnectTimeout():
            return f"No connection within {CONNECT:.0f} seconds."
        case requests.exceptions.Timeout():
            return f"No answer within {READ:.0f} seconds."
        case requests.exceptions.SSLError():
            return "The certificate of the address cannot be trusted."
        case requests.exceptions.InvalidURL() | requests.exceptions.InvalidSchema():
            return "That is no web address."
    if "resolve" in str(problem):
        return "The host has no address in DNS."
    if "refused" in str(problem):
        return "The connection was refused."
    return "The connection broke off."


# -- what the library leaves open --------------------------------------------------------------------------------


class _Session(HTTPSession):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: to prepare what it does not follow, requests would read the whole answer, and unzip it."""


class _Scissors:
    """Cuts the connections of one try when its time is over. Timeouts of requests hold for each piece alone."""

    def __init__(self) -> None:
        self._lines: list[socket.socket] = []
        self._lock, self._over = Lock(), False
        self._timer = Timer(POST_DEADLINE, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> "_Scissors":
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()

    def watch(self, line: socket.socket) -> None:
        """A second hand on the same connection, since TLS takes the first one."""
        with self._lock:
            if self._over:
                line.close()
                raise TimeoutError
            self._lines.append(line.dup())

    def _cut(self) -> None:
        with self._lock:
            self._over = True
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


class _Adapter(IPFilterAdapter):
    """Looks at the address that DNS gave, and puts the scissors to the connection."""

    def __init__(self, is_https: bool, scissors: _Scissors) -> None:
        self._scissors = scissors
        super().__init__(is_https_proto=is_https, allow_loopback=settings.WEBHOOKS_ALLOW_LOOPBACK)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        ip = ipaddress.ip_address(host["host"].strip("[]"))  # it is this one that is connected to
        if not is_public_ip(ip):
            raise InvalidIPAddress(ip)
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        scissors = self._scissors
        plain: Any = pool.ConnectionCls

        class Watched(plain):
            def _new_conn(self) -> socket.socket:
                line: socket.socket = super()._new_conn()
                scissors.watch(line)
                return line

        pool.ConnectionCls = Watched
        return pool
