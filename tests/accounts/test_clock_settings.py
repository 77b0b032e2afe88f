"""Clock settings: each member reads times in the own form, and a new account brings those of its browser."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Team, User
from accounts.scope_lookups import teams_of_user
from kernel.tenancy import scope
from messaging.models import Conversation, Message
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

pytestmark = pytest.mark.django_db(transaction=True)
BERLIN = {"time_zone": "Europe/Berlin", "hour_format": "24", "date_order": "day"}


def link_of(email: Any) -> str:
    return (
        next(word for word in email.body.split() if word.startswith("http"))
        .partition("//")[2]
        .partition("/")[2]
    )


def test_two_members_read_a_thread_in_their_own_forms(
    cast: Cast, carrier: FakeTwilio, as_client: Any
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
        Message.objects.filter(team=cast.northside).update(at="2025-11-28T20:46:05Z")
    User.objects.filter(pk=cast.member.user_id).update(**BERLIN)
    address = reverse("conversation", args=["northside-dental", conversation.id])
    admin, member = (as_client(who).get(address).content.decode() for who in (cast.admin, cast.member))
    assert ">3:46 PM</time>" in admin and "Friday, November 28, 2025, 3:46:05 PM EST" in admin
    assert ">21:46</time>" in member and "Friday 28 November 2025, 21:46:05 CET" in member
    assert "Eastern time" in admin and "Berlin time" in member, "the time at which a text is sent later"
    assert "Europe/Berlin" not in member and "America/New_York" not in admin


def test_a_profile_has_a_clock_of_its_own(cast: Cast, as_client: Any) -> None:
    desk = as_client(cast.member)
    assert "As the team" in desk.get(reverse("profile")).content.decode()
    assert desk.post(reverse("profile"), {"name": "Maya Chen", **BERLIN}).status_code == 302
    user = User.objects.get(pk=cast.member.user_id)
    assert (user.time_zone, user.hour_format, user.date_order) == ("Europe/Berlin", "24", "day")
    wrong = desk.post(
        reverse("profile"), {"name": "Maya Chen", "time_zone": "Mars/Base", "hour_format": "13"}
    )
    assert wrong.status_code == 422
    assert desk.post(
        reverse("profile"), {"name": "Maya Chen", "time_zone": "", "hour_format": "", "date_order": ""}
    )
    assert User.objects.get(pk=cast.member.user_id).time_zone == ""


def test_the_teams_clock_is_that_of_members_without_one(cast: Cast, as_client: Any) -> None:
    admin = as_client(cast.admin)
    page = reverse("team_settings", args=["northside-dental"])
    assert "Pacific time (Los Angeles)" in admin.get(page).content.decode()
    values = {"name": "Northside Dental", "country": "US", **BERLIN}
    assert admin.post(page, values).status_code == 302
    with scope(cast.northside.id):
        team = Team.objects.get(pk=cast.northside.id)
    assert (team.clock.zone.key, team.clock.hours, team.clock.order) == ("Europe/Berlin", "24", "day")
    assert admin.post(page, {**values, "time_zone": ""}).status_code == 422


def test_a_new_team_gets_the_clock_and_the_country_of_the_browser(cast: Cast) -> None:
    client = Client()
    client.post(
        reverse("account_signup"), {"name": "Nora", "business": "Nora’s Cakes", "email": "nora@example.com"}
    )
    link = f"/{link_of(mail.outbox[-1])}"
    assert "nora@example.com" in client.get(reverse("sign_up_email_sent")).content.decode()
    page = client.get(link).content.decode()
    assert "data-browser-clock" in page and '<option value="US" selected>' in page
    sent = {"password": "a-long-new-password", "country": "DE", **BERLIN}
    assert client.post(link, {**sent, "country": "XX"}).status_code == 422
    assert client.post(link, sent).status_code == 302
    nora = User.objects.get(email="nora@example.com")
    (choice,) = teams_of_user(nora.pk)
    with scope(choice.id):
        team = Team.objects.get(pk=choice.id)
    assert (team.time_zone, team.hour_format, team.date_order) == ("Europe/Berlin", "24", "day")
    assert team.country == "DE"
    assert nora.time_zone == "", "the owner has the team's"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (BERLIN, ("Europe/Berlin", "24", "day")),
        ({"time_zone": "America/New_York", "hour_format": "12", "date_order": "month"}, ("", "", "")),
        ({}, ("", "", "")),
    ],
)
def test_an_invited_person_keeps_what_differs_from_the_team(
    cast: Cast, as_client: Any, sent: dict[str, str], kept: tuple[str, str, str]
) -> None:
    as_client(cast.admin).post(
        reverse("invitations", args=["northside-dental"]),
        {"email": "ivy@example.com", "role": "admin"},
    )
    link = f"/{link_of(mail.outbox[-1])}"
    assert Client().post(link, {"name": "Ivy", "password": "a-long-new-password", **sent}).status_code == 302
    ivy = User.objects.get(email="ivy@example.com")
    assert (ivy.time_zone, ivy.hour_format, ivy.date_order) == kept
