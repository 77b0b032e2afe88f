"""Entry to the API: keys, signed tokens, scopes, rate limits, and Settings > API keys."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.models import Member
from api import keys, limits
from api.models import ApiKey, KeyKind, KeyScope
from kernel.tenancy import scope
from optout.number_locks import lock_number
from tests.api.conftest import ApiClient, create_client
from tests.cast import STRANGER, Cast

NOW = 1_790_000_000  # unix seconds; 20 seconds after a full minute


def signed(app: ApiClient, secret: str | None = None, algorithm: str = "HS256", **claims: Any) -> str:
    """A valid token of this app, with the given changes; a claim of None is left out."""
    claims = {"iss": app.key.key_id, "iat": NOW} | claims
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, f"{app.key.key_id}||{app.secret}" if secret is None else secret, algorithm)


@pytest.fixture
def shop(cast: Cast) -> ApiClient:
    """An app that signs tokens."""
    return create_client(cast.owner, kind=KeyKind.SIGNING, name="Shop")


# -- keys --------------------------------------------------------------------------------------------------------


def test_a_key_gives_access_to_its_own_team(cast: Cast, crm: ApiClient, harbor_crm: ApiClient) -> None:
    assert crm.get("team")["name"] == "Northside Dental"
    assert harbor_crm.get("team")["name"] == "Harbor Bikes"


def test_the_secret_of_a_key_is_not_stored_as_text(
    cast: Cast, crm: ApiClient, shop: ApiClient, owner: Any
) -> None:
    rows = owner.execute("SELECT row_to_json(k)::text FROM api_apikey k").fetchall()
    assert len(rows) == 2
    for (row,) in rows:
        assert crm.secret.split("_", 2)[2] not in row and shop.secret not in row


@pytest.mark.parametrize("change", [
    lambda secret: secret[:-1], lambda secret: secret + "x", lambda secret: secret.replace("hmk", "hmx"),
    lambda secret: secret.upper(), lambda secret: f"hmk_{'0' * 16}_{secret[-43:]}", lambda secret: "hmk_",
    lambda secret: "x",
])  # fmt: skip
def test_a_changed_key_is_refused(crm: ApiClient, change: Callable[[str], str]) -> None:
    assert crm.refused("GET", "team", token=change(crm.secret)) == (401, "invalid_api_key")


def test_a_missing_key_and_another_scheme_are_refused(crm: ApiClient) -> None:
    answer = Client().get("/v1/team")
    assert (answer.status_code, answer.json()["error_code"]) == (401, "missing_api_key")
    assert answer["WWW-Authenticate"] == "Bearer"
    answer = Client().get("/v1/team", headers={"authorization": "Basic YTpi"})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "invalid_api_key")


def test_a_session_of_a_member_gives_no_access(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    assert as_client(cast.owner).get("/v1/team").status_code == 401


# -- signed tokens -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "accepted"), [(0, True), (299, True), (300, True), (301, False), (-59, True), (-61, False)]
)
def test_a_token_is_valid_for_five_minutes(shop: ApiClient, age: int, accepted: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = shop.call("GET", "team", token=signed(shop, iat=NOW - age))
    assert answer.status_code == (200 if accepted else 401)


INVALID_TOKENS: dict[str, Callable[[ApiClient, ApiClient], str]] = {
    "signed with the secret key alone": lambda shop, crm: signed(shop, shop.secret),
    "signed with another key": lambda shop, crm: signed(shop, "0" * 64),
    "signed with a bearer key's id": lambda shop, crm: signed(shop, iss=crm.key.key_id),
    "an unknown issuer": lambda shop, crm: signed(shop, iss="0" * 16),
    "no issuer": lambda shop, crm: signed(shop, iss=None),
    "an issuer that is not a text": lambda shop, crm: jwt.api_jws.encode(b'{"iss": 1, "iat": 1}', "0" * 64),
    "no iat": lambda shop, crm: signed(shop, iat=None),
    "an iat that is not a number": lambda shop, crm: signed(shop, iat="now"),
    "an iat before year 1": lambda shop, crm: signed(shop, iat=-(10**400)),
    "another algorithm": lambda shop, crm: signed(shop, algorithm="HS512"),
    "no algorithm": lambda shop, crm: signed(shop, "", algorithm="none"),
    "past its exp": lambda shop, crm: signed(shop, exp=NOW - 100),
    "not an object": lambda shop, crm: jwt.api_jws.encode(b"[1]", f"{shop.key.key_id}||{shop.secret}"),
    "not a token": lambda shop, crm: "a.b.c",
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize("case", INVALID_TOKENS)
def test_an_invalid_token_is_refused(shop: ApiClient, crm: ApiClient, case: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert shop.call("GET", "team", token=signed(shop)).status_code == 200
        assert shop.refused("GET", "team", token=INVALID_TOKENS[case](shop, crm)) == (401, "invalid_api_key")


def test_a_secret_key_is_not_a_bearer_key(shop: ApiClient) -> None:
    assert shop.refused("GET", "team") == (401, "invalid_api_key")


# -- scopes ------------------------------------------------------------------------------------------------------

CALLS = {
    KeyScope.READ: ("GET", "team", None),
    KeyScope.WRITE: ("POST", "contact/set_status", {"phone": "14155550199", "status": "unsubscribed"}),
    KeyScope.WEBHOOKS: ("GET", "webhooks", None),
    KeyScope.SEND: ("POST", "message/send", {"inbox_id": 1, "phone_number": "14155550199", "text": "Hello"}),
}


@pytest.mark.parametrize("held", CALLS)
@pytest.mark.parametrize("needed", CALLS)
def test_a_call_needs_its_scope(cast: Cast, held: KeyScope, needed: KeyScope) -> None:
    answer = create_client(cast.owner, held).call(*CALLS[needed])
    assert (answer.status_code == 403) == (held != needed), answer.json()
    if held != needed:
        assert answer.json()["error_code"] == "denied" and f"“{needed}”" in answer.json()["message"]


# -- rate limits -------------------------------------------------------------------------------------------------


def test_requests_per_minute_are_limited_for_each_key(
    cast: Cast, crm: ApiClient, settings: LazySettings
) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    other = create_client(cast.owner, name="Other")
    with time_machine.travel(NOW + 10, tick=False):  # 30 seconds after a full minute
        left = [crm.call("GET", "team")["X-RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        answer = crm.call("GET", "team")
        assert (answer.status_code, answer.json()["error_code"]) == (429, "rate_limited")
        assert (answer["Retry-After"], answer["X-RateLimit-Reset"]) == ("30", "30")
        assert other.get("team"), "each key has its own limit"
    with time_machine.travel(NOW + 40, tick=False):
        assert crm.get("team"), "in the next minute"


def test_there_is_no_limit_without_valkey(
    crm: ApiClient, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> None:
    settings.API_REQUESTS_A_MINUTE = 1
    without_retries = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(limits, "get_redis_connection", lambda _: without_retries)
    for _ in range(3):
        assert "X-RateLimit-Limit" not in crm.call("GET", "team")


def test_a_waiting_call_does_not_delay_others_with_its_key(
    cast: Cast, crm: ApiClient, elsewhere: Any
) -> None:
    with scope(cast.northside.id):
        lock_number(cast.northside.id, STRANGER)
        waiting = elsewhere(crm.call, *CALLS[KeyScope.WRITE])
        assert elsewhere(crm.get, "team").result(5)
        assert not waiting.done()
    assert waiting.result(5).status_code == 200


def test_a_failing_call_counts_as_use_of_the_key(crm: ApiClient) -> None:
    crm.refused("GET", "contact/999999999")
    with scope(crm.key.team_id):
        assert ApiKey.objects.get(id=crm.key.id).last_used_at


def test_the_last_use_of_a_key_is_recorded_once_a_minute(crm: ApiClient) -> None:
    def last_used() -> Any:
        with scope(crm.key.team_id):
            return ApiKey.objects.get(id=crm.key.id).last_used_at

    assert last_used() is None
    with time_machine.travel(NOW, tick=False):
        crm.get("team")
    first = last_used()
    with time_machine.travel(NOW + 59, tick=False):
        crm.get("team")
    assert last_used() == first, "not written again within a minute"
    with time_machine.travel(NOW + 61, tick=False):
        crm.get("team")
    assert (last_used() - first).total_seconds() == 61


# -- Settings ----------------------------------------------------------------------------------------------------


def settings_page(cast: Cast, name: str, **more: Any) -> str:
    return reverse(name, kwargs={"team_slug": cast.northside.slug, **more})


@pytest.mark.parametrize("kind", KeyKind)
def test_an_admin_creates_a_key_sees_it_once_and_revokes_it(
    cast: Cast, as_client: Callable[[Member], Client], kind: KeyKind
) -> None:
    browser = as_client(cast.admin)
    form = {"name": "  Shop  & Co ", "kind": kind, "mode": "compatible", "scopes": ["read"]}
    created = browser.post(settings_page(cast, "new_api_key"), form)
    assert created.status_code == 200 and "no-store" in created["Cache-Control"]
    key, secret = created.context["created"]
    assert (key.name, key.created_by, key.scopes) == ("Shop & Co", "Amir Adams", ["read"])
    assert secret in created.text
    app = ApiClient(key, secret)
    token = secret if kind == KeyKind.BEARER else signed(app, iat=time.time())
    assert app.call("GET", "team", token=token).status_code == 200

    pages = [
        browser.get(settings_page(cast, "api_keys")),
        browser.get(settings_page(cast, "api_key", id=key.id)),
    ]
    for page in pages:
        assert "Shop &amp; Co" in page.text and secret not in page.text
        assert "Compatible" in page.text

    assert browser.post(settings_page(cast, "api_key_revocation", id=key.id)).status_code == 302
    assert app.refused("GET", "team", token=token) == (401, "invalid_api_key")
    assert "Revoked" in browser.get(settings_page(cast, "api_key", id=key.id)).text


def test_an_invalid_form_creates_no_key(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    answer = as_client(cast.admin).post(settings_page(cast, "new_api_key"), {"name": "", "kind": "x"})
    assert answer.status_code == 422 and "Choose at least one scope." in answer.text
    with scope(cast.northside.id):
        assert not ApiKey.objects.exists()


def test_a_revoked_key_has_no_secret(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        keys.revoke_key(crm.key, cast.owner)
        revoked = ApiKey.objects.get(id=crm.key.id)
    assert (revoked.secret_hash, revoked.signing_secret, revoked.revoked_by) == ("", None, "Olivia Owens")
    assert revoked.revoked_at is not None and revoked.revoked_at <= timezone.now()
