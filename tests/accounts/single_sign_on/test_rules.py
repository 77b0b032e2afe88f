"""Pure parts of single sign-on: issuers, domains, ID tokens, and what counts as a verified address."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from time_machine import TimeMachineFixture

from accounts.single_sign_on.domain_names import domain_name, domain_of
from accounts.single_sign_on.exchange import error_sentence
from accounts.single_sign_on.issuers import Provider, issuer_of, provider_of
from accounts.single_sign_on.people import person_of
from accounts.single_sign_on.tokens import ExpectedToken, read_id_token
from accounts.single_sign_on.trouble import SingleSignOnTrouble
from tests.accounts.single_sign_on.fake_issuer import CLIENT_ID, KEY, OTHER_KEY, claims_of

TENANT = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"
ISSUER = "https://login.example.com"


@pytest.mark.parametrize(
    ("provider", "entered", "issuer"),
    [
        ("google", "", "https://accounts.google.com"),
        ("google", "whatever", "https://accounts.google.com"),
        ("microsoft", TENANT, ENTRA),
        ("microsoft", f" {TENANT.upper()} ", ENTRA),
        ("microsoft", f"{ENTRA}/.well-known/openid-configuration", ENTRA),
        ("microsoft", f"https://sts.windows.net/{TENANT}/", ENTRA),
        ("microsoft", "common", None),
        ("microsoft", "https://login.microsoftonline.com/organizations/v2.0", None),
        ("microsoft", "", None),
        ("okta", "acme", "https://acme.okta.com"),
        ("okta", "acme.okta.com", "https://acme.okta.com"),
        ("okta", "https://acme-admin.okta.com", "https://acme.okta.com"),
        ("okta", "https://acme.okta.com/oauth2/default", "https://acme.okta.com/oauth2/default"),
        ("okta", "", None),
        ("okta", "acme okta", None),
        ("other", "https://login.example.com", ISSUER),
        ("other", "https://login.example.com/.well-known/openid-configuration", ISSUER),
        ("other", "https://example.eu.auth0.com/", "https://example.eu.auth0.com/"),
        ("other", "https://id.example.com:8443/realms/a", "https://id.example.com:8443/realms/a"),
        ("other", "http://login.example.com", None),
        ("other", "login.example.com", None),
        ("other", "https://user:pass@login.example.com", None),
        ("other", "https://login.example.com?x=1", None),
        ("other", "javascript:alert(1)", None),
        ("other", "https://[", None),
        ("other", "", None),
        ("", "", None),
    ],
)
def test_issuers(provider: str, entered: str, issuer: str | None) -> None:
    if issuer is None:
        with pytest.raises(ValueError, match=r"Enter|https"):
            issuer_of(provider, entered)
    else:
        assert issuer_of(provider, entered) == issuer


def test_providers_by_issuer() -> None:
    assert provider_of("https://accounts.google.com") == Provider.GOOGLE
    assert provider_of(ENTRA) == Provider.MICROSOFT
    assert provider_of("https://acme.okta.com/oauth2/default") == Provider.OKTA
    assert provider_of("https://acme.okta.com.example.com") == Provider.OTHER


@pytest.mark.parametrize(
    ("entered", "name"),
    [
        ("example.com", "example.com"),
        (" EXAMPLE.com. ", "example.com"),
        ("@example.com", "example.com"),
        ("jane@example.com", "example.com"),
        ("https://example.com/", "example.com"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("localhost", None),
        ("127.0.0.1", None),
        ("exa mple.com", None),
        ("-example.com", None),
        ("example..com", None),
        ("a" * 64 + ".com", None),
        ("x." * 130 + "com", None),
        ("", None),
    ],
)
def test_domains(entered: str, name: str | None) -> None:
    if name is None:
        with pytest.raises(ValueError, match="such as example"):
            domain_name(entered)
        return
    assert domain_name(entered) == name
    assert domain_of(f"jane@{name}") == name


# -- ID tokens ------------------------------------------------------------------------------------------------------


def sign(claims: dict[str, Any], header: dict[str, Any] | None = None, key: Any = KEY) -> str:
    return str(jwt.encode({"alg": "RS256", "kid": "key-1", **(header or {})}, claims, key))


def unsigned(claims: dict[str, Any]) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}."


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    """HMAC with the public key as its secret, which a careless reader would accept."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"key-1"}').decode().rstrip("=")
    signed = f"{header}.{unsigned(claims).split('.')[1]}"
    digest = hmac.digest(KEY.as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def resigned(algorithm: str) -> str:
    """A good token whose header names another algorithm."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": "key-1"}).encode()).decode()
    return ".".join([header.rstrip("="), *sign(GOOD).split(".")[1:]])


def without_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


def tampered(token: str) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{unsigned(claims_of(ISSUER, 'ceo@example.com', nonce='n')).split('.')[1]}.{signature}"


KEYS = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
EXPECTED = ExpectedToken(ISSUER, CLIENT_ID, "n", "at")
GOOD = claims_of(ISSUER, "jane@example.com", nonce="n")
NOW = int(time.time())
SIGNATURE = "not signed"


# The tokens differ in each run, so they are no names of tests.
BAD_TOKENS = {
    "another audience": (sign({**GOOD, "aud": "another"}), "another application"),
    "a further audience": (sign({**GOOD, "aud": [CLIENT_ID, "another"]}), "another application"),
    "another party": (sign({**GOOD, "azp": "another"}), "another application"),
    "no audience": (sign({**GOOD, "aud": None}), "no valid aud|another application"),
    "another issuer": (sign({**GOOD, "iss": "https://evil.example"}), "another issuer"),
    "a slash more": (sign({**GOOD, "iss": f"{ISSUER}/"}), "another issuer"),
    "another nonce": (sign({**GOOD, "nonce": "m"}), "not for this sign-in"),
    "no nonce": (sign(claims_of(ISSUER, "jane@example.com")), "not for this sign-in"),
    "expired": (sign({**GOOD, "exp": NOW - 300}), "expired"),
    "expiry in words": (sign({**GOOD, "exp": "later"}), "no valid exp"),
    "no expiry": (sign(claims_of(ISSUER, "jane@example.com", nonce="n", exp=None)), "no valid exp"),
    "issued later": (sign({**GOOD, "iat": NOW + 900}), "clocks"),
    "valid later": (sign({**GOOD, "nbf": NOW + 900}), "clocks"),
    "another access token": (sign({**GOOD, "at_hash": "wrong"}), "no valid at_hash"),
    "nobody": (sign(claims_of(ISSUER, "jane@example.com", nonce="n", sub=None)), "no valid sub"),
    "a number for a person": (sign({**GOOD, "sub": 7}), "no valid sub"),
    "alg none": (unsigned(GOOD), SIGNATURE),
    "signature removed": (without_signature(sign(GOOD)), SIGNATURE),
    "other claims": (tampered(sign(GOOD)), SIGNATURE),
    "unknown key": (sign(GOOD, {"kid": "key-2"}), SIGNATURE),
    "key of somebody else": (sign(GOOD, key=OTHER_KEY), SIGNATURE),
    "public key as secret": (signed_with_the_public_key(GOOD), SIGNATURE),
    "algorithm of another kind of key": (resigned("ES256"), SIGNATURE),
    "nothing": ("", SIGNATURE),
    "three words": ("a.b.c", SIGNATURE),
    "five words": ("a.b.c.d.e", SIGNATURE),
    "no ASCII": ("é" * 10, SIGNATURE),
}


@pytest.fixture
def when_made(time_machine: TimeMachineFixture) -> None:
    """Tokens were made when this module was loaded, and expire within minutes."""
    time_machine.move_to(NOW, tick=False)


@pytest.mark.usefixtures("when_made")
@pytest.mark.parametrize("name", BAD_TOKENS)
def test_bad_tokens(name: str) -> None:
    token, sentence = BAD_TOKENS[name]
    with pytest.raises(SingleSignOnTrouble, match=sentence):
        read_id_token(token, KEYS, EXPECTED)


@pytest.mark.usefixtures("when_made")
def test_good_tokens() -> None:
    assert read_id_token(sign(GOOD), KEYS, EXPECTED)["sub"] == GOOD["sub"]
    now = int(time.time())
    skewed = {**GOOD, "exp": now - 60, "iat": now + 60, "aud": [CLIENT_ID], "azp": CLIENT_ID}
    assert read_id_token(sign(skewed), KEYS, EXPECTED)["email"] == "jane@example.com"


@pytest.mark.parametrize(
    ("issuer", "more", "accepted"),
    [
        (ISSUER, {}, "jane@example.com"),
        (ISSUER, {"email": "Jane@Example.com"}, "jane@example.com"),
        (ISSUER, {"email_verified": "true"}, "jane@example.com"),
        (ISSUER, {"email_verified": False}, None),
        (ISSUER, {"email_verified": None}, None),
        (ISSUER, {"email_verified": 1}, "jane@example.com"),
        (ISSUER, {"email_verified": "yes"}, None),
        (ISSUER, {"email": None}, None),
        (ISSUER, {"email": "no address"}, None),
        (ISSUER, {"email": ["jane@example.com"]}, None),
        (ISSUER, {"email": None, "preferred_username": "jane@example.com"}, None),
        (ISSUER, {"email": "jane@exa\ud800mple.com"}, None),
        (ISSUER, {"sub": ""}, None),
        (ISSUER, {"sub": "a\0b"}, None),
        (ISSUER, {"sub": "x" * 256}, None),
        ("https://accounts.google.com", {"hd": "example.com"}, "jane@example.com"),
        ("https://accounts.google.com", {}, None),  # a private account with the company's address
        (ENTRA, {"email_verified": None}, "jane@example.com"),
        (ENTRA, {"email_verified": None, "email": None, "preferred_username": "jane@example.com"}, "jane@example.com"),
        (ENTRA, {"email_verified": False}, None),
        (ENTRA, {"email_verified": None, "xms_edov": False}, None),
        (ENTRA, {"email_verified": None, "xms_edov": "1"}, "jane@example.com"),
    ],
)  # fmt: skip
def test_verified_addresses(issuer: str, more: dict[str, Any], accepted: str | None) -> None:
    claims = claims_of(issuer, "jane@example.com", **more)
    if accepted is None:
        with pytest.raises(SingleSignOnTrouble, match=r"address|verified|who you are"):
            person_of(claims)
        return
    assert person_of(claims).email == accepted


def test_names_and_errors_of_issuers_are_harmless() -> None:
    person = person_of(claims_of(ISSUER, "jane@example.com", name=" Jane\x00 \n D\u202eoe " + "x" * 100))
    assert person.name.startswith("Jane Doe x") and len(person.name) == 80
    assert person_of(claims_of(ISSUER, "jane@example.com", name=None)).name == "jane"
    assert "cancelled" in error_sentence("access_denied")
    assert "(scriptalert1)" in error_sentence("<script>alert(1)")
