"""Attempts to sign in through an issuer: state, nonce and PKCE's verifier, in the session until the person returns."""

import secrets
import time
from dataclasses import astuple, dataclass
from datetime import timedelta

from authlib.oauth2.client import OAuth2Client
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from accounts.single_sign_on.discovery import IssuerConfiguration
from accounts.single_sign_on.issuer_http import IssuerHttp
from accounts.single_sign_on.models import SingleSignOn
from accounts.single_sign_on.trouble import SingleSignOnTrouble

LIFETIME = timedelta(minutes=15)
MOST = 5  # of one browser, for several tabs
_KEY = "single_sign_on_attempts"
_AGAIN = "This sign-in took too long, or began in another browser. Begin again."


@dataclass(frozen=True)
class SignInAttempt:
    """What the person's return must match."""

    team_id: int
    nonce: str
    verifier: str  # of PKCE (RFC 7636)
    page: str  # where the person wanted to go
    begun_at: float


def begin(session: SessionBase, sign_on: SingleSignOn, slug: str, page: str) -> str:
    """Note an attempt in the session. Returns the issuer's address for the person to go to."""
    state, nonce, verifier = (secrets.token_urlsafe(size) for size in (24, 24, 48))  # bytes
    attempt = SignInAttempt(sign_on.team_id, nonce, verifier, page, time.time())
    kept = list(session.get(_KEY, {}).items())[1 - MOST :]
    session[_KEY] = {**dict(kept), state: astuple(attempt)}
    configuration = IssuerConfiguration(**sign_on.configuration)
    client = client_of(sign_on, configuration, slug)
    address, _ = client.create_authorization_url(
        configuration.authorization_endpoint, state=state, code_verifier=attempt.verifier, nonce=attempt.nonce
    )
    return str(address)


def take(session: SessionBase, team_id: int, state: str) -> SignInAttempt:
    """The attempt that this state belongs to. It counts once. Raises SingleSignOnTrouble."""
    attempts = session.get(_KEY, {})
    values = attempts.pop(state, None)
    session[_KEY] = attempts
    if values is None:
        raise SingleSignOnTrouble(_AGAIN)
    attempt = SignInAttempt(*values)
    if attempt.team_id != team_id or time.time() - attempt.begun_at > LIFETIME.total_seconds():
        raise SingleSignOnTrouble(_AGAIN)
    return attempt


def client_of(
    sign_on: SingleSignOn, configuration: IssuerConfiguration, slug: str, http: IssuerHttp | None = None
) -> OAuth2Client:
    """authlib's client; `http` and the secret are needed for a token only."""
    return OAuth2Client(
        http,
        client_id=sign_on.client_id,
        client_secret=sign_on.client_secret if http else None,
        token_endpoint_auth_method=configuration.client_auth,
        scope="openid email profile",
        redirect_uri=redirect_address(slug),
        code_challenge_method="S256",
    )


def redirect_address(slug: str) -> str:
    """Where the issuer sends people back to. Each team has its own: no issuer answers for another (RFC 9700, 2.1)."""
    return settings.PUBLIC_URL + reverse("single_sign_on_return", args=[slug])
