"""Page servers: other processes of the product, to which the front passes everything but carrier webhooks.

They listen on Unix sockets. They get each request whole, and the front takes each response as fast as they make it, so
none of their threads waits for a client.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from api.waiting import HEADER as HOLD_HEADER
from heymarket.front.environ import client_address
from heymarket.front.refusals import Headers, busy, restarting

# The address of the client; page servers believe it because only the front reaches their sockets.
CLIENT_HEADER = "x-heymarket-client"
# Of one connection (RFC 9110, 7.6.1), or set again by the next server.
NOT_PASSED_ON = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "expect", "content-length", "server", "date", CLIENT_HEADER, HOLD_HEADER,
})  # fmt: skip
MAX_HEADER = 64 * 1024  # bytes


class PageServer:
    """One page server, with at most `most` requests at a time."""

    def __init__(self, socket: Path, most: int) -> None:
        self.socket, self.most, self.open = socket, most, 0
        self._session: aiohttp.ClientSession | None = None

    async def request(self, scope: Mapping[str, Any], body: IO[bytes]) -> aiohttp.ClientResponse:
        """The response, once its head has arrived. Raises RefusedRequest (503). Its reader must call `done`."""
        if self.open >= self.most:
            raise busy()
        self.open += 1
        try:
            return await self._request(scope, body)
        except BaseException as error:
            self.open -= 1
            if isinstance(error, aiohttp.ClientError | OSError):
                raise restarting() from error
            raise

    def done(self, response: aiohttp.ClientResponse) -> None:
        """Free the place of the request; a response that is not complete is given up."""
        response.close()
        self.open -= 1

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _request(self, scope: Mapping[str, Any], body: IO[bytes]) -> aiohttp.ClientResponse:
        size = body.seek(0, 2)
        body.seek(0)
        query = scope["query_string"].decode("latin-1")
        path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        content = (body if size > 256 * 1024 else body.read()) if size else None
        return await self._connected().request(
            scope["method"],
            URL(f"http://pages{path}{f'?{query}' if query else ''}", encoded=True),
            headers=_request_headers(scope, size),
            data=content,
            allow_redirects=False,
        )

    def _connected(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # A new connection for each request: an old one may have been closed by a restart.
                connector=aiohttp.UnixConnector(str(self.socket), limit=0, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
                max_line_size=MAX_HEADER,
                max_field_size=MAX_HEADER,
            )
        return self._session


def _request_headers(scope: Mapping[str, Any], size: int) -> CIMultiDict[str]:
    headers: CIMultiDict[str] = CIMultiDict()
    for raw_name, value in scope["headers"]:
        name = raw_name.decode("latin-1").lower()
        # An underscore would become a hyphen, and replace the header with one.
        if name not in NOT_PASSED_ON and "_" not in name:
            headers.add(name, value.decode("utf-8", "replace"))
    headers[CLIENT_HEADER] = client_address(scope)
    if size or scope["method"] not in ("GET", "HEAD", "OPTIONS"):
        headers["content-length"] = str(size)
    return headers


def response_headers(response: aiohttp.ClientResponse) -> Headers:
    """The response's headers to pass on, in their order. Content-Length is kept."""
    kept = NOT_PASSED_ON - {"content-length"}
    named = [(name.lower(), value) for name, value in response.raw_headers]
    return [(name, value) for name, value in named if name.decode("latin-1") not in kept]
