"""Settings of broadcasts: an inbox's rate with its default, and how many a person gets in a week."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging.broadcasts.rates import rate_of
from tests.cast import Cast


@pytest.mark.parametrize(("number", "rate"), [
    ("+15105550100", 60), ("+18005550199", 180), ("US:384387", 6_000), ("ACME", 600), ("rcs:acme_agent", 60),
])  # fmt: skip
def test_the_default_rate_is_that_of_the_number_type(number: str, rate: int) -> None:
    assert rate_of(Inbox(number=number)) == rate
    assert rate_of(Inbox(number=number, broadcast_rate=90)) == 90


def test_an_admin_changes_the_rate_and_the_limit_of_a_week(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    page = reverse("inbox_broadcasts", args=[cast.northside.slug, cast.front_desk.id])
    admin = as_client(cast.admin)
    assert "Empty: 60, as for a long code." in admin.get(page).content.decode()
    assert admin.post(page, {"broadcast_rate": "0"}).status_code == 422
    assert admin.post(page, {"broadcast_rate": "240"}).status_code == 302
    assert as_client(cast.member).post(page, {"broadcast_rate": "1"}).status_code == 403
    team = {"name": "Northside Dental", "country": "US", "time_zone": "America/New_York"}
    settings = reverse("team_settings", args=[cast.northside.slug])
    assert admin.post(settings, {**team, "broadcasts_per_week": "3"}).status_code == 302
    assert admin.post(settings, team).status_code == 302  # without the field it stays
    with scope(cast.northside.id):
        cast.front_desk.refresh_from_db()
        cast.northside.refresh_from_db()
    assert (cast.front_desk.broadcast_rate, cast.northside.broadcasts_per_week) == (240, 3)
