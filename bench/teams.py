"""Teams with owners and inboxes for benchmarks, created as the product creates them."""

from django.conf import settings
from django.test import Client

from accounts.models import Carrier, Inbox, Member, Team, User
from bench.fake_carrier import CarrierNumber
from kernel.tenancy import scope
from messaging.sending_hours.rules import all_rules


def create_team(name: str, number: str) -> tuple[Member, Inbox]:
    """Create a team with an owner and one inbox. Must run outside a scope."""
    member = create_owner(name)
    account = CarrierNumber(number, f"AC{member.team_id:032d}", f"token-of-{name.lower()}")
    return member, create_inbox(member.team, account)


def create_team_at(name: str, accounts: list[CarrierNumber]) -> tuple[Member, dict[str, int]]:
    """Create a team with an inbox for each number; returns its owner, and the inbox IDs by number."""
    member = create_owner(name)
    return member, {account.number: create_inbox(member.team, account).id for account in accounts}


def create_owner(name: str) -> Member:
    user = User.objects.create_user(f"{name.lower()}@bench.example", "correct horse battery", name=name)
    made = Team.objects.create_with_owner(name, user)
    with scope(made.id):
        made.sending_hours = {
            "set_aside": {rule.place: "Benchmarks run at any hour." for rule in all_rules()}
        }
        made.save(update_fields=["sending_hours"])
        member = Member.objects.get(team_id=made.id, user_id=user.id)
    member.user, member.team = user, made
    return member


def create_inbox(team: Team, account: CarrierNumber) -> Inbox:
    with scope(team.id):
        return Inbox.objects.create(
            team=team,
            name=f"Inbox {account.number}",
            number=account.number,
            carrier=Carrier.TWILIO,
            account_id=account.account_id,
            auth_tokens=[account.token],
        )


def session_cookie(member: Member) -> tuple[str, str]:
    """Name and value of the session cookie of a signed-in member."""
    browser = Client()
    browser.force_login(member.user)
    return settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value
