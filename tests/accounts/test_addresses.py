"""Addresses and their owners: nobody gets into the account of an address that is not theirs."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Team, User
from accounts.scope_lookups import teams_of_user
from tests.cast import PASSWORD, Cast

VICTIM = "vera@victim.example"
ATTACKER = "mallory@attacker.example"
ATTACKERS_PASSWORD = "mallory knows this"
NEW_PASSWORD = "vera chose this one"
AsClient = Callable[[Member], Client]


@pytest.fixture(autouse=True)
def _public_url(settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"


@pytest.fixture
def trap(cast: Cast) -> User:
    """An account that the attacker made in the victim's name, without a proof."""
    user = User.objects.create_user(VICTIM, ATTACKERS_PASSWORD, name="Mallory")
    EmailAddress.objects.create(user=user, email=VICTIM, primary=True)
    Team.objects.create_with_owner("Trap", user)
    return user


def sign_in(login: str, password: str) -> Client:
    browser = Client()
    browser.post(reverse("account_login"), {"login": login, "password": password})
    return browser


def is_signed_in(browser: Client) -> bool:
    return browser.get(reverse("profile")).status_code == 200


def add_address(browser: Client, email: str) -> str:
    """Add an address; the path of the link in the email."""
    mail.outbox.clear()
    browser.post(reverse("account_email"), {"email": email, "action_add": ""})
    return path_in_email()


def path_in_email() -> str:
    link = re.search(r"http://127.0.0.1:8000(\S+)", str(mail.outbox[-1].body))
    assert link
    return link[1]


def reset(email: str, password: str) -> bool:
    """Reset the password by an email to the address; whether it was possible."""
    mail.outbox.clear()
    Client().post(reverse("account_reset_password"), {"email": email})
    (message,) = mail.outbox
    assert message.to == [email]
    path = path_in_email()
    return "/reset/key/" in path and use_reset_link(path, password)


def use_reset_link(path: str, password: str) -> bool:
    browser = Client()
    form = browser.get(path).headers.get("Location")
    answer = browser.post(form, {"password1": password, "password2": password}) if form else None
    return answer is not None and answer.status_code == 302


def invite(cast: Cast, as_client: AsClient, email: str = VICTIM) -> str:
    mail.outbox.clear()
    page = reverse("invitations", args=[cast.northside.slug])
    assert as_client(cast.owner).post(page, {"email": email, "role": "admin"}).status_code == 302
    return path_in_email()


def members(cast: Cast, user: User) -> list[str]:
    return [team.name for team in teams_of_user(user.pk)]


def assert_attacker_is_out(cast: Cast, *sessions: Client) -> None:
    victim = User.objects.get(email=VICTIM)
    assert not any(is_signed_in(session) for session in sessions)
    assert not is_signed_in(sign_in(VICTIM, ATTACKERS_PASSWORD))
    assert is_signed_in(sign_in(VICTIM, NEW_PASSWORD))
    assert list(EmailAddress.objects.filter(user=victim).values_list("email", "verified")) == [(VICTIM, True)]
    assert not reset(ATTACKER, "mallory is back again")
    assert User.objects.get(email=VICTIM).check_password(NEW_PASSWORD)


def test_second_proved_address_does_not_open_the_victims_account(
    cast: Cast, as_client: AsClient, trap: User
) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    attacker.post(add_address(attacker, ATTACKER))
    assert EmailAddress.objects.get(email=ATTACKER).verified
    invitation = invite(cast, as_client)
    assert not reset(VICTIM, NEW_PASSWORD)  # the account is the attacker's
    assert Client().post(invitation, {"name": "Vera", "password": NEW_PASSWORD}).status_code == 302
    victim = User.objects.get(email=VICTIM)
    assert victim.pk != trap.pk
    assert members(cast, victim) == ["Northside Dental"]
    assert reset(ATTACKER, "mallory is back again")  # of the attacker's own account
    trap.refresh_from_db()
    assert trap.email == ATTACKER
    assert members(cast, trap) == ["Trap"]
    assert not is_signed_in(sign_in(VICTIM, "mallory is back again"))
    assert is_signed_in(sign_in(VICTIM, NEW_PASSWORD))


def test_reset_ends_everything_that_the_attacker_prepared(
    cast: Cast, as_client: AsClient, trap: User
) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    pending = add_address(attacker, ATTACKER)
    assert is_signed_in(attacker)
    assert reset(VICTIM, NEW_PASSWORD)
    assert attacker.post(pending).status_code in (302, 404)
    assert sign_in(VICTIM, NEW_PASSWORD).post(pending).status_code == 404
    assert_attacker_is_out(cast, attacker)


def test_invitation_ends_everything_that_the_attacker_prepared(
    cast: Cast, as_client: AsClient, trap: User
) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    pending = add_address(attacker, ATTACKER)
    path = invite(cast, as_client)
    assert "Sign up and join" in Client().get(path).content.decode()
    victim = Client()
    assert victim.post(path, {"name": "Vera", "password": NEW_PASSWORD}).status_code == 302
    assert is_signed_in(victim)
    attacker.post(pending)
    assert_attacker_is_out(cast, attacker)


def test_user_of_an_unproved_address_joins_with_a_new_password(
    cast: Cast, as_client: AsClient, trap: User
) -> None:
    attacker, victim = (sign_in(VICTIM, ATTACKERS_PASSWORD) for _ in range(2))
    path = invite(cast, as_client)
    assert victim.post(path + "acceptance/").headers["Location"] == path
    assert victim.post(path, {"name": "Vera", "password": NEW_PASSWORD}).status_code == 302
    assert is_signed_in(victim)
    assert members(cast, User.objects.get(email=VICTIM)) == ["Northside Dental", "Trap"]
    assert_attacker_is_out(cast, attacker)


def test_sign_up_takes_over_an_account_without_a_proof(cast: Cast, trap: User) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    pending = add_address(attacker, ATTACKER)
    mail.outbox.clear()
    form = {"name": "Vera", "business": "Vera's", "email": VICTIM}
    assert Client().post(reverse("account_signup"), form).status_code == 302
    assert Client().post(path_in_email(), {"password": NEW_PASSWORD}).status_code == 302
    attacker.post(pending)
    assert_attacker_is_out(cast, attacker)


def test_reset_link_dies_when_the_account_gets_another_owner(cast: Cast, trap: User) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    pending = add_address(attacker, ATTACKER)
    Client().post(reverse("account_reset_password"), {"email": VICTIM})
    link = path_in_email()
    attacker.post(pending)
    assert not use_reset_link(link, NEW_PASSWORD)


def test_confirmation_link_works_only_in_its_users_session(cast: Cast, as_client: AsClient) -> None:
    """Otherwise a click of the victim would give the address to the attacker's account."""
    attacker = sign_in(cast.outsider.user.email, PASSWORD)
    link = add_address(attacker, VICTIM)
    for victim in (Client(), as_client(cast.member)):
        victim.get(link)
        victim.post(link)
        assert not EmailAddress.objects.get(email=VICTIM).verified
    assert not reset(VICTIM, NEW_PASSWORD)
    attacker.post(link)
    assert EmailAddress.objects.get(email=VICTIM).verified


def test_reset_keeps_only_the_address_that_it_was_sent_to(cast: Cast) -> None:
    EmailAddress.objects.create(user=cast.member.user, email=ATTACKER, verified=True)
    assert reset("maya@northside.example", NEW_PASSWORD)
    assert not reset(ATTACKER, "mallory is back again")
    assert [a.email for a in EmailAddress.objects.filter(user=cast.member.user)] == ["maya@northside.example"]


def test_unproved_address_blocks_nobody(cast: Cast, as_client: AsClient) -> None:
    attacker = sign_in(cast.outsider.user.email, PASSWORD)
    link = add_address(attacker, VICTIM)
    assert (
        Client().post(invite(cast, as_client), {"name": "Vera", "password": NEW_PASSWORD}).status_code == 302
    )
    attacker.post(link)
    assert EmailAddress.objects.get(email=VICTIM).user == User.objects.get(email=VICTIM)
    assert_attacker_is_out(cast)


def test_address_of_an_unproved_account_can_be_confirmed_elsewhere(cast: Cast, trap: User) -> None:
    browser = sign_in(cast.member.user.email, PASSWORD)
    browser.post(add_address(browser, VICTIM))
    browser.post(reverse("account_email"), {"email": VICTIM, "action_primary": ""})
    assert User.objects.get(pk=cast.member.user_id).email == VICTIM
    trap.refresh_from_db()
    assert trap.email.endswith("@unproved.invalid")


def test_unproved_address_cannot_be_primary(cast: Cast, trap: User) -> None:
    attacker = sign_in(VICTIM, ATTACKERS_PASSWORD)
    add_address(attacker, "olivia@northside.example")
    form = {"email": "olivia@northside.example", "action_primary": ""}
    page = attacker.post(reverse("account_email"), form, follow=True).content.decode()
    assert "Only a confirmed address" in page or "confirmed" in page
    trap.refresh_from_db()
    assert trap.email == VICTIM


def test_confirmation_of_a_deleted_address_is_void(cast: Cast, as_client: AsClient) -> None:
    address = EmailAddress.objects.create(user=cast.member.user, email=ATTACKER)
    key = EmailConfirmationHMAC(address).key
    address.delete()
    assert as_client(cast.member).post(reverse("account_confirm_email", args=[key])).status_code == 404


# -- enumeration -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["account_signup", "account_reset_password"])
def test_answer_does_not_say_whether_an_address_has_an_account(cast: Cast, page: str) -> None:
    seen = []
    for email in ("olivia@northside.example", "nobody@nowhere.example"):
        mail.outbox.clear()
        form = {"name": "Olivia", "business": "Owens", "email": email}
        answer = Client().post(reverse(page), form, follow=True)
        content = re.sub(r"csrf\w+\W+value=\S+|nonce\S+", "", answer.content.decode()).replace(email, "")
        seen.append((answer.redirect_chain, answer.status_code, content, len(mail.outbox)))
    assert seen[0] == seen[1]
    assert seen[0][3] == 1


def test_email_tells_the_owner_that_an_account_exists(cast: Cast) -> None:
    form = {"name": "Olivia", "business": "Owens", "email": "Olivia@northside.example"}
    Client().post(reverse("account_signup"), form)
    assert "you already have an account" in mail.outbox[0].body
    assert is_signed_in(sign_in("olivia@northside.example", PASSWORD))


def test_adding_an_address_does_not_say_whether_it_has_an_account(cast: Cast) -> None:
    answers = []
    for email in ("olivia@northside.example", "nobody@nowhere.example"):
        browser = sign_in(cast.outsider.user.email, PASSWORD)
        form = {"email": email, "action_add": ""}
        answer = browser.post(reverse("account_email"), form, follow=True)
        answers.append((answer.status_code, answer.redirect_chain))
    assert answers[0] == answers[1]
