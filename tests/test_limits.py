"""Limits of public addresses: the table of docs/limits.md names each of them, and says what the code does."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account import app_settings as allauth_settings
from allauth.mfa import app_settings as mfa_settings
from django.conf import LazySettings
from django.conf import settings as product
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import MOST_OF_NEW_TEAM
from accounts.models import Invitation, Member, Team
from api.entry import MAX_BODY
from heymarket import settings as settings_module
from heymarket.front.application import Front
from heymarket.front.bodies import FORM, WEBHOOK
from heymarket.front.webhook_threads import MAX_WAITING
from kernel.tenancy import scope
from tests.cast import Cast
from tests.test_urls import PUBLIC, URLS

TABLE = (product.BASE_DIR / "docs/limits.md").read_text()
RATE = re.compile(r"`(\w+)` ((?:\d+/\w+/(?:ip|key|user),?)+)")


def test_every_public_address_is_in_the_table() -> None:
    """A new one needs a row in docs/limits.md: what size, time and rate does it have?"""
    rows = [row for row in TABLE.splitlines() if row.startswith("| `")]
    listed = {address for row in rows for address in re.findall("`([^`]+)`", row)}
    public = {URLS[name][0] for name in PUBLIC}
    assert public - listed == set()
    assert "v1/" in listed


def test_the_table_has_the_rates_of_the_code(settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings_module.ACCOUNT_RATE_LIMITS
    rates = mfa_settings.RATE_LIMITS | allauth_settings.RATE_LIMITS
    told = {action: rate.rstrip(",") for action, rate in RATE.findall(TABLE)}
    assert told == {action: rates[action] for action in told}
    assert set(settings_module.ACCOUNT_RATE_LIMITS) <= set(told)


def test_the_table_has_the_sizes_and_times_of_the_code() -> None:
    front = Front(lambda path: None, None, None, None)  # type: ignore[arg-type]
    for row in (
        f"| webhook | {WEBHOOK.size // 1024} kB | {WEBHOOK.seconds:.0f} seconds"
        f" | {front.webhook_bodies.most:,} bodies that arrive, {MAX_WAITING} that wait for a thread |",
        f"| form | {FORM.size // 1024**2} MB, of which a form's fields may have"
        f" {product.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024} kB | {FORM.seconds:.0f} seconds, and a second more for each"
        f" {FORM.rate // 1000} kB | {front.page_bodies.most} bodies that arrive,",
        f"| an API key; {MAX_BODY // 1024**2} MB |",
        f"{MOST_OF_NEW_TEAM} in 24 hours",
    ):
        assert row in TABLE


# -- what the limits do -------------------------------------------------------------------------------------------


@pytest.fixture
def limited(settings: LazySettings, transactional_db: None) -> Callable[..., None]:
    """The product's limits, with others for some actions."""

    def limit(**rates: str) -> None:
        settings.ACCOUNT_RATE_LIMITS = {**settings_module.ACCOUNT_RATE_LIMITS, **rates}

    return limit


def sign_up(email: str, client: Client | None = None) -> Any:
    data = {"name": "Vera Novak", "business": "Novak", "email": email}
    return (client or Client()).post(reverse("account_signup"), data)


def test_sign_ups_of_one_source_are_limited(limited: Callable[..., None]) -> None:
    limited(signup="2/h/ip")
    for number in range(2):
        assert sign_up(f"{number}@novak.example").status_code == 302
    refused = sign_up("2@novak.example")
    assert refused.status_code == 429 and "Wait a few minutes" in refused.text
    assert sign_up("2@novak.example", Client(REMOTE_ADDR="203.0.113.9")).status_code == 302
    assert len(mail.outbox) == 3


def test_one_address_gets_few_emails_of_sign_ups(limited: Callable[..., None]) -> None:
    """And nobody can tell from the answers."""
    limited(signup_email="2/h/key")
    answers = [sign_up(email) for email in ("v@novak.example", "V@novak.example", "v@novak.example")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, reverse("sign_up_email_sent"))}
    assert len(mail.outbox) == 2


@pytest.mark.parametrize(
    "name", ["sign_up", "invitation", "copied_invitation", "root_email_confirmation", "two_factor_reset"]
)
def test_links_are_not_to_be_guessed(name: str, limited: Callable[..., None]) -> None:
    limited(open_link="2/m/ip")
    client, address = Client(REMOTE_ADDR="203.0.113.9"), reverse(name, args=["x"])
    assert [client.post(address).status_code for _ in range(3)] == [410, 410, 429]
    assert client.get(address).status_code == 410


def test_an_issuer_is_asked_few_times_in_a_minute(limited: Callable[..., None]) -> None:
    """Also by links alone."""
    limited(single_sign_on="2/m/ip")
    client = Client(REMOTE_ADDR="203.0.113.9")
    for name in ("single_sign_on_start", "single_sign_on_return"):
        address = reverse(name, args=["northside-dental"])
        assert [client.get(address).status_code for _ in range(3)].count(429) == (1 if "start" in name else 3)


def test_a_user_creates_few_teams_a_day(
    cast: Cast, as_client: Callable[[Member], Client], limited: Callable[..., None]
) -> None:
    limited(new_team="1/d/user")
    data = {"name": "Novak", "country": "US", "time_zone": "America/New_York"}
    browser = as_client(cast.owner)
    assert [browser.post(reverse("new_team"), data).status_code for _ in range(2)] == [302, 429]


def test_few_addresses_for_roots_get_an_email(
    cast: Cast, as_client: Callable[[Member], Client], limited: Callable[..., None]
) -> None:
    limited(root_email="1/d/user")
    browser, address = as_client(cast.owner), reverse("root_email", args=[cast.northside.slug])
    sent = [browser.post(address, {"root_email": f"notary{n}@example.com"}).status_code for n in range(2)]
    assert sent == [302, 429]


def test_a_new_team_sends_few_invitations_a_day(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    browser, team = as_client(cast.owner), cast.northside

    def invite(number: int) -> Any:
        data = {"email": f"{number}@novak.example", "role": "admin"}
        return browser.post(reverse("invitations", args=[team.slug]), data)

    for number in range(MOST_OF_NEW_TEAM):
        assert invite(number).status_code == 302
    refused = invite(99)
    assert refused.status_code == 422
    assert "at most 10 invitations in 24 hours. The next one can be sent in 24 hours." in refused.text
    with scope(team.id):
        first = Invitation.objects.filter(team=team).earliest("id")
    again = browser.post(reverse("invitation_email", args=[team.slug, first.id]), follow=True)
    assert "at most 10 invitations" in again.text
    assert len(mail.outbox) == MOST_OF_NEW_TEAM
    with scope(team.id):
        Team.objects.filter(id=team.id).update(created_at=timezone.now() - timedelta(days=8))
    assert invite(99).status_code == 302, "after its first week"
