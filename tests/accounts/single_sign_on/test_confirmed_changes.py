"""Changes of how a team's members sign in: they ask who makes them, as changes of one's own sign-in do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.audit.models import AuditEntry
from accounts.models import Member, Team
from accounts.rights import Right
from accounts.single_sign_on.models import ClaimedDomain, SingleSignOn
from accounts.urls import urlpatterns
from kernel.tenancy import scope
from tests.accounts.single_sign_on.browsing import set_rules, set_up, sign_in_by_issuer
from tests.accounts.single_sign_on.fake_issuer import FakeIssuer
from tests.cast import PASSWORD, Cast

# Posts of owners that ask an issuer or DNS something, and change nothing that a person chose.
ASK_NOTHING = {"single_sign_on_test", "claimed_domain_check"}
# All others.
ASK: dict[str, dict[str, str]] = {
    "team_sign_in": {"required": "on", "two_factor_grace_days": "3"},
    "single_sign_on": {
        "provider": "other",
        "client_id": "x",
        "issuer": "http://127.0.0.1:1",
        "new_secret": "s3cret",
    },
    "single_sign_on_rules": {"role": "member", "creates_members": "on"},
    "single_sign_on_removal": {},
    "claimed_domains": {"domain": "new.example"},
    "claimed_domain_removal": {},
    "member_identity_removal": {},
    "member_two_factor_reset": {},
}
CONFIRMATION = reverse("account_reauthenticate")


def test_every_change_of_how_members_sign_in_is_listed() -> None:
    needs = {
        str(pattern.name)
        for pattern in urlpatterns
        if Right.MANAGE_SIGN_IN in getattr(pattern.callback, "required_rights", ())
    }
    assert needs == ASK_NOTHING | ASK.keys()


def address(cast: Cast, name: str) -> str:
    ids = {"member_identity_removal": cast.member.id, "member_two_factor_reset": cast.member.id}
    with scope(cast.northside.id):
        SingleSignOn.objects.get_or_create(team=cast.northside)
        domain, _ = ClaimedDomain.objects.get_or_create(team=cast.northside, domain="northside.example")
    ids["claimed_domain_removal"] = domain.id
    return reverse(name, args=[cast.northside.slug, *([ids[name]] if name in ids else [])])


def audited(team: Team) -> int:
    with scope(team.id):
        return AuditEntry.objects.filter(team_id=team.id).count()


@pytest.mark.parametrize("name", ASK)
def test_a_change_needs_a_recent_sign_in(
    cast: Cast, as_client: Callable[[Member], Client], name: str
) -> None:
    """In a session in which nobody entered a password for a while."""
    client, page = as_client(cast.owner), address(cast, name)
    before = audited(cast.northside)
    asked = client.post(page, ASK[name])
    assert asked.headers["Location"].startswith(CONFIRMATION) and audited(cast.northside) == before
    assert "s3cret" not in str(dict(client.session)), "a secret is not kept"
    forbidden = as_client(cast.admin).post(page, ASK[name])
    assert forbidden.status_code == 403, "whoever may not do it is not asked"


def test_a_confirmed_change_is_done(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    """What was sent before the confirmation is done after it, and for a quarter of an hour nobody is asked again."""
    client, page, team = as_client(cast.owner), address(cast, "team_sign_in"), cast.northside
    assert client.get(page).status_code == 200, "looking is free"
    asked = client.post(page, ASK["team_sign_in"])
    assert is_required(team) is False
    confirm(client, asked, page)
    assert is_required(team) is True
    client.post(page, {"two_factor_grace_days": "3"})
    assert is_required(team) is False
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        again = client.post(page, ASK["team_sign_in"])
    assert again.headers["Location"].startswith(CONFIRMATION) and not is_required(team)


def test_a_form_with_a_secret_is_entered_again(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    client, page = as_client(cast.owner), address(cast, "single_sign_on")
    asked = client.post(page, ASK["single_sign_on"], headers={"referer": f"http://testserver{page}"})
    assert "Nothing was changed yet." in client.get(asked.headers["Location"]).content.decode()
    assert confirm(client, asked, page).headers["Location"] == page
    with scope(cast.northside.id):
        assert not SingleSignOn.objects.get(team=cast.northside).client_id
    refused = client.post(page, ASK["single_sign_on"])
    assert refused.status_code == 422, "now it is looked at: this issuer does not answer"


def test_who_has_only_the_issuer_confirms_there(cast: Cast, issuer: FakeIssuer, dns: dict[str, Any]) -> None:
    team = cast.northside
    set_up(team, cast.owner, issuer, dns)
    cast.owner.user.set_unusable_password()
    cast.owner.user.save()
    olivia, _ = sign_in_by_issuer(team, issuer, cast.owner.user.email)
    page = reverse("single_sign_on", args=[team.slug])
    assert (
        set_rules(olivia, team, required="on").status_code == 302 and reloaded(team).single_sign_on_required
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        asked = olivia.post(
            reverse("single_sign_on_rules", args=[team.slug]),
            {"role": "member"},
            headers={"referer": f"http://testserver{page}"},
        )
        way = reverse("single_sign_on_start", args=[team.slug], query={"next": page})
        assert asked.headers["Location"] == way and reloaded(team).single_sign_on_required


def confirm(client: Client, asked: Any, page: str) -> Any:
    return client.post(asked.headers["Location"], {"password": PASSWORD, "next": page})


def reloaded(team: Team) -> Team:
    with scope(team.id):
        team.refresh_from_db()
    return team


def is_required(team: Team) -> bool:
    return reloaded(team).two_factor_since is not None
