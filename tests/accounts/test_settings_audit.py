"""Audit of settings: forms of a team and of an inbox record what they changed, with the values as pages show them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Member
from kernel.tenancy import scope
from tests.cast import Cast

TEAM = {"name": "Northside Dental", "country": "US", "time_zone": "America/New_York"}
TEXTS = {"away_again_hours": "4"}


@pytest.mark.parametrize(("page", "settings", "change", "expected"), [
    ("team_settings", TEAM, {"waiting_goal": "15"},
     ("Answer within, in minutes of business hours", "–", "15")),
    ("team_settings", TEAM, {"broadcasts_per_week": "3"},
     ("Broadcasts to one person in seven days, at most", "7", "3")),
    ("team_settings", TEAM, {"allows_short_codes": "on"}, ("Allow texts to short codes", "No", "Yes")),
    ("inbox_automatic_texts", TEXTS, {"double_opt_in": "on"},
     ("Front Desk: Ask new people to confirm that they want texts", "No", "Yes")),
    ("inbox_automatic_texts", TEXTS, {"away_text": "We are closed."}, ("Front Desk: Away text", "–", "We are closed.")),
    ("inbox_hours", {"monday": ""}, {"waiting_goal": "9"},
     ("Front Desk: Answer within, in minutes of business hours", "–", "9")),
    ("inbox_hours", {"monday": ""}, {"monday": "9:00-17:00"}, ("Front Desk: Monday", "–", "9 AM–5 PM")),
    ("inbox_broadcasts", {"broadcast_rate": ""}, {"line_lookups": "on"},
     ("Front Desk: Look up landlines before a broadcast", "No", "Yes")),
])  # fmt: skip
def test_a_change_is_in_the_audit_and_on_the_page(
    cast: Cast,
    as_client: Callable[[Member], Client],
    page: str,
    settings: dict[str, str],
    change: dict[str, str],
    expected: tuple[str, str, str],
) -> None:
    of_team = page == "team_settings"
    admin = as_client(cast.owner)
    url = reverse(page, args=[cast.northside.slug, *([] if of_team else [cast.front_desk.id])])
    assert admin.post(url, settings).status_code == 302
    assert changes(cast) == [], "nothing changed"
    assert admin.post(url, {**settings, **change}).status_code == 302
    assert changes(cast) == [(*expected, str(cast.owner))]
    shown = url if of_team else reverse("inboxes", args=[cast.northside.slug])
    assert expected[0] in admin.get(shown).content.decode()


def changes(cast: Cast) -> list[Any]:
    columns = ("setting", "before", "after", "actor_name")
    with scope(cast.northside.id):
        return list(AuditEntry.objects.filter(team=cast.northside).values_list(*columns))
