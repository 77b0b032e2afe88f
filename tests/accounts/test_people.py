"""Stories of people: signing up, inviting, joining, changing roles, leaving."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import reverse
from psycopg import Connection

from accounts import memberships, scope_lookups
from accounts.models import Invitation, Member, Role, Team, User
from kernel.tenancy import scope
from tests.cast import PASSWORD, Cast

SIGN_UP = {
    "name": "Nina Novak",
    "business": "Novak Bakery",
    "email": "nina@novak.example",
    "password1": "sourdough 4 all",
}
AsClient = Callable[[Member], Client]


def at(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def invite(
    browser: Client, cast: Cast, email: str = "new@person.example", role: str = "member", **more: object
) -> str:
    """Invite through the page; the path of the link in the letter."""
    mail.outbox.clear()
    answer = browser.post(at("invitations", cast), {"email": email, "role": role, **more})
    assert answer.status_code == 302, answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == [email]
    link = re.search(r"http\S+", str(letter.body))
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


def test_sign_up_makes_a_user_and_the_team_that_they_own(transactional_db: None) -> None:
    browser = Client()
    answer = browser.post(reverse("account_signup"), SIGN_UP)
    assert answer.headers["Location"] == reverse("inboxes", args=["novak-bakery"])
    user = User.objects.get(email="nina@novak.example")
    assert (user.name, user.check_password("sourdough 4 all")) == ("Nina Novak", True)
    (place,) = scope_lookups.teams_of_user(user.pk)
    assert (place.slug, place.name, place.role) == ("novak-bakery", "Novak Bakery", Role.OWNER)
    assert browser.get(reverse("settings", args=["novak-bakery"])).status_code == 302


def test_nobody_is_locked_out_by_an_unconfirmed_address(transactional_db: None) -> None:
    Client().post(reverse("account_signup"), SIGN_UP)
    browser = Client()
    answer = browser.post(
        reverse("account_login"), {"login": "Nina@novak.example", "password": "sourdough 4 all"}
    )
    assert answer.status_code == 302
    assert browser.get(reverse("profile")).status_code == 200


def test_two_businesses_of_one_name_get_two_addresses(transactional_db: None) -> None:
    Client().post(reverse("account_signup"), SIGN_UP)
    Client().post(reverse("account_signup"), {**SIGN_UP, "email": "other@novak.example"})
    assert len([slug for slug in scope_lookups.team_ids_by_slug() if slug.startswith("novak-bakery")]) == 2


@pytest.mark.parametrize(
    "wrong", [{"email": "OLIVIA@northside.example"}, {"password1": "short"}, {"business": ""}, {"name": " "}]
)
def test_a_sign_up_that_fails_leaves_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    teams, users = scope_lookups.team_ids_by_slug(), User.objects.count()
    answer = Client().post(reverse("account_signup"), {**SIGN_UP, **wrong})
    assert "errorlist" in answer.content.decode()
    assert (scope_lookups.team_ids_by_slug(), User.objects.count()) == (teams, users)


def test_a_mail_server_that_is_away_stops_no_sign_up(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail.EmailMessage, "send", away)
    assert Client().post(reverse("account_signup"), SIGN_UP).status_code == 302
    assert User.objects.filter(email="nina@novak.example").exists()


def test_a_letter_leads_to_the_public_address_whatever_the_host(cast: Cast, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(
        reverse("account_reset_password"),
        {"email": "olivia@northside.example"},
        headers={"host": "evil.example"},
    )
    (letter,) = mail.outbox
    assert "http://127.0.0.1:8000/accounts/password/reset/key/" in letter.body
    assert "evil.example" not in letter.body


def test_a_password_is_reset_by_letter(cast: Cast) -> None:
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": "olivia@northside.example"})
    link = re.search(r"http://127.0.0.1:8000(\S+)", str(mail.outbox[0].body))
    assert link
    form = browser.get(link[1]).headers["Location"]
    browser.post(form, {"password1": "a new good one", "password2": "a new good one"})
    assert User.objects.get(email="olivia@northside.example").check_password("a new good one")


def test_signing_out_takes_a_post(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    browser.get(reverse("account_logout"))
    assert browser.get(reverse("profile")).status_code == 200
    browser.post(reverse("account_logout"))
    assert browser.get(reverse("profile")).status_code == 302


def test_one_changes_ones_own_name(cast: Cast, as_client: AsClient) -> None:
    assert as_client(cast.member).post(reverse("profile"), {"name": "Maya C."}).status_code == 302
    assert User.objects.get(pk=cast.member.user_id).name == "Maya C."
    assert as_client(cast.member).post(reverse("profile"), {"name": ""}).status_code == 422


def test_a_second_team_is_made_by_who_is_in_one(cast: Cast, as_client: AsClient) -> None:
    form = {"name": "Chen Repairs", "country": "CA", "time_zone": "America/Vancouver"}
    assert as_client(cast.member).post(reverse("new_team"), form).status_code == 302
    assert {place.name: place.role for place in scope_lookups.teams_of_user(cast.member.user_id)} == {
        "Chen Repairs": Role.OWNER,
        "Northside Dental": Role.MEMBER,
    }
    assert (
        as_client(cast.member).post(reverse("new_team"), {**form, "time_zone": "Mars/Base"}).status_code
        == 422
    )


# -- inviting ----------------------------------------------------------------------------------------------------


def test_an_invited_newcomer_signs_up_and_is_in_the_team(cast: Cast, as_client: AsClient) -> None:
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
    # No team of their own.
    assert [place.slug for place in scope_lookups.teams_of_user(joined.user_id)] == [cast.northside.slug]
    assert browser.get(reverse("members", args=[cast.northside.slug])).status_code == 200


def test_an_invited_user_signs_in_and_joins(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast, "harriet@harbor.example", "admin")
    assert "Sign in" in Client().get(path).content.decode()
    assert Client().post(path, {"name": "Not Harriet", "password": "a good long one"}).status_code == 422
    browser = as_client(cast.outsider)
    assert browser.post(path + "acceptance/").status_code == 302
    joined = member_of(cast, "harriet@harbor.example")
    assert joined
    assert joined.role == Role.ADMIN
    assert User.objects.get(email="harriet@harbor.example").check_password(PASSWORD)


def test_an_invitation_is_for_its_address_alone(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast, "someone@else.example")
    browser = as_client(cast.outsider)
    assert "You are signed in as harriet@harbor.example" in browser.get(path).content.decode()
    assert browser.post(path + "acceptance/").headers["Location"] == path
    assert browser.post(path, {"name": "Harriet", "password": "a good long one"}).status_code == 422
    assert [place.slug for place in scope_lookups.teams_of_user(cast.outsider.user_id)] == [cast.harbor.slug]


def test_a_second_confirmed_address_will_do_and_an_unconfirmed_one_will_not(
    cast: Cast, as_client: AsClient
) -> None:
    path = invite(as_client(cast.owner), cast, "h.hale@mail.example")
    second = EmailAddress.objects.create(user=cast.outsider.user, email="h.hale@mail.example", verified=False)
    as_client(cast.outsider).post(path + "acceptance/")
    assert member_of(cast, "harriet@harbor.example") is None
    second.set_verified()
    as_client(cast.outsider).post(path + "acceptance/")
    assert member_of(cast, "harriet@harbor.example")


def test_an_invitation_is_used_once(cast: Cast, as_client: AsClient) -> None:
    path = invite(as_client(cast.owner), cast)
    assert Client().post(path, {"name": "Nora New", "password": "a good long one"}).status_code == 302
    for gone in (Client().get(path), Client().post(path, {"name": "Again", "password": "a good long one"})):
        assert gone.status_code == 410
        assert "used, withdrawn, or replaced" in gone.content.decode()


def test_a_withdrawn_an_expired_and_an_invented_invitation_lead_nowhere(
    cast: Cast, as_client: AsClient
) -> None:
    browser = as_client(cast.owner)
    withdrawn = invite(browser, cast, "one@person.example")
    expired = invite(browser, cast, "two@person.example")
    with scope(cast.northside.id):
        first, second = cast.northside.invitations.order_by("email")
        Invitation.objects.filter(team=cast.northside, id=second.id).update(
            created_at=second.created_at - Invitation.LIFETIME - timedelta(seconds=1)
        )
    assert browser.post(at("invitation_revocation", cast, first.id)).status_code == 302
    assert Client().get(withdrawn).status_code == 410
    page = Client().get(expired)
    assert page.status_code == 410
    assert "expired" in page.content.decode()
    assert Client().post(expired, {"name": "Late", "password": "a good long one"}).status_code == 410
    assert Client().get("/invitations/invented/").status_code == 410
    assert not User.objects.filter(email__endswith="person.example").exists()


def test_sending_again_ends_the_old_link_and_starts_the_time_anew(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    old = invite(browser, cast)
    with scope(cast.northside.id):
        waiting = cast.northside.invitations.get()
        Invitation.objects.filter(team=cast.northside).update(
            created_at=waiting.created_at - Invitation.LIFETIME * 2
        )
    mail.outbox.clear()
    browser.post(at("invitation_email", cast, waiting.id))
    new = re.search(r"http://127.0.0.1:8000(\S+)", str(mail.outbox[0].body))
    assert new
    assert Client().get(old).status_code == 410
    assert Client().get(new[1]).status_code == 200


def test_inviting_again_replaces_the_invitation(cast: Cast, as_client: AsClient) -> None:
    browser = as_client(cast.owner)
    old = invite(browser, cast, "new@person.example", "admin")
    new = invite(browser, cast, "New@person.example".lower(), "member")
    assert Client().get(old).status_code == 410
    assert "as member" in Client().get(new).content.decode()


def test_only_the_hash_of_a_token_is_stored(cast: Cast, as_client: AsClient, owner: Connection) -> None:
    token = invite(as_client(cast.owner), cast).strip("/").split("/")[-1]
    ((row,),) = owner.execute("SELECT i::text FROM accounts_invitation i").fetchall()
    assert token not in row


def test_a_member_is_not_invited_again(cast: Cast, as_client: AsClient) -> None:
    answer = as_client(cast.owner).post(
        at("invitations", cast), {"email": "Maya@Northside.example", "role": "member"}
    )
    assert answer.status_code == 422
    assert "is a member of this team already" in answer.content.decode()
    assert not mail.outbox


def test_an_admin_cannot_invite_an_owner(cast: Cast, as_client: AsClient) -> None:
    answer = as_client(cast.admin).post(
        at("invitations", cast), {"email": "new@person.example", "role": "owner"}
    )
    assert answer.status_code == 422
    invite(as_client(cast.owner), cast, role="owner")
    with scope(cast.northside.id):
        waiting = cast.northside.invitations.get()
    assert as_client(cast.admin).post(at("invitation_email", cast, waiting.id)).status_code == 403
    assert as_client(cast.admin).post(at("invitation_revocation", cast, waiting.id)).status_code == 403


def test_another_teams_inbox_is_no_choice(cast: Cast, as_client: AsClient) -> None:
    form = {"email": "new@person.example", "role": "member", "inboxes": [cast.shop.id]}
    assert as_client(cast.owner).post(at("invitations", cast), form).status_code == 422


def test_a_letter_that_cannot_leave_is_said_and_can_be_sent_later(
    cast: Cast, as_client: AsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(mail.EmailMessage, "send", away)
    answer = as_client(cast.owner).post(
        at("invitations", cast), {"email": "new@person.example", "role": "member"}, follow=True
    )
    page = answer.content.decode()
    assert "could not be sent" in page
    assert "Send again" in page


def test_plain_members_see_who_is_in_the_team_and_no_more(cast: Cast, as_client: AsClient) -> None:
    invite(as_client(cast.owner), cast, "new@person.example")
    page = as_client(cast.member).get(at("members", cast)).content.decode()
    assert "Olivia Owens" in page
    assert "new@person.example" not in page
    assert as_client(cast.member).get(at("invitations", cast)).status_code == 403
    assert (
        as_client(cast.member).post(at("member", cast, cast.second.id), {"role": "admin"}).status_code == 403
    )


# -- roles and leaving -------------------------------------------------------------------------------------------


def test_a_role_and_seats_are_changed(cast: Cast, as_client: AsClient) -> None:
    page = at("member", cast, cast.member.id)
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


# who acts, on whom, new role -> status and the role afterwards
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


@pytest.mark.parametrize(("who", "whom", "role", "status", "after"), CHANGES)
def test_who_may_give_which_role(
    cast: Cast, as_client: AsClient, who: str, whom: str, role: str, status: int, after: str
) -> None:
    target = getattr(cast, whom)
    answer = as_client(getattr(cast, who)).post(at("member", cast, target.id), {"role": role})
    assert (answer.status_code, role_of(cast, target)) == (status, after)


# who acts, on whom -> status, whether the person is still in the team
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


@pytest.mark.parametrize(("who", "whom", "status", "stays"), REMOVALS)
def test_who_may_remove_whom(
    cast: Cast, as_client: AsClient, who: str, whom: str, status: int, stays: bool
) -> None:
    target = getattr(cast, whom)
    answer = as_client(getattr(cast, who)).post(at("member_removal", cast, target.id))
    assert answer.status_code == status
    assert bool(member_of(cast, target.user.email)) is stays


def test_with_a_second_owner_the_first_may_go(cast: Cast, as_client: AsClient) -> None:
    as_client(cast.owner).post(at("member", cast, cast.admin.id), {"role": "owner"})
    assert as_client(cast.owner).post(at("member_removal", cast, cast.owner.id)).headers[
        "Location"
    ] == reverse("home")
    assert member_of(cast, "olivia@northside.example") is None
    assert as_client(cast.owner).get(at("members", cast)).status_code == 404


def test_two_owners_who_leave_at_once_leave_one_behind(cast: Cast) -> None:
    """The second waits for the first, then sees that it is the last."""
    from threading import Thread

    from django.db import connection

    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.OWNER)
    refused: list[str] = []

    def leave() -> None:
        try:
            with scope(cast.northside.id):
                admin = Member.objects.select_related("team").get(team=cast.northside, id=cast.admin.id)
                memberships.remove_member(admin, by=admin)
        except memberships.LastOwner as problem:
            refused.append(str(problem))
        finally:
            connection.close()

    with scope(cast.northside.id):
        first = Member.objects.select_related("team").get(team=cast.northside, id=cast.owner.id)
        memberships.remove_member(first, by=first)
        other = Thread(target=leave)
        other.start()
        time.sleep(0.3)
        assert other.is_alive()  # waits
    other.join(5)
    assert refused == ["A team needs an owner. Make somebody else an owner first."]
    assert member_of(cast, "amir@northside.example")


def test_what_a_removed_member_wrote_keeps_the_name(cast: Cast, as_client: AsClient) -> None:
    from messaging.compose import compose_text
    from messaging.models import Message

    with scope(cast.northside.id):
        message = compose_text(cast.front_desk, "+14155550101", "See you at four", author=cast.member)
    as_client(cast.owner).post(at("member_removal", cast, cast.member.id))
    with scope(cast.northside.id):
        kept = Message.objects.get(team=cast.northside, id=message.id)
    assert (kept.author_id, kept.author_name) == (cast.member.id, "Maya Chen")


# -- the team ----------------------------------------------------------------------------------------------------


def test_the_team_is_renamed_and_keeps_its_address(cast: Cast, as_client: AsClient) -> None:
    form = {"name": "Northside Smiles", "country": "GB", "time_zone": "Europe/London"}
    assert as_client(cast.admin).post(at("team_settings", cast), form).status_code == 302
    with scope(cast.northside.id):
        team = Team.objects.get()
    assert (team.name, team.country, team.time_zone, team.slug) == (
        "Northside Smiles", "GB", "Europe/London", cast.northside.slug,
    )  # fmt: skip
    wrong = as_client(cast.admin).post(at("team_settings", cast), {**form, "country": "XX"})
    assert wrong.status_code == 422
    assert as_client(cast.member).get(at("team_settings", cast)).status_code == 403


def test_settings_lead_to_the_first_page_one_may_see(cast: Cast, as_client: AsClient) -> None:
    assert as_client(cast.admin).get(at("settings", cast)).headers["Location"] == at("team_settings", cast)
    assert as_client(cast.member).get(at("settings", cast)).headers["Location"] == at("members", cast)
