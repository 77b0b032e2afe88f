"""The first steps of a new team's owner. Whether a step is done is read from the team's rows."""

from dataclasses import dataclass

from django.db.models import Exists, Q

from accounts.models import Carrier, Inbox, Invitation, Member, Team
from contacts.runs.models import RunState
from contacts.vendor_lists.models import VendorListImport
from messaging.models import Message

SIMULATED = Q(carrier=Carrier.SIMULATOR)


@dataclass(frozen=True)
class FirstSteps:
    """Which steps are done."""

    tried: bool  # the team has sent a text
    connected: bool  # an inbox at a real carrier has proved its credentials
    opt_outs: bool  # a former vendor's list is imported
    invited: bool  # somebody else is a member, or invited

    @classmethod
    def of(cls, member: Member) -> "FirstSteps":
        """The steps of a member's team, in one statement."""
        mine = Q(team_id=member.team_id)
        inboxes = Inbox.objects.present().filter(mine, ~SIMULATED, verified_at__isnull=False)
        others = Member.objects.filter(mine).exclude(id=member.id)
        found = Team.objects.filter(id=member.team_id).values_list(
            Exists(Message.objects.filter(mine, outbound=True)),
            Exists(inboxes),
            Exists(VendorListImport.objects.filter(mine, state=RunState.DONE)),
            Exists(others),
            Exists(Invitation.objects.filter(mine)),
        )
        tried, connected, opt_outs, joined, invited = found.get()
        return cls(tried, connected, opt_outs, joined or invited)

    @property
    def done(self) -> int:
        return sum((self.tried, self.connected, self.opt_outs, self.invited))

    @property
    def left(self) -> int:
        return 4 - self.done
