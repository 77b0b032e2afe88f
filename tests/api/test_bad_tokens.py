"""Invalid keys and tokens are refused, and nothing is written."""

import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from api import keys
from api.models import KeyKind
from kernel.tenancy import scope
from tests.api.calls import VALID_CALLS, TeamIds, whole_path
from tests.api.conftest import ApiClient, create_client
from tests.cast import Cast


def signed(shop: ApiClient, payload: Any, *, headers: dict[str, Any] | None = None) -> str:
    """A token of these bytes or claims, with a valid signature."""
    secret = f"{shop.key.key_id}||{shop.secret}"
    return jwt.api_jws.encode(
        payload if isinstance(payload, bytes) else json.dumps(payload).encode(), secret, headers=headers
    )


def claims(shop: ApiClient, **invalid: Any) -> dict[str, Any]:
    return {"iss": shop.key.key_id, "iat": int(time.time())} | invalid


TOKENS: dict[str, Callable[[ApiClient, ApiClient], str]] = {
    "NUL": lambda shop, crm: f"hmk_\0_{crm.secret[-43:]}",
    "not ASCII": lambda shop, crm: f"hmk_\xe9_{crm.secret[-43:]}",
    "very long": lambda shop, crm: "hmk_" + "0" * 100_000,
    "three dots": lambda shop, crm: "...",
    "not base64": lambda shop, crm: "!.!.!",
    "an issuer with NUL": lambda shop, crm: signed(shop, claims(shop, iss="\0")),
    "an issuer with a lone surrogate": lambda shop, crm: signed(shop, claims(shop, iss="\ud800")),
    "an empty issuer": lambda shop, crm: signed(shop, claims(shop, iss="")),
    "an issuer in a list": lambda shop, crm: signed(shop, claims(shop, iss=[shop.key.key_id])),
    "an iat that is NaN": lambda shop, crm: signed(shop, claims(shop, iat=float("nan"))),
    "an iat that is infinite": lambda shop, crm: signed(shop, claims(shop, iat=float("inf"))),
    "an iat that is huge": lambda shop, crm: signed(shop, claims(shop, iat=10**300)),
    "an iat before year 1": lambda shop, crm: signed(shop, claims(shop, iat=-(10**300))),
    "an iat as text": lambda shop, crm: signed(shop, claims(shop, iat=str(int(time.time())))),
    "an iat that is true": lambda shop, crm: signed(shop, claims(shop, iat=True)),
    "an iat that is null": lambda shop, crm: signed(shop, claims(shop, iat=None)),
    "an iat in a list": lambda shop, crm: signed(shop, claims(shop, iat=[1])),
    "an iat in the future": lambda shop, crm: signed(shop, claims(shop, iat=time.time() + 120)),
    "expired": lambda shop, crm: signed(shop, claims(shop, iat=time.time() - 301)),
    "an exp that is NaN": lambda shop, crm: signed(shop, claims(shop, exp=float("nan"))),
    "an exp that is infinite": lambda shop, crm: signed(shop, claims(shop, exp=float("inf"))),
    "an nbf that is text": lambda shop, crm: signed(shop, claims(shop, nbf="x")),
    "deep": lambda shop, crm: signed(shop, b"[" * 200_000),
    "a null": lambda shop, crm: signed(shop, b"null"),
    "not UTF-8": lambda shop, crm: signed(shop, b"\xff"),
    "an extension that must be understood": lambda shop, crm: signed(
        shop, claims(shop), headers={"crit": ["x"], "x": 1}
    ),
    "RS256 in its header": lambda shop, crm: _with_header(signed(shop, claims(shop)), {"alg": "RS256", "typ": "JWT"}),
    "none in its header": lambda shop, crm: _with_header(signed(shop, claims(shop)), {"alg": "none"}),
    "NONE, unsigned": lambda shop, crm: _with_header(
        signed(shop, claims(shop)), {"alg": "NONE"}
    ).rpartition(".")[0] + ".",
    "a list as its algorithm": lambda shop, crm: _with_header(signed(shop, claims(shop)), {"alg": ["HS256"]}),
    "a shortened signature": lambda shop, crm: signed(shop, claims(shop))[:-2],
}  # fmt: skip


def _with_header(token: str, header: dict[str, Any]) -> str:
    return ".".join([jwt.utils.base64url_encode(json.dumps(header).encode()).decode(), *token.split(".")[1:]])


def test_an_invalid_token_is_refused(cast: Cast, crm: ApiClient, unchanged: None) -> None:
    for case in TOKENS:
        shop = create_client(cast.owner, kind=KeyKind.SIGNING, name="Shop")
        assert (
            shop.call("GET", "team", token=signed(shop, claims(shop, extra={"a": [1]}, jti="x"))).status_code
            == 200
        )
        body = {"phone": "14155550177"}
        assert shop.refused("POST", "contact", body, token=TOKENS[case](shop, crm)) == (
            401,
            "invalid_api_key",
        )


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_revoked_key_is_refused(cast: Cast, crm: ApiClient, unchanged: None) -> None:
    shop = create_client(cast.owner, kind=KeyKind.SIGNING, name="Shop")
    with scope(cast.northside.id):
        keys.revoke_key(crm.key, cast.owner)
        keys.revoke_key(shop.key, cast.owner)
    body = {"phone": "14155550177"}
    assert crm.refused("POST", "contact", body) == (401, "invalid_api_key")
    for secret in (shop.secret, "None", ""):
        token = jwt.api_jws.encode(json.dumps(claims(shop)).encode(), f"{shop.key.key_id}||{secret}")
        assert shop.refused("POST", "contact", body, token=token) == (401, "invalid_api_key")


def test_every_call_needs_a_valid_key(crm: ApiClient, team_ids: TeamIds, unchanged: None) -> None:
    for operation in VALID_CALLS:
        valid = VALID_CALLS[operation](team_ids)
        for token, code in [
            ("", "invalid_api_key"),
            ("x", "invalid_api_key"),
            (crm.secret[:-1], "invalid_api_key"),
        ]:
            assert crm.refused(*valid, token=token) == (401, code)
        answer = crm.client.generic(
            valid.method, whole_path(valid.path), json.dumps(valid.body), "application/json"
        )
        assert (answer.status_code, answer.json()["error_code"]) == (401, "missing_api_key")
