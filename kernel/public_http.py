"""HTTP sessions that reach public addresses only, and whose connections close at a deadline.

The address is checked after the name lookup, on the connection itself: a name that resolves to an internal address, now
or at the second lookup, is refused. No redirect is followed, no proxy and no ~/.netrc is used.
"""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import Any

import requests
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter

type IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# requests-hardened also allows IPv6 outside this block (site-local, IPv4-compatible and others), which is not public.
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")


def is_public_ip(ip: IpAddress, *, allow_loopback: bool = False) -> bool:
    """Checks that requests-hardened does not make."""
    if ip.is_loopback:
        return allow_loopback
    if isinstance(ip, ipaddress.IPv6Address):
        return ip in GLOBAL_IPV6
    return not (ip.is_reserved or ip.is_unspecified)


@contextmanager
def public_session(
    timeouts: tuple[float, float], deadline: float, *, allow_loopback: bool = False
) -> Iterator[requests.Session]:
    """A session for the requests of one call. A request to an internal address raises InvalidIPAddress.

    `timeouts` are the seconds for a connection and for each part of a response. After `deadline` seconds all
    connections are closed, even if parts of a response still arrive, and none is opened.
    """
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=allow_loopback,
        never_redirect=True,
        default_timeout=timeouts,
    )
    with _Session(config) as session, _Deadline(deadline) as watch:
        session.trust_env = False  # no proxy, which is in another network, and no passwords from ~/.netrc
        for scheme in ("https", "http"):
            session.mount(f"{scheme}://", _Adapter(scheme == "https", watch, allow_loopback))
        yield session


# -- gaps of the library --------------------------------------------------------------------------------


class _Session(HTTPSession):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None. For a redirect that it does not follow, requests would read and decompress the whole response."""


class _Deadline:
    """Closes the connections of a call at its deadline. The timeouts of requests apply to each part only."""

    def __init__(self, seconds: float) -> None:
        self._sockets: list[socket.socket] = []
        self._lock, self._expired = Lock(), False
        self._timer = Timer(seconds, self._expire)
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

    def __init__(self, is_https: bool, deadline: _Deadline, allow_loopback: bool) -> None:
        self._deadline, self._allow_loopback = deadline, allow_loopback
        super().__init__(is_https_proto=is_https, allow_loopback=allow_loopback)

    def build_connection_pool_key_attributes(self, *args: Any, **kwargs: Any) -> Any:
        host, pool = super().build_connection_pool_key_attributes(*args, **kwargs)
        ip = ipaddress.ip_address(host["host"].strip("[]"))  # the address that is connected to
        if not is_public_ip(ip, allow_loopback=self._allow_loopback):
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
