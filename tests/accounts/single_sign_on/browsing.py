"""What people do in the scenarios of single sign-on: an owner sets it up, and people sign in through the issuer."""

from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client
from django.urls import reverse

from accounts.models import Member, Team
from accounts.single_sign_on.models import ClaimedDomain
from kernel.tenancy import scope
from tests.accounts.single_sign_on.fake_issuer import CLIENT_ID, CLIENT_SECRET, FakeIssuer
from tests.accounts.test_two_factor import browser, sign_in

DOMAIN = "northside.example"


def set_up(
    team: Team, owner: Member, issuer: FakeIssuer, dns: dict[str, Any], domain: str = DOMAIN
) -> Client:
    """An owner enters issuer and domain, and checks the record. The owner's browser."""
    client, _ = sign_in(owner)
    assert save_issuer(client, team, issuer.url).status_code == 302
    claim(client, team, dns, domain)
    return client


def save_issuer(client: Client, team: Team, issuer: str, **more: str) -> Any:
    data = {
        "provider": "other",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "new_secret": CLIENT_SECRET,
        **more,
    }
    return client.post(reverse("single_sign_on", args=[team.slug]), data)


def claim(client: Client, team: Team, dns: dict[str, Any], domain: str = DOMAIN) -> ClaimedDomain:
    assert client.post(reverse("claimed_domains", args=[team.slug]), {"domain": domain}).status_code == 302
    with scope(team.id):
        added = ClaimedDomain.objects.get(domain=domain)
    dns[domain] = [*(dns.get(domain) or []), "v=spf1 -all", added.record]
    check(client, team, added)
    return added


def check(client: Client, team: Team, domain: ClaimedDomain) -> str:
    address = reverse("claimed_domain_check", args=[team.slug, domain.id])
    return client.post(address, follow=True).content.decode()


def set_rules(client: Client, team: Team, **rules: Any) -> Any:
    data = {"creates_members": "on", "role": "member", **rules}
    return client.post(reverse("single_sign_on_rules", args=[team.slug]), data)


def leave(client: Client, team: Team, page: str = "") -> str:
    """Where the page of the way out sends the browser."""
    answer = client.get(reverse("single_sign_on_start", args=[team.slug]), {"next": page} if page else {})
    assert answer.status_code == 200 and 'http-equiv="refresh"' in answer.content.decode()
    return str(answer.context["address"])


def come_back(client: Client, address: str) -> Any:
    """Sign in at the issuer, and follow it back."""
    location = requests.get(address, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in_by_issuer(
    team: Team, issuer: FakeIssuer, email: str, client: Client | None = None, *, page: str = "", **claims: Any
) -> tuple[Client, Any]:
    """A person signs in by the team's single sign-on, in a browser of its own. The browser, and what it is answered."""
    client = client or browser()
    issuer.person, issuer.more = email, claims
    return client, come_back(client, leave(client, team, page))
