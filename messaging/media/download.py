"""Download of an attachment to a file: over HTTPS, from public addresses, within limits of size and time."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError, ProtocolError

from kernel.public_http import public_session
from messaging.carriers.base import MediaSource
from messaging.media.checking import check_head, check_size
from messaging.media.content_types import HEAD_BYTES
from messaging.media.refusals import PRIVATE_ADDRESS, FileGone, FileUnavailable, RefusedFile

TIMEOUTS = (5.0, 15.0)  # seconds: for a connection, and for each part of a response
DEADLINE = 90.0  # seconds for a whole response
MAX_REDIRECTS = 3
CHUNK = 64 * 1024  # bytes
NOT_HTTPS = "Its address does not begin with https, so it was not fetched."
NOT_THERE = "The carrier no longer has this attachment."
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TEMPORARY = frozenset({401, 403, 408, 425, 429})  # wrong credentials can be corrected


@dataclass(frozen=True)
class _Hop:
    """One request of a download."""

    url: str
    source: MediaSource

    @property
    def is_own(self) -> bool:
        """Whether this is the address that the adapter built, not one that somebody else redirected to."""
        return self.url == self.source.url

    @property
    def is_trusted(self) -> bool:
        """Whether it is below an address that this installation's own settings name."""
        return bool(self.source.trusted_base) and self.url.startswith(f"{self.source.trusted_base}/")


def download(source: MediaSource, path: Path) -> None:
    """Write the file to `path`. Raises RefusedFile, FileGone, or FileUnavailable if it may succeed later."""
    url = source.url
    for _ in range(MAX_REDIRECTS + 1):
        target = _follow(_Hop(url, source), path)
        if target is None:
            return
        url = target
    raise RefusedFile("Its address redirects too often, so it was not fetched.")


def _follow(hop: _Hop, path: Path) -> str | None:
    """Write the file, or return the address to which it redirects."""
    if urlsplit(hop.url).scheme != "https" and not hop.is_trusted:
        raise RefusedFile(NOT_HTTPS)
    try:
        with public_session(TIMEOUTS, DEADLINE, allow_loopback=hop.is_trusted) as session:
            return _request(session, hop, path)
    except InvalidIPAddress:
        raise RefusedFile(PRIVATE_ADDRESS) from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError):
        raise FileGone("Its address cannot be read.") from None
    except ProtocolError as error:
        raise FileUnavailable("The carrier sent only a part of the file.") from error
    except (requests.RequestException, HTTPError, OSError) as error:
        raise FileUnavailable("The carrier did not respond in time.") from error


def _request(session: requests.Session, hop: _Hop, path: Path) -> str | None:
    auth = hop.source.credentials if hop.is_own else None  # never for an address that somebody else chose
    response = session.get(hop.url, auth=auth, headers={"Accept-Encoding": "identity"}, stream=True)
    if response.status_code in _REDIRECTS:
        return urljoin(hop.url, response.headers.get("Location", ""))
    _check_status(response.status_code)
    _write(response, path)
    return None


def _check_status(status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status in _TEMPORARY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FileUnavailable(f"The carrier answered {status}.")
    raise FileGone(NOT_THERE)


def _write(response: requests.Response, path: Path) -> None:
    """Write the body. It ends at the limit of its kind, whatever length the response announces."""
    announced, size, kind = response.headers.get("Content-Length", ""), 0, None
    with path.open("wb") as file:
        for chunk in _chunks(response):
            if kind is None:
                kind = check_head(chunk)
                check_size(kind, int(announced) if announced.isdecimal() else 0)
            size += len(chunk)
            check_size(kind, size)
            file.write(chunk)
    if kind is None:
        raise FileGone("The carrier sent an empty file.")


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """The body in pieces. The first has HEAD_BYTES, or the whole body, so that its type can be recognized."""
    head = b""
    while len(head) < HEAD_BYTES and (
        more := response.raw.read(HEAD_BYTES - len(head), decode_content=False)
    ):
        head += more
    if head:
        yield head
    while chunk := response.raw.read(CHUNK, decode_content=False):
        yield chunk
