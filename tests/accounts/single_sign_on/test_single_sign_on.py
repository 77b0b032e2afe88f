"""Single sign-on: setting it up, who comes in by it and who does not, and what a session from an issuer opens."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.models import Member, Team, User
from accounts.roles.models import TeamRole
from accounts.single_sign_on.models import ClaimedDomain, LinkedIdentity, SingleSignOn
from accounts.tasks import check_claimed_domains
from kernel.tenancy import scope
from tests.accounts.single_sign_on.browsing import (
    DOMAIN,
    check,
    claim,
    come_back,
    leave,
    save_issuer,
    set_rules,
    set_up,
    sign_in_by_issuer,
)
from tests.accounts.single_sign_on.fake_issuer import CLIENT_SECRET, OTHER_KEY, FakeIssuer, issuing
from tests.accounts.test_two_factor import add_app, browser, code_of, recorded, second_step, sign_in
from tests.cast import Cast

type Dns = dict[str, Any]
NEW = "nora@northside.example"


def inbox_of(team: Team) -> str:
    return reverse("inbox", args=[team.slug])


def enters(client: Client, team: Team) -> bool:
    return client.get(inbox_of(team)).status_code == 200


def member_of(team: Team, email: str) -> Member | None:
    with scope(team.id):
        return Member.objects.select_related("user").filter(team=team, user__email=email).first()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_owner_sets_it_up_and_a_colleague_comes_in(
    cast: Cast, issuer: FakeIssuer, dns: Dns, owner: Any
) -> None:
    team = cast.northside
    admin, _ = sign_in(cast.admin)
    assert admin.get(reverse("single_sign_on", args=[team.slug])).status_code == 403

    client = set_up(team, cast.owner, issuer, dns)
    page = text(client.get(reverse("single_sign_on", args=[team.slug])))
    assert "Claimed" in page and "Nobody has signed in by it yet" in page
    assert "http://testserver/accounts/single-sign-on/northside-dental/return/" in page
    assert CLIENT_SECRET not in page
    stored = owner.execute("SELECT client_secret FROM accounts_singlesignon").fetchone()[0]
    assert CLIENT_SECRET not in stored
    refused = set_rules(client, team, required="on")
    assert refused.status_code == 422 and "Nobody has signed in by single sign-on yet" in text(refused)
    assert set_rules(client, team, inboxes=[cast.billing.id]).status_code == 302
    assert "answers, and its keys" in text(
        client.post(reverse("single_sign_on_test", args=[team.slug]), follow=True)
    )

    # The sign-in page leads to the issuer, which says who it is.
    stranger = browser()
    asked = stranger.post(reverse("company_sign_in"), {"login": NEW})
    assert asked.headers["Location"] == reverse("single_sign_on_start", args=[team.slug])
    nora, answer = sign_in_by_issuer(team, issuer, NEW, stranger)
    assert answer.headers["Location"] == inbox_of(team) and enters(nora, team)
    member = member_of(team, NEW)
    assert member and (member.role, member.user.name) == ("member", "Nora")
    assert not member.user.has_usable_password() and EmailAddress.objects.get(email=NEW).verified
    with scope(team.id):
        assert [seat.inbox_id for seat in member.seats.all()] == [cast.billing.id]
        joined, linked, signed_in = AuditEntry.objects.order_by("-id")[:3][::-1]
        assert (joined.action, joined.details["way"]) == ("member_joined", "single sign-on")
        assert (linked.action, signed_in.action) == ("identity_linked", "signed_in")
        assert signed_in.details["way"] == "single sign-on" and signed_in.ip_address == "127.0.0.1"
        assert not AuditEntry.objects.filter(details__icontains=CLIENT_SECRET).exists()
    assert "It works" in text(client.get(reverse("single_sign_on", args=[team.slug])))

    # A second time it is the same person, also under a new address; the issuer's own ID decides.
    again, _ = sign_in_by_issuer(team, issuer, "nora.dean@northside.example", sub=f"sub-{NEW}")
    assert enters(again, team) and member_of(team, "nora.dean@northside.example") is None
    _, answer = sign_in_by_issuer(team, issuer, NEW, sub="somebody-else")
    assert answer.status_code == 403 and "under another ID" in text(answer)
    client.post(reverse("member_identity_removal", args=[team.slug, member.id]))
    assert recorded(team)[-1] == ("identity_unlinked", "Olivia Owens")
    other, _ = sign_in_by_issuer(team, issuer, NEW, sub="somebody-else")
    assert enters(other, team)


def test_an_existing_user_is_linked_and_a_removed_member_stays_out(
    cast: Cast, issuer: FakeIssuer, dns: Dns
) -> None:
    team, email = cast.northside, cast.member.user.email
    client = set_up(team, cast.owner, issuer, dns)
    maya, _ = sign_in_by_issuer(team, issuer, email)
    assert enters(maya, team)
    assert User.objects.filter(email=email).get() == cast.member.user
    assert sign_in(cast.member)[1].status_code == 302, "the password still works"

    client.post(reverse("member_removal", args=[team.slug, cast.member.id]))
    assert maya.get(inbox_of(team)).status_code == 404, "the session of a removed member shows nothing"
    _, answer = sign_in_by_issuer(team, issuer, email)
    assert answer.status_code == 403 and "You were removed" in text(answer)
    _, answer = sign_in_by_issuer(team, issuer, "maya.new@northside.example", sub=f"sub-{email}")
    assert "You were removed" in text(answer), "also under another address"
    EmailAddress.objects.filter(user=cast.member.user).update(email="maya@home.example")
    User.objects.filter(pk=cast.member.user.pk).update(email="maya@home.example")
    _, answer = sign_in_by_issuer(team, issuer, "maya.new@northside.example", sub=f"sub-{email}")
    assert "You were removed" in text(answer), "and with another address here, too"
    EmailAddress.objects.filter(user=cast.member.user).update(email=email)
    User.objects.filter(pk=cast.member.user.pk).update(email=email)
    assert recorded(team)[-1] == ("sign_in_failed", "Not signed in")

    page = client.get(reverse("members", args=[team.slug]))
    assert "Maya Chen" in text(page) and email in text(page)
    (removed,) = page.context["removed"]
    client.post(reverse("removed_member_return", args=[team.slug, removed.id]))
    assert recorded(team)[-1] == ("removed_member_allowed", "Olivia Owens")
    assert enters(sign_in_by_issuer(team, issuer, email)[0], team)


@pytest.mark.parametrize("how", ["no domain", "unproved", "unverified", "not a member", "turned off"])
def test_who_does_not_come_in(how: str, cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    team, email, claims = cast.northside, NEW, dict[str, Any]()
    client = set_up(team, cast.owner, issuer, dns)
    match how:
        case "no domain":
            email, sentence = "nora@harbor.example", "not an address of a domain that the team has claimed"
        case "unproved":
            client.post(reverse("claimed_domains", args=[team.slug]), {"domain": "other.example"})
            email, sentence = "nora@other.example", "not an address of a domain that the team has claimed"
        case "unverified":
            claims, sentence = {"email_verified": False}, "does not say that it has verified"
        case "not a member":
            set_rules(client, team, creates_members="")
            assert (
                client.post(reverse("single_sign_on_rules", args=[team.slug]), {"role": "member"}).status_code
                == 302
            )
            sentence = "You are not a member of this team"
        case "turned off":
            email, sentence = cast.member.user.email, "turned off"
            User.objects.filter(email=email).update(is_active=False)
    users = User.objects.count()
    nora, answer = sign_in_by_issuer(team, issuer, email, **claims)
    assert answer.status_code == 403 and sentence in text(answer)
    assert not enters(nora, team) and User.objects.count() == users
    with scope(team.id):
        failure = AuditEntry.objects.latest("id")
        assert (failure.action, sentence in failure.details["reason"]) == ("sign_in_failed", True)


def test_a_session_from_an_issuer_opens_its_team_alone(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    """Team A's issuer never signs anybody in to team B, whatever else the person belongs to."""
    with scope(cast.harbor.id):
        Member.objects.create(team=cast.harbor, user=cast.member.user, role="owner")
    set_up(cast.northside, cast.owner, issuer, dns)
    maya, _ = sign_in_by_issuer(cast.northside, issuer, cast.member.user.email)
    assert enters(maya, cast.northside)
    own = reverse("own_sign_in")
    assert maya.get(inbox_of(cast.harbor)).headers["Location"].startswith(f"{own}?next=")
    part = maya.get(inbox_of(cast.harbor), headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"].startswith(own)) == (401, True)
    with scope(cast.harbor.id):
        assert not AuditEntry.objects.exists(), "nothing of it is in the other team's audit log"
    maya.cookies["team"] = cast.harbor.slug
    assert "Harbor Bikes" not in text(maya.get(reverse("profile"))), (
        "nor is the frame of the other team shown"
    )
    poll = reverse("poll_changes", args=[cast.harbor.slug, "x"])
    assert "HX-Redirect" in maya.get(poll, headers={"HX-Request": "true"}).headers
    for name in ("account_email", "account_change_password", "mfa_add_webauthn", "new_team"):
        assert maya.get(reverse(name)).headers["Location"].startswith(own), name
    confirmation = maya.get(reverse("mfa_activate_totp")).headers["Location"]
    assert confirmation.startswith(reverse("account_reauthenticate")), (
        "the issuer's word changes no second factor"
    )
    page = text(maya.get(own))
    assert "your own sign-in" in page

    # The person's own sign-in opens the other team; the issuer's adds its own to it.
    again = f"{reverse('account_login')}?next={inbox_of(cast.harbor)}"
    assert maya.post(reverse("account_logout"), {"next": again}).headers["Location"] == again
    sign_in(cast.member, maya)
    assert enters(maya, cast.harbor) and enters(maya, cast.northside)
    sign_in_by_issuer(cast.northside, issuer, cast.member.user.email, maya)
    assert enters(maya, cast.harbor)
    _, answer = sign_in_by_issuer(cast.northside, issuer, cast.second.user.email, maya)
    assert "here you are signed in as" in text(answer)


def test_who_has_only_the_issuer_confirms_there(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    """Whoever has neither a password nor a second factor adds the first one after a fresh answer of the issuer."""
    team, page = cast.northside, reverse("mfa_activate_totp")
    owner = set_up(team, cast.owner, issuer, dns)
    nora, _ = sign_in_by_issuer(team, issuer, NEW)
    assert nora.get(page).status_code == 200, "the issuer has just vouched"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        way = reverse("single_sign_on_start", args=[team.slug], query={"next": page})
        assert nora.get(page).headers["Location"] == way
        assert nora.post(page, {"code": "123456"}).headers["Location"] == way
        back = come_back(nora, str(nora.get(way).context["address"]))
        assert back.headers["Location"] == page
        add_app(nora)
    # From then on the app confirms, and the issuer no longer does.
    with time_machine.travel(timezone.now() + timedelta(minutes=40)):
        sign_in_by_issuer(team, issuer, NEW, nora)
        confirmation = nora.get(reverse("mfa_deactivate_totp")).headers["Location"]
        assert confirmation.startswith(reverse("mfa_reauthenticate"))
    Authenticator.objects.all().delete()
    owner.post(reverse("single_sign_on_removal", args=[team.slug]))
    with time_machine.travel(timezone.now() + timedelta(minutes=60)):
        gone = nora.get(page).headers["Location"]
    assert gone == reverse("own_sign_in", query={"next": page}), "which says how to get a password"


def test_two_teams_with_issuers_of_their_own(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    set_up(cast.northside, cast.owner, issuer, dns)
    with issuing() as harbors:
        client = set_up(cast.harbor, cast.outsider, harbors, dns, "harbor.example")
        # Its issuer may say what it wants: the address is of another team's domain.
        _, answer = sign_in_by_issuer(cast.harbor, harbors, cast.owner.user.email)
        assert answer.status_code == 403 and "not an address of a domain that the team has claimed" in text(
            answer
        )

        # Nor can it claim the domain, with the right record even.
        page = check(client, cast.harbor, claim(client, cast.harbor, dns))
        assert f"The record of {DOMAIN} is there, but another team claims the domain" in page
        assert browser().post(reverse("company_sign_in"), {"login": NEW}).headers["Location"] == reverse(
            "single_sign_on_start", args=[cast.northside.slug]
        )

        # An answer of one team's issuer does not count at the other's address.
        nora = browser()
        harbors.person, issuer.person = "h@harbor.example", NEW
        address = leave(nora, cast.harbor).replace(harbors.url, issuer.url)
        answer = come_back(nora, address)
        assert answer.status_code == 403 and "another issuer" in text(answer)
        strange = leave(nora, cast.harbor).replace("harbor-bikes%2Freturn", "northside-dental%2Freturn")
        assert "Begin again" in text(come_back(nora, strange))
    outsider, _ = sign_in(cast.outsider)
    for name in ("single_sign_on", "single_sign_on_removal"):
        assert outsider.get(reverse(name, args=[cast.northside.slug])).status_code == 404


def test_required_single_sign_on(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    team = cast.northside
    client = set_up(team, cast.owner, issuer, dns)
    sign_in_by_issuer(team, issuer, cast.owner.user.email, client)
    member, _ = sign_in(cast.member)
    ticket = member.get(inbox_of(team))
    assert set_rules(client, team, required="on").status_code == 302
    assert "Members must use single sign-on" in text(client.get(reverse("single_sign_on", args=[team.slug])))

    # A password no longer enters; the page wanted is what the issuer leads back to.
    start = reverse("single_sign_on_start", args=[team.slug])
    contacts = reverse("contacts", args=[team.slug])
    away = member.get(contacts).headers["Location"]
    assert away == f"{start}?next={contacts.replace('/', '%2F')}"
    part = member.get(contacts, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"].startswith(start)) == (401, True)
    assert ticket.status_code == 200
    poll = member.get(reverse("poll_changes", args=[team.slug, "x"]), headers={"HX-Request": "true"})
    assert poll.headers["HX-Redirect"] == reverse("home")
    of_page = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{contacts}"}
    poll = member.get(reverse("poll_changes", args=[team.slug, "x"]), headers=of_page)
    assert poll.headers["HX-Redirect"] == contacts, "the open page opens again, by way of the issuer"
    _, answer = sign_in_by_issuer(team, issuer, cast.member.user.email, member, page=contacts)
    assert answer.headers["Location"] == contacts and enters(member, team)

    # Who decides about it keeps another way, with a second factor.
    olivia, _ = sign_in(cast.owner)
    assert olivia.get(inbox_of(team)).headers["Location"] == reverse("sign_in_security")
    assert "also enters with a password and a second factor" in text(olivia.get(reverse("sign_in_security")))
    add_app(olivia)
    assert enters(olivia, team)
    assert olivia.post(reverse("single_sign_on_removal", args=[team.slug])).status_code == 302
    assert recorded(team)[-1] == ("single_sign_on_removed", "Olivia Owens")
    assert enters(sign_in(cast.second)[0], team)
    assert browser().get(start).status_code == 404


def test_new_members_get_the_role_that_the_team_chose(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    team = cast.northside
    client = set_up(team, cast.owner, issuer, dns)
    with scope(team.id):
        clerk = TeamRole.objects.create(team=team, name="Clerk", rights=["see_reports"])
    assert set_rules(client, team, role="owner").status_code == 422
    assert set_rules(client, team, role=clerk.id).status_code == 302
    sign_in_by_issuer(team, issuer, NEW)
    with scope(team.id):
        assert Member.objects.select_related("custom_role").get(user__email=NEW).role_name == "Clerk"
    deletion = reverse("role_deletion", args=[team.slug, clerk.id])
    assert "Single sign-on gives it to new members." in text(client.get(deletion))
    assert client.post(deletion, {"role": "member"}).status_code == 302
    assert enters(sign_in_by_issuer(team, issuer, "next@northside.example")[0], team)


def test_the_issuer_is_asked_again_after_a_day(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    set_up(cast.northside, cast.owner, issuer, dns)
    nora, _ = sign_in_by_issuer(cast.northside, issuer, NEW)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        start = reverse("single_sign_on_start", args=[cast.northside.slug])
        assert nora.get(inbox_of(cast.northside)).headers["Location"].startswith(start)
        sign_in_by_issuer(cast.northside, issuer, NEW, nora)
        assert enters(nora, cast.northside)


def test_second_factors(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    """The issuer's word stands for a second factor only if the team says so."""
    team = cast.northside
    client = set_up(team, cast.owner, issuer, dns)
    client.post(reverse("team_sign_in", args=[team.slug]), {"required": "on", "two_factor_grace_days": "0"})
    nora, _ = sign_in_by_issuer(team, issuer, NEW)
    assert nora.get(inbox_of(team)).headers["Location"] == reverse("sign_in_security")
    secret, _ = add_app(nora)
    assert enters(nora, team)
    other, answer = sign_in_by_issuer(team, issuer, NEW)
    assert answer.headers["Location"] == reverse("mfa_authenticate") and not enters(other, team)
    assert second_step(other, code_of(secret)) and enters(other, team)

    olivia, _ = sign_in(cast.owner)
    add_app(olivia)
    assert set_rules(olivia, team, issuer_asks_second_factor="on").status_code == 302
    third, _ = sign_in_by_issuer(team, issuer, NEW)
    assert enters(third, team)
    maya, _ = sign_in_by_issuer(team, issuer, cast.member.user.email)
    assert "requires two-factor sign-in" not in text(maya.get(reverse("sign_in_security")))
    assert enters(maya, team) and not Authenticator.objects.filter(user=cast.member.user).exists()
    poll = maya.get(reverse("poll_changes", args=[team.slug, "x"]), headers={"HX-Request": "true"})
    assert poll.status_code == 200 and "HX-Redirect" not in poll.headers
    assert sign_in(cast.member)[0].get(inbox_of(team)).headers["Location"] == reverse("sign_in_security")


def test_an_account_that_nobody_has_proved_becomes_the_persons(
    cast: Cast, issuer: FakeIssuer, dns: Dns
) -> None:
    trap = User.objects.create_user(NEW, "mallory knows this", name="Mallory")
    mallory = Client()
    mallory.force_login(trap)
    set_up(cast.northside, cast.owner, issuer, dns)
    nora, _ = sign_in_by_issuer(cast.northside, issuer, NEW)
    assert enters(nora, cast.northside)
    assert mallory.get(reverse("profile")).status_code == 302
    trap.refresh_from_db()
    assert not trap.has_usable_password()


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        ({"error": "access_denied"}, "The sign-in was cancelled"),
        ({"token_error": "invalid_grant"}, "no longer knows this sign-in"),
        ({"secret": "renewed"}, "The secret may have expired"),
        ({"more": {"aud": "another"}}, "for another application"),
        ({"more": {"exp": 1}}, "has expired"),
        ({"key": OTHER_KEY}, "not signed as the issuer"),
        ({"more": {"email": None}, "userinfo": {"sub": "x", "email": NEW}}, "about different people"),
        ({"more": {"email": None}, "userinfo": {"sub": f"sub-{NEW}"}}, "no email address"),
    ],
)
def test_trouble_at_the_issuer(
    trouble: dict[str, Any], sentence: str, cast: Cast, issuer: FakeIssuer, dns: Dns
) -> None:
    set_up(cast.northside, cast.owner, issuer, dns)
    client = browser()
    address = leave(client, cast.northside)
    issuer.person = NEW
    for name, value in trouble.items():
        setattr(issuer, name, value)
    answer = come_back(client, address)
    assert answer.status_code == 403 and sentence in text(answer) and not enters(client, cast.northside)
    assert member_of(cast.northside, NEW) is None


def test_an_answer_counts_once_and_in_its_browser(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    set_up(cast.northside, cast.owner, issuer, dns)
    issuer.person = NEW
    first, other = browser(), browser()
    address = leave(first, cast.northside)
    assert "began in another browser" in text(come_back(other, address))
    leave(first, cast.northside)  # in a second tab
    assert come_back(first, address).status_code == 302
    back = reverse("single_sign_on_return", args=[cast.northside.slug])
    for query in ({}, {"state": "x", "code": "y"}, {"state": ["a", "b"]}, {"error": "x" * 5000}):
        assert first.get(back, query).status_code == 403
    late = leave(other, cast.northside)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        assert "took too long" in text(come_back(other, late))
    assert leave(other, cast.northside, "https://evil.example/x")
    assert come_back(other, leave(other, cast.northside, "//evil.example")).headers["Location"] == inbox_of(
        cast.northside
    )


def test_an_issuer_that_is_wrong_or_down(cast: Cast, issuer: FakeIssuer, dns: Dns, settings: Any) -> None:
    team = cast.northside
    client, _ = sign_in(cast.owner)

    def refused(address: str, **more: str) -> str:
        answer = save_issuer(client, team, address, **more)
        assert answer.status_code == 422 and address in text(answer)
        return text(answer)

    assert "where its OpenID configuration should be" in refused(f"{issuer.url}/realm")
    for changes, sentence in (
        ({"issuer": "https://other.example"}, "calls itself"),
        ({"token_endpoint": None}, "has no token_endpoint"),
        ({"token_endpoint": "https://x.example/\0"}, "not an address that begins with https"),
        ({"token_endpoint": "https://["}, "not an address that begins with https"),
        ({"jwks_uri": "ftp://x.example/"}, "not an address that begins with https"),
        ({"token_endpoint_auth_methods_supported": ["private_key_jwt"]}, "takes no client secret"),
        ({"jwks_uri": issuer.url + "/userinfo"}, "keys cannot be read"),
        ({"padding": "x" * 600_000}, "far more than was asked for"),
    ):
        issuer.document_changes = changes
        assert sentence in refused(issuer.url), sentence
    issuer.document_changes = {}
    assert "failed" in refused("http://127.0.0.1:9")
    assert "Enter the Directory (tenant) ID" in text(
        save_issuer(client, team, "common", provider="microsoft")
    )
    assert save_issuer(client, team, issuer.url, client_id="").status_code == 422
    settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK = False
    assert "must begin with https" in refused(issuer.url)
    assert "private network" in refused(issuer.url.replace("http:", "https:"))
    with scope(team.id):
        assert not SingleSignOn.objects.exists()

    settings.SINGLE_SIGN_ON_ALLOW_LOOPBACK = True
    assert save_issuer(client, team, issuer.url).status_code == 302
    assert save_issuer(client, team, issuer.url, new_secret="").status_code == 302
    with scope(team.id):
        assert SingleSignOn.objects.get().client_secret == CLIENT_SECRET, "an empty field keeps the secret"
    issuer.document_changes = {"issuer": "https://other.example"}
    tested = client.post(reverse("single_sign_on_test", args=[team.slug]), follow=True)
    assert "calls itself" in text(tested)


def test_domains_are_claimed_lost_and_lapse(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    team = cast.northside
    client = set_up(team, cast.owner, issuer, dns)
    sign_in_by_issuer(team, issuer, cast.member.user.email)
    with scope(team.id):
        domain = ClaimedDomain.objects.get()
    page = reverse("claimed_domains", args=[team.slug])
    assert "in the list already" in text(client.post(page, {"domain": DOMAIN.upper()}))
    assert "such as example.com" in text(client.post(page, {"domain": "not a domain"}))
    client.post(page, {"domain": "new.example"})
    record, dns[DOMAIN] = dns[DOMAIN], None
    assert "DNS gave no answer" in check(client, team, domain)
    mail.outbox.clear()
    day = timezone.now() + timedelta(days=1, hours=1)
    with time_machine.travel(day, tick=False):
        check_claimed_domains()
        assert mail.outbox == [], "no answer is no loss"
        dns[DOMAIN] = []
        check_claimed_domains()
        check_claimed_domains()
    (email,) = mail.outbox
    assert (email.to, email.subject) == (["olivia@northside.example"], f"The DNS record of {DOMAIN} is gone")
    assert domain.record in str(email.body)
    assert recorded(team)[-1] == ("domain_lost", "Heymarket")
    assert "Record missing" in text(client.get(reverse("single_sign_on", args=[team.slug])))
    assert sign_in_by_issuer(team, issuer, NEW)[1].status_code == 302, "the claim holds for a week"

    with time_machine.travel(day + timedelta(days=7), tick=True):
        owner, _ = sign_in(cast.owner)
        assert "Lapsed" in text(owner.get(reverse("single_sign_on", args=[team.slug])))
        _, answer = sign_in_by_issuer(team, issuer, "late@northside.example")
        assert "The DNS record of northside.example is gone" in text(answer)
        assert sign_in_by_issuer(team, issuer, cast.member.user.email)[1].status_code == 302
        dns[DOMAIN] = record
        assert "the record is there" in check(owner, team, domain)
        assert sign_in_by_issuer(team, issuer, "late@northside.example")[1].status_code == 302
        owner.post(reverse("claimed_domain_removal", args=[team.slug, domain.id]))
    assert recorded(team)[-1] == ("domain_removed", "Olivia Owens")
    with scope(team.id):
        assert LinkedIdentity.objects.count() == 3


def test_a_lapsed_domain_may_be_claimed_by_another_team(cast: Cast, issuer: FakeIssuer, dns: Dns) -> None:
    set_up(cast.northside, cast.owner, issuer, dns)
    client, _ = sign_in(cast.outsider)
    save_issuer(client, cast.harbor, issuer.url)
    with scope(cast.northside.id):
        long_ago = timezone.now() - timedelta(days=8)
        ClaimedDomain.objects.update(missing_since=long_ago)
    claim(client, cast.harbor, dns)
    start = reverse("single_sign_on_start", args=[cast.harbor.slug])
    assert browser().post(reverse("company_sign_in"), {"login": NEW}).headers["Location"] == start
    check_claimed_domains()
    with scope(cast.northside.id):
        assert not ClaimedDomain.objects.get().is_in_force, (
            "the record of the team before does not take it back"
        )
    unknown = browser().post(reverse("company_sign_in"), {"login": "x@unknown.example"})
    assert unknown.status_code == 422 and "No team here" in text(unknown)
