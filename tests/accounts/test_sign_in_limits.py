"""Limits of wrong passwords: they stop a guesser, and not the owner of the address."""

import secrets

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from heymarket import settings as product_settings
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
