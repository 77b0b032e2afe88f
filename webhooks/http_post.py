"""POST of a webhook: to public addresses only, without following redirects, and within twenty seconds."""

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
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=settings.WEBHOOKS_ALLOW_LOOPBACK,
        never_redirect=True,
        default_timeout=(CONNECT, READ),
    )
    with _Session(config) as session, _Deadline() as deadline:
        session.trust_env = False  # no proxy, which is in another network, and no passwords from ~/.netrc
        for scheme in ("https", "http"):
            session.mount(f"{scheme}://", _Adapter(scheme == "https", deadline))
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


# -- gaps of the library --------------------------------------------------------------------------------


class _Session(HTTPSession):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None. For a redirect that it does not follow, requests would read and decompress the whole response."""


class _Deadline:
    """Closes the connections of an attempt at its deadline. The timeouts of requests apply to each part only."""

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        self._lock, self._expired = Lock(), False
        self._timer = Timer(POST_DEADLINE, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        with self._lock:
            for sock in self._sockets:
                sock.close()
            self._sockets.clear()

    def watch(self, sock: socket.socket) -> None:
        """Keep a duplicate of the socket, because TLS detaches the original."""
        with self._lock:
            if self._expired:
                sock.close()
                raise TimeoutError
            self._sockets.append(sock.dup())

    def _expire(self) -> None:
        with self._lock:
            self._expired = True
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Adapter(IPFilterAdapter):
    """Checks the address that DNS returned, and puts the connection under the deadline."""

    def __init__(self, is_https: bool, deadline: _Deadline) -> None:
        self._deadline = deadline
        super().__init__(is_https_proto=is_https, allow_loopback=settings.WEBHOOKS_ALLOW_LOOPBACK)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        ip = ipaddress.ip_address(host["host"].strip("[]"))  # the address that is connected to
        if not is_public_ip(ip):
            raise InvalidIPAddress(ip)
        return host, pool

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        deadline = self._deadline
        connection_class: Any = pool.ConnectionCls

        class WatchedConnection(connection_class):
            def _new_conn(self) -> socket.socket:
                sock: socket.socket = super()._new_conn()
                deadline.watch(sock)
                return sock

        pool.ConnectionCls = WatchedConnection
        return pool
