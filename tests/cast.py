"""The people of the tests: two teams that know nothing of each other, their members, inboxes, and those they text."""

from dataclasses import dataclass

from accounts.models import Carrier, Inbox, Member, Role, Seat, Team, User
from accounts.tenancy import scope
from contacts.models import Contact

PASSWORD = "correct horse battery"

# People with phones. Northside knows Maria and Tom by name, Harbor knows Maria too; nobody knows the stranger.
MARIA = "+14155550101"
TOM = "+14155550102"
STRANGER = "+14155550199"


@dataclass(frozen=True)
class Cast:
    # Northside Dental
    northside: Team
    owner: Member
    admin: Member
    member: Member  # has a seat at the front desk only
    second: Member  # has a seat at billing only
    front_desk: Inbox
    billing: Inbox
    maria: Contact
    tom: Contact
    # Harbor Bikes
    harbor: Team
    outsider: Member  # its owner
    shop: Inbox
    harbors_maria: Contact


def assemble() -> Cast:
    """Write both teams to the database. Call it outside a scope."""
    olivia = _person("Olivia Owens", "olivia@northside.example")
    northside = Team.objects.found("Northside Dental", olivia)
    with scope(northside.id):
        front_desk = _inbox(northside, "Front Desk", "+15105550100", "AC" + "1" * 32, ["front-desk-token"])
        billing = _inbox(northside, "Billing", "+15105550200", "AC" + "1" * 32, ["billing-token"])
        owner = _here(northside, Member.objects.get(user_id=olivia.id), olivia)
        admin = _member(northside, _person("Amir Adams", "amir@northside.example"), Role.ADMIN)
        member = _member(northside, _person("Maya Chen", "maya@northside.example"), Role.MEMBER, front_desk)
        second = _member(northside, _person("Sam Silva", "sam@northside.example"), Role.MEMBER, billing)
        maria = Contact.objects.create(team=northside, number=MARIA, first_name="Maria", last_name="Lopez")
        tom = Contact.objects.create(team=northside, number=TOM, first_name="Tom", last_name="Becker")
    harriet = _person("Harriet Hale", "harriet@harbor.example")
    harbor = Team.objects.found("Harbor Bikes", harriet)
    with scope(harbor.id):
        outsider = _here(harbor, Member.objects.get(user_id=harriet.id), harriet)
        shop = _inbox(harbor, "Shop", "+15105550300", "AC" + "2" * 32, ["shop-token-new", "shop-token-old"])
        harbors_maria = Contact.objects.create(
            team=harbor, number=MARIA, display_name="M. Lopez (blue Brompton)"
        )
    return Cast(
        northside=northside, owner=owner, admin=admin, member=member, second=second, front_desk=front_desk,
        billing=billing, maria=maria, tom=tom, harbor=harbor, outsider=outsider, shop=shop,
        harbors_maria=harbors_maria,
    )  # fmt: skip


def _person(name: str, email: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name)


def _member(team: Team, user: User, role: Role, *seats: Inbox) -> Member:
    member = _here(team, Member.objects.create(team=team, user=user, role=role), user)
    for inbox in seats:
        Seat.objects.create(team=team, inbox=inbox, member=member)
    return member


def _here(team: Team, member: Member, user: User) -> Member:
    """With team and user at hand: outside a scope neither could be looked up."""
    member.team, member.user = team, user
    return member


def _inbox(team: Team, name: str, number: str, account_id: str, auth_tokens: list[str]) -> Inbox:
    return Inbox.objects.create(
        team=team,
        name=name,
        number=number,
        carrier=Carrier.TWILIO,
        account_id=account_id,
        auth_tokens=auth_tokens,
    )
