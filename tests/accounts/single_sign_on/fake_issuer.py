"""An issuer of OpenID Connect on this machine: discovery, keys, sign-in without a page, tokens signed with RS256."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "heymarket-client", "issuer-secret-4711"
KEY = RSAKey.generate_key(2048, {"kid": "key-1", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "key-1"})


def claims_of(issuer: str, email: str, /, **more: Any) -> dict[str, Any]:
    """What an ID token says about a person. None removes a claim."""
    now = int(time.time())
    claims = {
        "iss": issuer, "sub": f"sub-{email}", "aud": CLIENT_ID, "iat": now, "exp": now + 300,
        "email": email, "email_verified": True, "name": email.partition("@")[0].title(), **more,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


class FakeIssuer:
    """Signs in whoever `person` is at the moment, with the claims in `more`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.person = ""
        self.more: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.error = ""  # at the sign-in
        self.token_error = ""
        self.secret = CLIENT_SECRET
        self.key = KEY
        self.document_changes: dict[str, Any] = {}
        self.requests: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            **self.document_changes,
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes after the person has signed in here."""
        assert asked["client_id"] == CLIENT_ID and asked["response_type"] == "code"
        assert set(asked["scope"].split()) == {"openid", "email", "profile"}
        assert asked["code_challenge_method"] == "S256" and asked["nonce"]
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        answer = {"error": self.error} if self.error else {"code": code, "iss": self.url}
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if self.token_error:
            return 400, {"error": self.token_error}
        if (sent["client_id"], sent["client_secret"]) != (CLIENT_ID, self.secret):
            return 401, {"error": "invalid_client"}
        asked = self._codes.pop(sent["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent["code_verifier"].encode()).digest()).decode()
        if not asked or asked["code_challenge"] != challenge.rstrip("="):
            return 400, {"error": "invalid_grant"}
        assert asked["redirect_uri"] == sent["redirect_uri"]
        claims = claims_of(self.url, self.person, **{"nonce": asked["nonce"], **self.more})
        token = jwt.encode({"alg": "RS256", "kid": "key-1"}, claims, self.key)
        return 200, {"access_token": "at", "token_type": "Bearer", "id_token": token}


class _Handler(BaseHTTPRequestHandler):
    issuer: FakeIssuer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.issuer.requests.append(parts.path)
        match parts.path:
            case "/.well-known/openid-configuration":
                self._answer(200, self.issuer.document)
            case "/keys":
                self._answer(200, {"keys": [KEY.as_dict(private=False)]})
            case "/userinfo":
                self._answer(200, self.issuer.userinfo)
            case "/authorize":
                self._redirect(self.issuer.authorize(_plain(parts.query)))
            case _:
                self._answer(404, {})

    def do_POST(self) -> None:
        self.issuer.requests.append(self.path)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(*self.issuer.token(_plain(body)))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _redirect(self, address: str) -> None:
        self.send_response(302)
        self.send_header("Location", address)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def _plain(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def issuing() -> Iterator[FakeIssuer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    issuer = FakeIssuer(f"http://127.0.0.1:{server.server_address[1]}")
    server.RequestHandlerClass = type("Handler", (_Handler,), {"issuer": issuer})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
