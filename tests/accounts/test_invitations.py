"""Invitations without an inbox, and the link of an invitation that the team copies: it proves no address."""

import re
from collections.abc import Callable
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.invitation_links import copied_link
from accounts.models import Invitation, Member, Role, User
from accounts.roles.role_field import DESCRIPTIONS
from kernel.cache import cache
from kernel.tenancy import scope
from tests.cast import Cast

AsClient = Callable[[Member], Client]
NINA = "nina@novak.example"


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.PUBLIC_URL = "http://testserver"
    cache.clear()


def send(cast: Cast, browser: Client, email: str = NINA, **form: Any) -> Any:
    form = {"email": email, "role": "member", **form}
    return browser.post(reverse("invitations", args=[cast.northside.slug]), form)


def invitation_of(cast: Cast, email: str) -> Invitation:
    with scope(cast.northside.id):
        return Invitation.objects.get(team=cast.northside, email=email)


def link_for(cast: Cast, as_client: AsClient, email: str = NINA) -> str:
    """The copied link of a new invitation, as the page of members shows it."""
    browser = as_client(cast.owner)
    send(cast, browser, email, without_inbox="on")
    mail.outbox.clear()
    page = browser.get(reverse("members", args=[cast.northside.slug])).content.decode()
    link = copied_link(invitation_of(cast, email))
    assert f'value="{link}"' in page
    return link.removeprefix("http://testserver")


# -- without an inbox --------------------------------------------------------------------------------------------

FORMS: tuple[tuple[dict[str, Any], int], ...] = (
    ({}, 422),
    ({"without_inbox": "on"}, 302),
    ({"role": "admin"}, 302),
    ({"role": "owner"}, 302),
)


def test_invitation_without_an_inbox_is_confirmed(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    assert (
        "without an inbox"
        not in browser.get(reverse("invitations", args=["northside-dental"])).content.decode()
    )
    for form, status in FORMS:
        answer = send(cast, browser, **form)
        assert answer.status_code == status, form
        if status == 422:
            assert "sees no conversations" in answer.content.decode()
            assert 'name="without_inbox"' in answer.content.decode()
    assert send(cast, browser, inboxes=[cast.billing.id]).status_code == 302
    members = reverse("members", args=["northside-dental"])
    assert "No inbox</span>" not in browser.get(members).content.decode()
    send(cast, browser, without_inbox="on")
    assert "No inbox</span>" in browser.get(members).content.decode()


def test_who_joins_without_an_inbox_is_told_what_to_do(cast: Cast, as_client: AsClient) -> None:
    for email, form, told in (
        ("one@person.example", {"without_inbox": "on"}, True),
        ("two@person.example", {"inboxes": [cast.billing.id]}, False),
        ("three@person.example", {"role": "admin"}, False),
    ):
        mail.outbox.clear()
        send(cast, as_client(cast.owner), email, **form)
        found = re.search(r"http://testserver(\S+)", str(mail.outbox[0].body))
        assert found
        page = Client().post(found[1], {"name": "New", "password": "sourdough 4 all"}, follow=True)
        assert ("ask Olivia Owens to add you to an inbox" in page.content.decode()) == told, email


def test_roles_are_explained_where_they_are_chosen(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    for page in (
        reverse("invitations", args=["northside-dental"]),
        reverse("member", args=["northside-dental", cast.member.id]),
    ):
        shown = browser.get(page).content.decode()
        assert all(f"{role.label}: {DESCRIPTIONS[role]}" in shown for role in Role), page


# -- the copied link ---------------------------------------------------------------------------------------------


def test_copied_link_signs_nobody_up(cast: Cast, as_client: AsClient) -> None:
    """Whoever copied it could otherwise take an address that is not theirs."""
    link, visitor = link_for(cast, as_client), Client()
    page = visitor.get(link).content.decode()
    assert "Email me the link" in page
    assert 'name="password"' not in page
    form = {"name": "Nina", "password": "sourdough 4 all"}
    assert "We sent an email to nina@novak.example" in visitor.post(link, form).content.decode()
    assert not User.objects.filter(email=NINA).exists()
    (message,) = mail.outbox
    assert message.to == [NINA]
    found = re.search(r"http://testserver(\S+)", str(message.body))
    assert found
    assert visitor.post(found[1], form).status_code == 302
    assert User.objects.filter(email=NINA).exists()
    assert visitor.get(link).status_code == 410


def test_copied_link_sends_one_email_in_five_minutes_and_prolongs_nothing(
    cast: Cast, as_client: AsClient
) -> None:
    link = link_for(cast, as_client)
    created = invitation_of(cast, NINA).created_at
    for _ in range(3):
        assert "We sent an email" in Client().post(link).content.decode()
    assert len(mail.outbox) == 1
    assert invitation_of(cast, NINA).created_at == created


def test_email_that_could_not_be_sent_is_offered_again(
    cast: Cast, as_client: AsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_for(cast, as_client)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMessage.send", fail)
        page = Client().post(link).content.decode()
        assert "could not be sent" in page
        assert "Email me the link" in page
    assert "We sent an email" in Client().post(link).content.decode()
    assert len(mail.outbox) == 1


def fail(*args: object, **options: object) -> None:
    raise SMTPServerDisconnected


def test_user_joins_by_a_copied_link(cast: Cast, as_client: AsClient) -> None:
    link = link_for(cast, as_client, "harriet@harbor.example")
    assert "Sign in" in Client().get(link).content.decode()
    other = as_client(cast.second)
    assert "Sign out to join as harriet@harbor.example" in other.get(link).content.decode()
    assert other.post(link).status_code == 200
    browser = as_client(cast.outsider)
    assert "Join Northside Dental" in browser.get(link).content.decode()
    assert browser.post(link).status_code == 302
    with scope(cast.northside.id):
        assert cast.northside.members.filter(user=cast.outsider.user).exists()
    assert not mail.outbox


def test_copied_link_of_a_withdrawn_invitation_is_invalid(cast: Cast, as_client: AsClient) -> None:
    link = link_for(cast, as_client)
    with scope(cast.northside.id):
        Invitation.objects.filter(team=cast.northside).delete()
    for address in (link, link[:-3] + "/"):
        assert Client().get(address).status_code == 410
        assert Client().post(address).status_code == 410
    assert not mail.outbox
