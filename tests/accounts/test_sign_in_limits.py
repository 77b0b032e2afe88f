"""Limits of wrong passwords: they stop a guesser, and not the owner of the address."""

import secrets
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sign_in_limits import SignInLimit
from accounts.tasks import delete_expired_sessions
from heymarket import settings as product_settings
from kernel.cache import OptionalCache
from tests.cast import PASSWORD


@pytest.fixture
def user(transactional_db: None, settings: LazySettings) -> User:
    """A user whose address no other test counts, while the product's limits apply."""
    settings.ACCOUNT_RATE_LIMITS = product_settings.ACCOUNT_RATE_LIMITS
    return User.objects.create_user(f"{secrets.token_hex(4)}@limits.example", PASSWORD)


def address() -> str:
    """An IPv6 address in a network of its own."""
    return f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"


def signs_in(user: User, password: str, source: str) -> bool:
    browser = Client(REMOTE_ADDR=source)
    browser.post(reverse("account_login"), {"login": user.email, "password": password})
    return browser.get(reverse("profile")).status_code == 200


def test_wrong_passwords_lock_an_address_for_their_source_only(user: User) -> None:
    guesser, owner = address(), address()
    for _ in range(5):
        assert not signs_in(user, "wrong password", guesser)
    assert not signs_in(user, PASSWORD, guesser)
    assert signs_in(user, PASSWORD, owner)


def test_addresses_of_one_network_are_one_source(user: User) -> None:
    network = address().removesuffix("1")
    for host in range(5):
        assert not signs_in(user, "wrong password", f"{network}{host + 1}")
    assert not signs_in(user, PASSWORD, f"{network}99")


def test_many_sources_together_are_limited(user: User, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {
        **product_settings.ACCOUNT_RATE_LIMITS,
        "login_failed_anywhere": "6/h/key",
    }
    for _ in range(6):
        assert not signs_in(user, "wrong password", address())
    assert not signs_in(user, PASSWORD, address())


def test_sign_ins_do_not_count_as_failures(user: User, settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {
        **product_settings.ACCOUNT_RATE_LIMITS,
        "login_failed_anywhere": "3/h/key",
    }
    source = address()
    assert all(signs_in(user, PASSWORD, source) for _ in range(6))


def test_counts_are_in_the_database_and_do_not_need_valkey(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restart of Valkey, or its absence, gives a guesser no new attempts. Expired counts are deleted."""
    guesser = address()
    monkeypatch.setattr(OptionalCache, "_rests_until", float("inf"))
    for _ in range(5):
        assert not signs_in(user, "wrong password", guesser)
    assert not signs_in(user, PASSWORD, guesser)
    counts = SignInLimit.objects.filter(cache_key__contains="login_failed:5/")
    assert counts.count() == 1 and user.email not in counts.get().cache_key
    delete_expired_sessions()
    assert not signs_in(user, PASSWORD, guesser)
    SignInLimit.objects.update(expires=timezone.now() - timedelta(seconds=1))
    delete_expired_sessions()
    assert not counts.exists()
    assert signs_in(user, PASSWORD, guesser)
