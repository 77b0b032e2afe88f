"""Who plays on the stage: a team with one inbox, made as the product makes them."""

from accounts.models import Carrier, Inbox, Member, Team, User
from accounts.tenancy import scope


def team(name: str, number: str, carrier: Carrier = Carrier.TWILIO) -> tuple[Member, Inbox]:
    """A team of one owner and one inbox at `number`; call it outside a scope."""
    user = User.objects.create_user(f"{name.lower()}@bench.example", "correct horse battery", name=name)
    made = Team.objects.found(name, user)
    with scope(made.id):
        inbox = Inbox.objects.create(
            team=made,
            name=name,
            number=number,
            carrier=carrier,
            account_id="AC" + f"{made.id:032d}",
            auth_tokens=[f"token-of-{name.lower()}"],
        )
        member = Member.objects.get(team_id=made.id, user_id=user.id)
        member.user, member.team = user, made
    return member, inbox
