"""Two-factor sign-in that a team requires: days of grace, the setup, and the reset of a lost factor."""

import re
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Team
from api import keys
from api.models import KeyKind, KeyScope
from kernel.tenancy import scope
from tests.accounts.test_addresses import is_signed_in
from tests.accounts.test_two_factor import PAGE, add_app, browser, code_of, recorded, second_step, sign_in
from tests.cast import Cast


def require(cast: Cast, **form: Any) -> Client:
    client, _ = sign_in(cast.owner)
    page = reverse("team_sign_in", args=[cast.northside.slug])
    assert client.post(page, {"required": "on", **form}).status_code == 302
    return client


def pass_days(team: Team, days: int) -> None:
    """Let the requirement be older by so many days."""
    with scope(team.id):
        team.refresh_from_db()
        assert team.two_factor_since
        team.two_factor_since -= timedelta(days=days)
        team.save(update_fields=["two_factor_since"])


def test_members_have_days_to_set_it_up(cast: Cast) -> None:
    inbox = reverse("inbox", args=[cast.northside.slug])
    admin, _ = sign_in(cast.admin)
    page = reverse("team_sign_in", args=[cast.northside.slug])
    assert admin.post(page, {"required": "on"}).status_code == 403
    owner = require(cast)
    assert recorded(cast.northside)[-1] == ("setting_changed", "Olivia Owens")
    settings_page = owner.get(page).content.decode()
    assert "Maya Chen" in settings_page and "Required from" in settings_page

    member, _ = sign_in(cast.member)
    shown = member.get(inbox)
    assert shown.status_code == 200 and "7 days left" in shown.content.decode()
    ticket = re.search(r'hx-get="(/t/[^"]*/changes/[^"?]*)', shown.content.decode())
    pass_days(cast.northside, 6)
    assert "1 day left" in member.get(inbox).content.decode()

    pass_days(cast.northside, 1)
    assert member.get(inbox).headers["Location"] == PAGE
    part = member.get(inbox, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, PAGE)
    assert (
        member.post(reverse("new_tag", args=[cast.northside.slug]), {"name": "x"}).headers["Location"] == PAGE
    )
    assert ticket is None or member.get(ticket[1]).status_code == 204
    security = member.get(PAGE).content.decode()
    assert "Northside Dental requires two-factor sign-in." in security and inbox not in security
    outsider, _ = sign_in(cast.outsider)
    assert outsider.get(reverse("inbox", args=[cast.harbor.slug])).status_code == 200, "another team"

    add_app(member)
    assert member.get(inbox).status_code == 200
    assert owner.get(inbox).headers["Location"] == PAGE, "the owner, too"
    new, _ = sign_in(cast.second)
    assert is_signed_in(new), "whoever signs in by password can set it up"
    assert new.get(reverse("mfa_activate_totp")).status_code == 200


def test_polls_of_open_pages_end_and_api_keys_work(cast: Cast) -> None:
    member, _ = sign_in(cast.member)
    poll = reverse("poll_changes", args=[cast.northside.slug, "expired"])
    assert member.get(poll, {"seen": "x"}).status_code == 200
    require(cast, two_factor_grace_days="0")
    answer = member.get(poll, {"seen": "x"})
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (204, True)
    with scope(cast.northside.id):
        secret = keys.create_key("CRM", KeyKind.BEARER, [KeyScope.READ], cast.owner).secret
    answer = Client().get(f"/v1/contact/{cast.maria.id}", headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 200


def offered_link(cast: Cast, owner: Client, member: Member) -> str:
    mail.outbox.clear()
    answer = owner.post(reverse("member_two_factor_reset", args=[cast.northside.slug, member.id]))
    assert answer.status_code == 302
    (email,) = mail.outbox
    assert email.to == [member.user.email]
    found = re.search(r"/accounts/two-factor-reset/\S+", str(email.body))
    assert found
    return found[0]


def test_an_owner_lets_a_member_reset_a_lost_second_factor(cast: Cast) -> None:
    member, _ = sign_in(cast.member)
    add_app(member)
    owner, _ = sign_in(cast.owner)
    admin, _ = sign_in(cast.admin)
    secret, _ = add_app(owner)
    address = reverse("member_two_factor_reset", args=[cast.northside.slug, cast.member.id])
    own = reverse("member_two_factor_reset", args=[cast.northside.slug, cast.owner.id])
    mail.outbox.clear()
    assert admin.post(address).status_code == 403
    assert "Not your own" in owner.post(own, follow=True).content.decode()
    nobodys = reverse("member_two_factor_reset", args=[cast.northside.slug, cast.second.id])
    assert "Sam Silva has no second factor" in owner.post(nobodys, follow=True).content.decode()
    assert mail.outbox == []
    assert (
        "Send the link"
        in owner.get(reverse("member", args=[cast.northside.slug, cast.member.id])).content.decode()
    )
    page = owner.get(reverse("members", args=[cast.northside.slug])).content.decode()
    assert page.count(">On<") == 2 and len(re.findall(r">\s*Off\s*<", page)) == 2

    link = offered_link(cast, owner, cast.member)
    assert recorded(cast.northside)[-1] == ("two_factor_reset_offered", "Olivia Owens")
    _, answer = sign_in(cast.member)
    assert answer.headers["Location"] == reverse("mfa_authenticate"), "the offer alone removes nothing"
    reader = browser()
    assert cast.member.user.email in reader.get(link).content.decode()
    assert reader.get(link[:-3] + "/").status_code == 410
    assert reader.post(link).headers["Location"] == reverse("account_login")
    assert recorded(cast.northside)[-1] == ("two_factor_reset", "Maya Chen")
    assert mail.outbox[-1].subject == "Your two-factor sign-in was reset"
    assert not is_signed_in(member), "signed out everywhere"
    assert Authenticator.objects.filter(user=cast.member.user).count() == 0
    again, _ = sign_in(cast.member)
    assert is_signed_in(again)
    assert reader.post(link).status_code == 410, "the link works once"
    other, _ = sign_in(cast.owner)
    assert second_step(other, code_of(secret)), "nobody else's second factor"


def test_a_link_dies_with_the_factors_that_it_was_made_for(cast: Cast) -> None:
    member, _ = sign_in(cast.member)
    add_app(member)
    owner, _ = sign_in(cast.owner)
    link = offered_link(cast, owner, cast.member)
    member.post(reverse("mfa_deactivate_totp"))
    add_app(member)
    assert browser().get(link).status_code == 410
    assert Authenticator.objects.filter(user=cast.member.user).exists()
