"""Exchange of the code that a person brings back, for what the issuer says about the person."""

import logging
from typing import Any

from authlib.oauth2.base import OAuth2Error

from accounts.single_sign_on.attempts import SignInAttempt, client_of
from accounts.single_sign_on.discovery import IssuerConfiguration, keys_of
from accounts.single_sign_on.issuer_http import IssuerHttp, issuer_http
from accounts.single_sign_on.models import SingleSignOn
from accounts.single_sign_on.people import VouchedPerson, person_of
from accounts.single_sign_on.tokens import ExpectedToken, read_id_token
from accounts.single_sign_on.trouble import SingleSignOnTrouble
from kernel.encryption import Undecipherable

log = logging.getLogger(__name__)

# Errors of the issuer, at the return (OAuth 2.0, 4.1.2.1; OpenID Connect Core, 3.1.2.6) and for the code (5.2).
_ERRORS = {
    "access_denied": "The sign-in was cancelled, or the issuer does not let you use Heymarket.",
    "invalid_client": (
        "The issuer refused the client ID or the client secret. The secret may have expired: an owner enters a new "
        "one under Settings > Sign-in."
    ),
    "unauthorized_client": (
        "The issuer does not allow this application to sign people in this way. An owner checks it at the issuer."
    ),
    "invalid_grant": "The issuer no longer knows this sign-in. Begin again.",
    "temporarily_unavailable": "The issuer is overloaded. Try again in a few minutes.",
    "server_error": "The issuer had an error. Try again in a few minutes.",
}


def error_sentence(code: str) -> str:
    """What an issuer's error code says. An unknown code is named, without what could be markup or too long."""
    plain = "".join(letter for letter in code if letter.isascii() and (letter.isalnum() or letter in "_-"))[
        :60
    ]
    return _ERRORS.get(code, f"The issuer refused the sign-in ({plain}). Tell an owner of your team.")


def fetch_person(sign_on: SingleSignOn, attempt: SignInAttempt, slug: str, code: str) -> VouchedPerson:
    """The person who comes back with this code. Raises SingleSignOnTrouble; not for a transaction."""
    configuration = IssuerConfiguration(**sign_on.configuration)
    with issuer_http() as http:
        token = _fetch_token(http, sign_on, configuration, attempt, slug, code)
        access_token = str(token.get("access_token") or "")
        expected = ExpectedToken(configuration.issuer, sign_on.client_id, attempt.nonce, access_token)
        claims = read_id_token(str(token.get("id_token") or ""), keys_of(http, configuration), expected)
        return person_of(_with_userinfo(http, configuration, claims, access_token))


def _fetch_token(
    http: IssuerHttp,
    sign_on: SingleSignOn,
    configuration: IssuerConfiguration,
    attempt: SignInAttempt,
    slug: str,
    code: str,
) -> dict[str, Any]:
    try:
        client = client_of(sign_on, configuration, slug, http)
        token: dict[str, Any] = client.fetch_token(
            configuration.token_endpoint,
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
            redirect_uri=client.redirect_uri,
        )
    except Undecipherable:
        raise SingleSignOnTrouble(
            "The client secret can no longer be read. An owner enters it again under Settings > Sign-in."
        ) from None
    except OAuth2Error as error:
        log.warning("single sign-on of team %s: the issuer refused the code", sign_on.team_id)
        raise SingleSignOnTrouble(error_sentence(str(error.error))) from None
    except (ValueError, TypeError, KeyError):
        raise SingleSignOnTrouble("The issuer's answer cannot be read. Try again in a few minutes.") from None
    return token


def _with_userinfo(
    http: IssuerHttp, configuration: IssuerConfiguration, claims: dict[str, Any], access_token: str
) -> dict[str, Any]:
    """The claims with those of the issuer's page about the person, for an issuer that keeps its tokens small."""
    if claims.get("email") or not configuration.userinfo_endpoint or not access_token:
        return claims
    bearer = {"Authorization": f"Bearer {access_token}"}
    more = http.get_object(configuration.userinfo_endpoint, "the person's address", **bearer)
    if more.get("sub") != claims["sub"]:  # Core, 5.3.2
        raise SingleSignOnTrouble("The issuer's answers are about different people. Begin again.")
    return {**more, **claims}
