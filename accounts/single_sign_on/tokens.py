"""ID tokens: signature and claims, checked with joserfc and authlib (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

from dataclasses import dataclass
from typing import Any

from authlib.oidc.core.claims import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwk import KeySet

from accounts.single_sign_on.trouble import SingleSignOnTrouble

# Signatures with a key that only the issuer has: never `none`, and no HMAC, whose key could be the public one.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY = 120  # seconds by which clocks may differ
_CLOCKS = "The clocks of the issuer and of Heymarket differ by more than two minutes. Tell whoever runs them."
_CLAIMS = {
    "iss": "The answer is from another issuer than the team's.",
    "aud": "The answer is for another application. Check the client ID under Settings > Sign-in.",
    "azp": "The answer is for another application. Check the client ID under Settings > Sign-in.",
    "nonce": "The answer is not for this sign-in. Begin again.",
    "iat": _CLOCKS,
    "nbf": _CLOCKS,
}
_SIGNATURE = "The answer is not signed as the issuer's answers are, so it does not count. Begin again."


@dataclass(frozen=True)
class ExpectedToken:
    """What an ID token must say to count for one sign-in."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str = ""


def read_id_token(id_token: str, keys: KeySet, expected: ExpectedToken) -> dict[str, Any]:
    """The claims of a valid token. Raises SingleSignOnTrouble."""
    try:
        token = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {name: {"essential": True, "value": value} for name, value in _values(expected).items()},
            {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token},
        )
        claims.validate(leeway=LEEWAY)
    except ExpiredTokenError:
        raise SingleSignOnTrouble(
            "The answer has expired. Begin again; if that does not help, " + _CLOCKS
        ) from None
    except ClaimError as error:
        sentence = _CLAIMS.get(error.claim, f"The issuer's answer has no valid {error.claim}.")
        raise SingleSignOnTrouble(sentence) from None
    except (JoseError, ValueError, TypeError, AttributeError):
        raise SingleSignOnTrouble(_SIGNATURE) from None
    return dict(claims)


def _values(expected: ExpectedToken) -> dict[str, str]:
    return {"iss": expected.issuer, "aud": expected.client_id}
