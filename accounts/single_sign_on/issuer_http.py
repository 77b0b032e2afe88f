"""HTTP to issuers: public addresses only, with limits of time and size, and failures in sentences."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from authlib.oauth2.auth import ClientAuth
from django.conf import settings
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError

from accounts.single_sign_on.trouble import SingleSignOnTrouble
from kernel.public_http import public_session

CONNECT, READ, DEADLINE = 3.0, 5.0, 8.0  # seconds; the last for all requests of one sign-in together
MOST_BYTES = 512 * 1024  # of one response; the keys of the largest issuers have 20 kB
_CHUNK = 64 * 1024
_JSON = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class IssuerResponse:
    """A response that was read whole, in the form that authlib reads."""

    status_code: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        raise SingleSignOnTrouble(f"The issuer answered {self.status_code}. Try again in a few minutes.")


@dataclass(frozen=True)
class IssuerHttp:
    """The requests of one sign-in, or of one test of the connection."""

    session: requests.Session

    def get_object(self, url: str, what: str, **headers: str) -> dict[str, Any]:
        """The JSON object at this address. Raises SingleSignOnTrouble, which says `what` could not be read."""
        response = self._send("GET", url, headers)
        host = urlsplit(url).netloc
        if response.status_code != HTTPStatus.OK:
            raise SingleSignOnTrouble(f"{host} answered {response.status_code} where {what} should be.")
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise SingleSignOnTrouble(f"{host} has something else where {what} should be.")
        return found

    def post(
        self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: ClientAuth
    ) -> IssuerResponse:
        """The request for a token, as authlib makes it."""
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self._send("POST", url, headers, body)

    def _send(self, method: str, url: str, headers: Mapping[str, str], body: str = "") -> IssuerResponse:
        host = urlsplit(url).netloc
        try:
            response = self.session.request(method, url, data=body, headers={**_JSON, **headers}, stream=True)
            content = _read(response)
        except InvalidIPAddress:
            raise SingleSignOnTrouble(
                f"{host} is in a private network; an issuer needs a public address."
            ) from None
        except (requests.RequestException, HTTPError, OSError, ValueError) as problem:
            raise SingleSignOnTrouble(_sentence(problem, host)) from None
        if len(content) > MOST_BYTES:
            raise SingleSignOnTrouble(f"{host} answered with far more than was asked for.")
        return IssuerResponse(response.status_code, content)


def _read(response: requests.Response) -> bytes:
    """The body, or a little more of it than is allowed."""
    content = b""
    while len(content) <= MOST_BYTES and (more := response.raw.read(_CHUNK, decode_content=False)):
        content += more
    return content


@contextmanager
def issuer_http() -> Iterator[IssuerHttp]:
    loopback = settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK
    with public_session((CONNECT, READ), DEADLINE, allow_loopback=loopback) as session:
        yield IssuerHttp(session)


def _sentence(problem: Exception, host: str) -> str:
    match problem:
        case requests.exceptions.SSLError():
            return f"The certificate of {host} is not trusted."
        case requests.exceptions.Timeout():
            return f"{host} did not answer within {READ:.0f} seconds. Try again in a few minutes."
    if "resolve" in str(problem):
        return f"{host} has no address in DNS. Check how it is written."
    return f"The connection to {host} failed. Try again in a few minutes."
