"""Narrowing of a list of conversations: what a member asks of them besides the folder and the inbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Exists, OuterRef, Q, TextChoices

from accounts.models import Member
from contacts.lists.models import Tagging
from kernel.id_parameter import read_id
from messaging.broadcasts.replies import replied_to_broadcast
from messaging.folders import may_not_be_texted, unread_by
from messaging.teamwork.models import Assignment
from optout.models import SuppressionKind
from optout.reviews import open_holds

ME, NOBODY = "me", "nobody"


class AskedStanding(TextChoices):
    """The standing that a list asks for."""

    ACTIVE = "active", "May be texted"
    OPT_OUT = "opt-out", "Opted out"
    BLOCK = "block", "Blocked"
    HELD = "held", "Held for review"


@dataclass(frozen=True)
class Narrowing:
    """What is asked, as an address has it. Empty values ask for nothing."""

    assignee: str = ""  # ME, NOBODY, or the ID of a member
    tag_id: int | None = None
    unread: bool = False
    standing: str = ""  # an AskedStanding
    broadcast_id: int | None = None  # that the person replied to

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """From an address or a form; what cannot be read asks for nothing."""
        assignee, standing = data.get("assignee", ""), data.get("standing", "")
        member_id = read_id(assignee)
        return cls(
            assignee=assignee if assignee in (ME, NOBODY) else str(member_id or ""),
            tag_id=read_id(data.get("tag")),
            unread=data.get("unread") == "1",
            standing=standing if standing in AskedStanding.values else "",
            broadcast_id=read_id(data.get("broadcast")),
        )

    @property
    def parameters(self) -> dict[str, str]:
        """The part of an address; without empty values."""
        values = {
            "assignee": self.assignee,
            "tag": str(self.tag_id or ""),
            "unread": "1" if self.unread else "",
            "standing": self.standing,
            "broadcast": str(self.broadcast_id or ""),
        }
        return {name: value for name, value in values.items() if value}

    def condition(self, member: Member) -> Q:
        """The condition on conversations, for this member."""
        condition = unread_by(member) if self.unread else Q()
        if self.assignee:
            condition &= self._assigned(member)
        if self.tag_id:
            tagged = Tagging.objects.filter(
                team_id=member.team_id,
                tag_id=self.tag_id,
                contact__team_id=member.team_id,
                contact__number=OuterRef("number"),
            )
            condition &= Q(Exists(tagged))
        if self.broadcast_id:
            condition &= Q(replied_to_broadcast(member.team_id, self.broadcast_id))
        return condition & self._standing(member) if self.standing else condition

    def _assigned(self, member: Member) -> Q:
        rows = Assignment.objects.filter(team_id=member.team_id, conversation_id=OuterRef("id"))
        if self.assignee == NOBODY:
            return ~Q(Exists(rows))
        return Q(Exists(rows.filter(member_id=member.id if self.assignee == ME else int(self.assignee))))

    def _standing(self, member: Member) -> Q:
        match self.standing:
            case AskedStanding.HELD:
                return Q(Exists(open_holds(member.team_id).filter(number=OuterRef("number"))))
            case AskedStanding.ACTIVE:
                return ~Q(may_not_be_texted(member))
            case AskedStanding.BLOCK:
                return Q(may_not_be_texted(member, kind=SuppressionKind.BLOCK))
        return Q(may_not_be_texted(member, kind=SuppressionKind.OPT_OUT))
