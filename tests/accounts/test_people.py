"""Users and members: sign-up, invitations, roles, leaving a team."""

import re
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import reverse
from psycopg import Connection

from accounts.memberships import LastOwner, remove_member
from accounts.models import Invitation, Member, Role, Team, User
from accounts.scope_lookups import team_ids_by_slug, teams_of_user
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from tests.cast import PASSWORD, Cast

SIGN_UP = {
    "name": "Nina Novak",
    "business": "Novak Bakery",
    "email": "nina@novak.example",
}
SOURDOUGH = {"password": "sourdough 4 all"}
AsClient = Callable[[Member], Client]


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def invite(
    browser: Client, cast: Cast, email: str = "new@person.example", role: str = "member", **more: object
) -> str:
    """Invite through the page; the path of the link in the email."""
    mail.outbox.clear()
    answer = browser.post(
        url_of("invitations", cast), {"email": email, "role": role, "without_inbox": "on", **more}
    )
    assert answer.status_code == 302, answer.content.decode()
    (message,) = mail.outbox
    assert message.to == [email]
    link = re.search(r"http\S+", str(message.body))
    assert link
    return link[0].removeprefix("http://127.0.0.1:8000")


def member_of(cast: Cast, email: str) -> Member | None:
    with scope(cast.northside.id):
        return cast.northside.members.select_related("user").filter(user__email=email).first()


def role_of(cast: Cast, member: Member) -> str:
    with scope(cast.northside.id):
        return Member.objects.get(team=cast.northside, id=member.id).role


@pytest.fixture(autouse=True)
def _public_url(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


# -- signing up --------------------------------------------------------------------------------------------------


def sign_up(browser: Client, **changes: str) -> Any:
    """Sign up, follow the link of the email and choose a password; the answer to that."""
    mail.outbox.clear()
    browser.post(reverse("account_signup"), {**SIGN_UP, **changes})
    return browser.post(path_in_email(), SOURDOUGH)


def path_in_email() -> str:
    (message,) = mail.outbox
    link = re.search(r"http://127.0.0.1:8000(\S+)", str(message.body))
    assert link
    return link[1]


def test_sign_up_creates_a_user_and_their_team(transactional_db: None) -> None:
    browser = Client()
    answer = sign_up(browser)
    assert answer.headers["Location"] == reverse("first_steps", args=["novak-bakery"])
    user = User.objects.get(email="nina@novak.example")
    assert (user.name, user.check_password("sourdough 4 all")) == ("Nina Novak", True)
    assert [(address.email, address.verified) for address in EmailAddress.objects.filter(user=user)] == [
        (user.email, True)
    ]
    (team,) = teams_of_user(user.pk)
    assert (team.slug, team.name, team.role) == ("novak-bakery", "Novak Bakery", Role.OWNER)
    assert browser.get(reverse("settings", args=["novak-bakery"])).status_code == 302


def test_sign_up_creates_nothing_before_the_link_is_used(transactional_db: None) -> None:
    browser = Client()
    answer = browser.post(reverse("account_signup"), SIGN_UP)
    assert answer.headers["Location"] == reverse("sign_up_email_sent")
    assert not User.objects.exists()
    path = path_in_email()
    assert "Novak Bakery" in browser.get(path).content.decode()
    assert browser.post(path, {"password": "short"}).status_code == 422
    assert not User.objects.exists()
    assert browser.post(path, SOURDOUGH).status_code == 302
    assert Client().post(path, {"password": "somebody else's"}).status_code == 410
    assert Client().get("/accounts/signup/unknown/").status_code == 410
    assert User.objects.get().check_password("sourdough 4 all")


def test_sign_up_link_expires(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    Client().post(reverse("account_signup"), SIGN_UP)
    monkeypatch.setattr("accounts.sign_up.LIFETIME", timedelta(seconds=-1))
    assert Client().post(path_in_email(), SOURDOUGH).status_code == 410


def test_new_user_can_sign_in(transactional_db: None) -> None:
    sign_up(Client())
    browser = Client()
    answer = browser.post(
        reverse("account_login"), {"login": "Nina@novak.example", "password": "sourdough 4 all"}
    )
    assert answer.status_code == 302
    assert browser.get(reverse("profile")).status_code == 200


def test_two_teams_with_the_same_name_get_two_slugs(transactional_db: None) -> None:
    sign_up(Client())
    sign_up(Client(), email="other@novak.example")
    assert len([slug for slug in team_ids_by_slug() if slug.startswith("novak-bakery")]) == 2


@pytest.mark.parametrize("wrong", [{"business": ""}, {"name": " "}, {"email": "nina"}])
def test_failed_sign_up_sends_nothing(transactional_db: None, wrong: dict[str, str]) -> None:
    answer = Client().post(reverse("account_signup"), {**SIGN_UP, **wrong})
    assert "errorlist" in answer.content.decode()
    assert not mail.outbox


def test_sign_up_reports_a_missing_mail_server(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail.EmailMessage, "send", unavailable)
    answer = Client().post(reverse("account_signup"), SIGN_UP, follow=True)
    assert "could not be sent" in answer.content.decode()


def test_links_in_emails_use_the_public_url(cast: Cast, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(
        reverse("account_reset_password"),
        {"email": "olivia@northside.example"},
        headers={"host": "evil.example"},
    )
    (message,) = mail.outbox
    assert "http://127.0.0.1:8000/accounts/password/reset/key/" in message.body
    assert "evil.example" not in message.body


def test_password_is_reset_by_email(cast: Cast) -> None:
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": "olivia@northside.example"})
    link = re.search(r"http://127.0.0.1:8000(\S+)", str(mail.outbox[0].body))
    assert link
    form = browser.get(link[1]).headers["Location"]
    browser.post(form, {"password1": "a new good one", "password2": "a new good one"})
    assert User.objects.get(email="olivia@northside.example").check_password("a new good one")


def test_sign_out_requires_post(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    browser.get(reverse("account_logout"))
    assert browser.get(reverse("profile")).status_code == 200
    browser.post(reverse("account_logout"))
    assert browser.get(reverse("profile")).status_code == 302


def test_user_changes_own_name(cast: Cast, as_client: AsClient) -> None:
    assert as_client(cast.member).post(reverse("profile"), {"name": "Maya C."}).status_code == 302
    assert User.objects.get(pk=cast.member.user_id).name == "Maya C."
    assert as_client(cast.member).post(reverse("profile"), {"name": ""}).status_code == 422


def test_member_creates_a_second_team(cast: Cast, as_client: AsClient) -> None:
    form = {"name": "Chen Repairs", "country": "CA", "time_zone": "America/Vancouver"}
    assert as_client(cast.member).post(reverse("new_team"), form).status_code == 302
    assert {team.name: team.role for team in teams_of_user(cast.member.user_id)} == {
        "Chen Repairs": Role.OWNER,
        "Northside Dental": Role.MEMBER,
    }
    assert (
        as_client(cast.member).post(reverse("new_team"), {**form, "time_zone": "Mars/Base"}).status_code
        == 422
    )


# -- inviting ----------------------------------------------------------------------------------------------------


def test_invited_person_signs_up_and_joins(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.admin), cast, inboxes=[cast.billing.id])
    browser = Client()
    page = browser.get(path).content.decode()
    assert "Northside Dental" in page
    assert "Amir Adams" in page
    answer = browser.post(path, {"name": "Nora New", "password": "a good long one"})
    assert answer.headers["Location"] == reverse("inbox", args=[cast.northside.slug])
    joined = member_of(cast, "new@person.example")
    assert joined
    assert (joined.role, joined.user.name) == (Role.MEMBER, "Nora New")
    with scope(cast.northside.id):
        assert [inbox.name for inbox in joined.inboxes.all()] == ["Billing"]
    assert EmailAddress.objects.get(user=joined.user).verified
    # Sign-up by invitation creates no team.
    assert [team.slug for team in teams_of_user(joined.user_id)] == [cast.northside.slug]
    assert browser.get(reverse("members", args=[cast.northside.slug])).status_code == 200


def test_invited_user_signs_in_and_joins(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast, "harriet@harbor.example", "admin")
    assert "Sign in" in Client().get(path).content.decode()
    assert Client().post(path, {"name": "Not Harriet", "password": "a good long one"}).status_code == 422
    browser = as_client(cast.outsider)
    assert browser.post(path + "acceptance/").status_code == 302
    joined = member_of(cast, "harriet@harbor.example")
    assert joined
    assert joined.role == Role.ADMIN
    assert User.objects.get(email="harriet@harbor.example").check_password(PASSWORD)


def test_invitation_is_only_for_its_address(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast, "someone@else.example")
    browser = as_client(cast.outsider)
    assert "You are signed in as harriet@harbor.example" in browser.get(path).content.decode()
    assert browser.post(path + "acceptance/").headers["Location"] == path
    assert browser.post(path, {"name": "Harriet", "password": "a good long one"}).status_code == 422
    assert [team.slug for team in teams_of_user(cast.outsider.user_id)] == [cast.harbor.slug]


def test_second_address_accepts_an_invitation_only_if_confirmed(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast, "h.hale@mail.example")
    second = EmailAddress.objects.create(user=cast.outsider.user, email="h.hale@mail.example", verified=False)
    as_client(cast.outsider).post(path + "acceptance/")
    assert member_of(cast, "harriet@harbor.example") is None
    second.set_verified()
    as_client(cast.outsider).post(path + "acceptance/")
    assert member_of(cast, "harriet@harbor.example")


def test_invitation_is_used_once(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast)
    assert Client().post(path, {"name": "Nora New", "password": "a good long one"}).status_code == 302
    for gone in (Client().get(path), Client().post(path, {"name": "Again", "password": "a good long one"})):
        assert gone.status_code == 410
        assert "used, withdrawn, or replaced" in gone.content.decode()


def test_withdrawn_expired_and_unknown_invitations_are_invalid(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    withdrawn = invite(browser, cast, "one@person.example")
    expired = invite(browser, cast, "two@person.example")
    with scope(cast.northside.id):
        first, second = cast.northside.invitations.order_by("email")
        Invitation.objects.filter(team=cast.northside, id=second.id).update(
            created_at=second.created_at - Invitation.LIFETIME - timedelta(seconds=1)
        )
    assert browser.post(url_of("invitation_revocation", cast, first.id)).status_code == 302
    assert Client().get(withdrawn).status_code == 410
    page = Client().get(expired)
    assert page.status_code == 410
    assert "expired" in page.content.decode()
    assert Client().post(expired, {"name": "Late", "password": "a good long one"}).status_code == 410
    assert Client().get("/invitations/unknown/").status_code == 410
    assert not User.objects.filter(email__endswith="person.example").exists()


def test_sending_again_replaces_the_link_and_renews_the_lifetime(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    old = invite(browser, cast)
    with scope(cast.northside.id):
        invitation = cast.northside.invitations.get()
        Invitation.objects.filter(team=cast.northside).update(
            created_at=invitation.created_at - Invitation.LIFETIME * 2
        )
    mail.outbox.clear()
    browser.post(url_of("invitation_email", cast, invitation.id))
    new = re.search(r"http://127.0.0.1:8000(\S+)", str(mail.outbox[0].body))
    assert new
    assert Client().get(old).status_code == 410
    assert Client().get(new[1]).status_code == 200


def test_inviting_again_replaces_the_invitation(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    old = invite(browser, cast, "new@person.example", "admin")
    new = invite(browser, cast, "New@person.example".lower(), "member")
    assert Client().get(old).status_code == 410
    assert "Your role: Member" in Client().get(new).content.decode()


def test_only_the_hash_of_a_token_is_stored(cast: Cast, as_client: AsClient, owner: Connection) -> None:
    token = invite(as_client(cast.owner), cast).strip("/").split("/")[-1]
    ((row,),) = owner.execute("SELECT i::text FROM accounts_invitation i").fetchall()
    assert token not in row


def test_member_is_not_invited_again(cast: Cast, as_client: AsClient) -> None:
    answer = as_client(cast.owner).post(
        url_of("invitations", cast), {"email": "Maya@Northside.example", "role": "admin"}
    )
    assert answer.status_code == 422
    assert "is already a member of this team" in answer.content.decode()
    assert not mail.outbox


def test_admin_cannot_invite_an_owner(cast: Cast, as_client: AsClient) -> None:
    answer = as_client(cast.admin).post(
        url_of("invitations", cast), {"email": "new@person.example", "role": "owner"}
    )
    assert answer.status_code == 422
    invite(as_client(cast.owner), cast, role="owner")
    with scope(cast.northside.id):
        invitation = cast.northside.invitations.get()
    assert as_client(cast.admin).post(url_of("invitation_email", cast, invitation.id)).status_code == 403
    assert as_client(cast.admin).post(url_of("invitation_revocation", cast, invitation.id)).status_code == 403


def test_inbox_of_another_team_is_no_choice(cast: Cast, as_client: AsClient) -> None:
    form = {"email": "new@person.example", "role": "member", "inboxes": [cast.shop.id]}
    assert as_client(cast.owner).post(url_of("invitations", cast), form).status_code == 422


def test_failed_invitation_email_is_reported_and_can_be_sent_again(
    cast: Cast, as_client: AsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unavailable(*_: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail.EmailMessage, "send", unavailable)
    answer = as_client(cast.owner).post(
        url_of("invitations", cast), {"email": "new@person.example", "role": "admin"}, follow=True
    )
    page = answer.content.decode()
    assert "could not be sent" in page
    assert "Send again" in page


def test_member_sees_members_but_no_invitations(cast: Cast, as_client: AsClient) -> None:
    invite(as_client(cast.owner), cast, "new@person.example")
    page = as_client(cast.member).get(url_of("members", cast)).content.decode()
    assert "Olivia Owens" in page
    assert "new@person.example" not in page
    assert as_client(cast.member).get(url_of("invitations", cast)).status_code == 403
    assert (
        as_client(cast.member).post(url_of("member", cast, cast.second.id), {"role": "admin"}).status_code
        == 403
    )


# -- roles and leaving -------------------------------------------------------------------------------------------


def test_role_and_seats_are_changed(cast: Cast, as_client: AsClient) -> None:
    page = url_of("member", cast, cast.member.id)
    form = {"role": "member", "inboxes": [cast.billing.id]}
    assert as_client(cast.admin).post(page, form).status_code == 302
    with scope(cast.northside.id):
        assert [inbox.name for inbox in cast.member.inboxes.all()] == ["Billing"]
        assert [seat.member_id for seat in cast.billing.seats.order_by("member_id")] == [
            cast.member.id,
            cast.second.id,
        ]
    assert as_client(cast.admin).post(page, {"role": "admin"}).status_code == 302
    assert role_of(cast, cast.member) == Role.ADMIN


# acting member, changed member, new role -> status, and the role afterwards
CHANGES = [
    ("owner", "admin", "owner", 302, "owner"),
    ("owner", "owner", "admin", 422, "owner"),
    ("owner", "second", "admin", 302, "admin"),
    ("admin", "second", "admin", 302, "admin"),
    ("admin", "second", "owner", 422, "member"),
    ("admin", "owner", "member", 403, "owner"),
    ("admin", "owner", "owner", 302, "owner"),
    ("admin", "admin", "member", 302, "member"),
    ("member", "member", "admin", 403, "member"),
    ("member", "second", "admin", 403, "member"),
    ("outsider", "second", "admin", 404, "member"),
]


@pytest.mark.parametrize(("by", "changed", "role", "status", "role_after"), CHANGES)
def test_roles_that_a_member_may_grant(
    cast: Cast, as_client: AsClient, by: str, changed: str, role: str, status: int, role_after: str
) -> None:
    target = getattr(cast, changed)
    answer = as_client(getattr(cast, by)).post(url_of("member", cast, target.id), {"role": role})
    assert (answer.status_code, role_of(cast, target)) == (status, role_after)


# acting member, removed member -> status, whether the member stays
REMOVALS = [
    ("owner", "second", 302, False),
    ("owner", "admin", 302, False),
    ("owner", "owner", 302, True),
    ("admin", "second", 302, False),
    ("admin", "owner", 403, True),
    ("admin", "admin", 302, False),
    ("member", "member", 302, False),
    ("member", "second", 403, True),
    ("outsider", "second", 404, True),
]


@pytest.mark.parametrize(("by", "removed", "status", "stays"), REMOVALS)
def test_members_that_a_member_may_remove(
    cast: Cast, as_client: AsClient, by: str, removed: str, status: int, stays: bool
) -> None:
    target = getattr(cast, removed)
    answer = as_client(getattr(cast, by)).post(url_of("member_removal", cast, target.id))
    assert answer.status_code == status
    assert bool(member_of(cast, target.user.email)) is stays


def test_owner_may_leave_when_there_is_another_owner(cast: Cast, as_client: AsClient) -> None:
    as_client(cast.owner).post(url_of("member", cast, cast.admin.id), {"role": "owner"})
    assert as_client(cast.owner).post(url_of("member_removal", cast, cast.owner.id)).headers[
        "Location"
    ] == reverse("home")
    assert member_of(cast, "olivia@northside.example") is None
    assert as_client(cast.owner).get(url_of("members", cast)).status_code == 404


def test_last_owner_stays_when_two_owners_leave_at_once(
    cast: Cast, elsewhere: Callable[..., Future[Any]], waits_for_lock: Callable[..., None]
) -> None:
    """The second transaction waits for the first, then finds no other owner."""
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.OWNER)

    def leave(member_id: int) -> None:
        with scope(cast.northside.id):
            member = Member.objects.select_related("team").get(team=cast.northside, id=member_id)
            remove_member(member, by=member)

    with scope(cast.northside.id):
        leave(cast.owner.id)
        second = elsewhere(leave, cast.admin.id)
        waits_for_lock("transactionid")
    with pytest.raises(LastOwner, match=r"A team needs an owner\. Make somebody else an owner first\."):
        second.result(5)
    assert member_of(cast, "amir@northside.example")


def test_texts_of_a_removed_member_keep_the_name(cast: Cast, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, "+14155550101", "See you at four", author=cast.member)
    as_client(cast.owner).post(url_of("member_removal", cast, cast.member.id))
    with scope(cast.northside.id):
        kept = Message.objects.get(team=cast.northside, id=message.id)
    assert (kept.author_id, kept.author_name) == (cast.member.id, "Maya Chen")


# -- the team ----------------------------------------------------------------------------------------------------


def test_renamed_team_keeps_its_slug(cast: Cast, as_client: AsClient) -> None:
    form = {"name": "Northside Smiles", "country": "GB", "time_zone": "Europe/London"}
    assert as_client(cast.admin).post(url_of("team_settings", cast), form).status_code == 302
    with scope(cast.northside.id):
        team = Team.objects.get()
    assert (team.name, team.country, team.time_zone, team.slug) == (
        "Northside Smiles", "GB", "Europe/London", cast.northside.slug,
    )  # fmt: skip
    wrong = as_client(cast.admin).post(url_of("team_settings", cast), {**form, "country": "XX"})
    assert wrong.status_code == 422
    assert as_client(cast.member).get(url_of("team_settings", cast)).status_code == 403


def test_settings_redirect_to_the_first_visible_page(cast: Cast, as_client: AsClient) -> None:
    assert as_client(cast.admin).get(url_of("settings", cast)).headers["Location"] == url_of(
        "team_settings", cast
    )
    assert as_client(cast.member).get(url_of("settings", cast)).headers["Location"] == url_of("members", cast)
