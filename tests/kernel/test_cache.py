"""The cache, change tokens, and signing in while Valkey does not answer."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from django.core.cache import caches
from django.test import Client
from django.urls import reverse

from kernel import change_tokens
from kernel.cache import VALKEY, OptionalCache
from tests.cast import PASSWORD, Cast


@pytest.fixture
def frozen_cache(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that accepts connections and never answers."""
    monkeypatch.setattr(OptionalCache, "_rests_until", 0.0)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        valkey = settings.CACHES[VALKEY]
        location = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        options = {**valkey["OPTIONS"], "SOCKET_CONNECT_TIMEOUT": 0.3, "SOCKET_TIMEOUT": 0.3}
        settings.CACHES = {**settings.CACHES, VALKEY: {**valkey, "LOCATION": location, "OPTIONS": options}}
        yield
    caches[VALKEY].close()


def test_people_sign_in_while_valkey_is_frozen(cast: Cast, frozen_cache: None, settings: Any) -> None:
    del settings.ACCOUNT_RATE_LIMITS  # the product's own limits
    assert account_settings.RATE_LIMITS
    answer = Client().post(
        reverse("account_login"), {"login": cast.member.user.email, "password": PASSWORD}, follow=False
    )
    assert answer.status_code == 302


def test_without_a_cache_the_token_is_the_same_for_some_seconds(cast: Cast, frozen_cache: None) -> None:
    assert change_tokens.current_token(cast.northside.id).startswith("t")


def test_a_team_without_changes_has_one_token_until_it_changes(cast: Cast) -> None:
    team_id = cast.northside.id
    caches[VALKEY].delete(change_tokens._key(team_id, change_tokens.PAGES))
    token = change_tokens.current_token(team_id)
    assert not token.startswith("t"), "it does not depend on the time"
    assert change_tokens.current_token(team_id) == token
    change_tokens.renewals.put(change_tokens._key(team_id, change_tokens.PAGES))
    assert change_tokens.current_token(team_id) not in (token, "")
