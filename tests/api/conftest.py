"""Clients of the API with keys of two teams."""

import ipaddress
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from api import keys
from api.models import ApiKey, KeyKind, KeyMode, KeyScope
from kernel.tenancy import scope
from tests.api.calls import TeamIds, create_harbor_data, create_northside_data, is_documented, whole_path
from tests.cast import Cast
from tests.conftest import Rows
from webhooks import endpoint_urls


@dataclass
class ApiClient:
    """An app with a key of one team."""

    key: ApiKey
    secret: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def call(self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Any:
        """Call this path, below /v1/ unless it begins with a slash, with a JSON body."""
        sent = {"authorization": f"Bearer {self.secret if token is None else token}", **headers}
        data = json.dumps(body) if body is not None else ""
        answer: Any = self.client.generic(method, whole_path(path), data, "application/json", headers=sent)
        assert is_documented(method, path, answer), answer.json()
        return answer

    def get(self, path: str, **headers: str) -> Any:
        """The response body of a call that must succeed."""
        return self._expect_200(self.call("GET", path, **headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self._expect_200(self.call("POST", path, body or {}, **headers))

    def refused(self, method: str, path: str, data: Any = None, **headers: Any) -> tuple[int, str]:
        """The status and error_code of a call that must fail."""
        answer = self.call(method, path, data, **headers)
        body = answer.json()
        assert answer.status_code >= 400, body
        assert set(body) - {"field", "dry_run", "refusal"} == {"error_code", "message", "request_id"}
        assert body["request_id"] == answer["X-Request-Id"]
        return answer.status_code, body["error_code"]

    def _expect_200(self, answer: Any) -> Any:
        body = answer.json()
        assert answer.status_code == 200, body
        return body


def create_client(
    member: Member, *scopes: KeyScope, kind: KeyKind = KeyKind.BEARER, name: str = "CRM",
    mode: KeyMode = KeyMode.STRICT,
) -> ApiClient:  # fmt: skip
    """An app with a new key of the member's team, with all scopes unless some are given."""
    with scope(member.team_id):
        created = keys.create_key(name, kind, scopes or list(KeyScope), member, mode)
    return ApiClient(created.key, created.secret)


@pytest.fixture
def crm(cast: Cast) -> ApiClient:
    """Northside's app, whose key has all scopes."""
    return create_client(cast.owner)


@pytest.fixture
def harbor_crm(cast: Cast) -> ApiClient:
    return create_client(cast.outsider, name="Harbor CRM")


@pytest.fixture(autouse=True)
def _hosts_of_webhooks_are_public(monkeypatch: pytest.MonkeyPatch) -> None:
    make_hosts_public(monkeypatch)


def make_hosts_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every host of a webhook has one public address; the product looks it up in DNS when a webhook is created."""
    public = ipaddress.ip_address("93.184.215.14")
    monkeypatch.setattr(endpoint_urls, "get_ip_address", lambda host, port, _: (public, port))


@pytest.fixture
def _unlimited(settings: Any) -> None:
    """No rate limit."""
    settings.API_REQUESTS_A_MINUTE = 0


@pytest.fixture
def team_ids(cast: Cast) -> TeamIds:
    return create_northside_data(cast)


@pytest.fixture
def harbor_ids(cast: Cast) -> TeamIds:
    return create_harbor_data(cast)


@pytest.fixture
def unchanged(rows: Callable[..., Rows]) -> Iterator[None]:
    """Checks that the test writes nothing except keys, and their audit log. Request this fixture last."""

    def rows_without_keys() -> Rows:
        found = {table: content for table, content in rows().items() if table != "api_apikey"}
        audit = [row for row in found["accounts_settingschange"] if ",api_key," not in row]
        return {**found, "accounts_settingschange": audit}

    before = rows_without_keys()
    yield
    assert rows_without_keys() == before
