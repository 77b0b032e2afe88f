"""The cast of the tests: two separate teams, their members, inboxes and contacts."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress

from accounts.models import Carrier, Inbox, Member, Role, Seat, Team, User
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.sending_hours.rules import all_rules

PASSWORD = "correct horse battery"

# Numbers. Maria and Tom are contacts of Northside, Maria also of Harbor; no team knows the stranger.
MARIA = "+14155550101"
TOM = "+14155550102"
STRANGER = "+14155550199"

# Both teams send at any hour, so that tests do not depend on the time of day.
ANY_HOUR = {"set_aside": {rule.place: "Tests run at any hour." for rule in all_rules()}}


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
    maria_of_harbor: Contact


def create_cast() -> Cast:
    """Insert both teams with few statements, since most tests begin with this. Call it outside a scope."""
    olivia, amir, maya, sam, harriet = _create_users(
        ("Olivia Owens", "olivia@northside.example"),
        ("Amir Adams", "amir@northside.example"),
        ("Maya Chen", "maya@northside.example"),
        ("Sam Silva", "sam@northside.example"),
        ("Harriet Hale", "harriet@harbor.example"),
    )
    northside = Team.objects.create_with_owner("Northside Dental", olivia)
    with scope(northside.id):
        _send_at_any_hour(northside)
        front_desk, billing = Inbox.objects.bulk_create([
            _inbox(northside, "Front Desk", "+15105550100", "AC" + "1" * 32, ["front-desk-token"]),
            _inbox(northside, "Billing", "+15105550200", "AC" + "1" * 32, ["billing-token"]),
        ])  # fmt: skip
        owner = _with_relations(northside, Member.objects.get(user_id=olivia.id), olivia)
        admin, member, second = Member.objects.bulk_create([
            Member(team=northside, user=amir, role=Role.ADMIN),
            Member(team=northside, user=maya, role=Role.MEMBER),
            Member(team=northside, user=sam, role=Role.MEMBER),
        ])  # fmt: skip
        Seat.objects.bulk_create([
            Seat(team=northside, inbox=front_desk, member=member),
            Seat(team=northside, inbox=billing, member=second),
        ])  # fmt: skip
        maria, tom = Contact.objects.bulk_create([
            Contact(team=northside, number=MARIA, first_name="Maria", last_name="Lopez"),
            Contact(team=northside, number=TOM, first_name="Tom", last_name="Becker"),
        ])  # fmt: skip
    harbor = Team.objects.create_with_owner("Harbor Bikes", harriet)
    with scope(harbor.id):
        _send_at_any_hour(harbor)
        outsider = _with_relations(harbor, Member.objects.get(user_id=harriet.id), harriet)
        shop = _inbox(harbor, "Shop", "+15105550300", "AC" + "2" * 32, ["shop-token-new", "shop-token-old"])
        shop.save()
        maria_of_harbor = Contact.objects.create(
            team=harbor, number=MARIA, display_name="M. Lopez (blue Brompton)"
        )
    return Cast(
        northside=northside, owner=owner, admin=admin, member=member, second=second, front_desk=front_desk,
        billing=billing, maria=maria, tom=tom, harbor=harbor, outsider=outsider, shop=shop,
        maria_of_harbor=maria_of_harbor,
    )  # fmt: skip


def _create_users(*people: tuple[str, str]) -> list[User]:
    users = [User(name=name, email=email) for name, email in people]
    for user in users:
        user.set_password(PASSWORD)
    users = User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create([
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    ])  # fmt: skip
    return users


def _send_at_any_hour(team: Team) -> None:
    team.sending_hours = ANY_HOUR
    team.save(update_fields=["sending_hours"])


def _with_relations(team: Team, member: Member, user: User) -> Member:
    """Set team and user, which could not be loaded outside a scope."""
    member.team, member.user = team, user
    return member


def _inbox(team: Team, name: str, number: str, account_id: str, auth_tokens: list[str]) -> Inbox:
    return Inbox(
        team=team,
        name=name,
        number=number,
        carrier=Carrier.TWILIO,
        account_id=account_id,
        auth_tokens=auth_tokens,
    )
