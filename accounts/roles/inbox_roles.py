"""Roles in an inbox: the places of members in it, each perhaps with a role that counts there instead of the team's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target, record_changes
from accounts.models import Inbox, Member, Seat
from accounts.roles.choices import RoleChoice
from accounts.roles.granting import require_may_give_in
from kernel import change_tokens


@dataclass(frozen=True)
class InboxPlace:
    """A member's place in an inbox: whether there is a seat, and the role in it.

    Without a role, the one in the team counts.
    """

    seated: bool
    role: RoleChoice | None = None

    @classmethod
    def of(cls, seat: Seat) -> Self:
        return cls(True, RoleChoice.of(seat) if seat.role else None)

    @property
    def words(self) -> str:
        """For the audit log."""
        if self.role:
            return self.role.name
        return "As in the team" if self.seated else "No seat"


def places_in(inbox: Inbox) -> dict[int, InboxPlace]:
    """The places of the members who have a seat, by the member's ID."""
    seats = Seat.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).select_related("custom_role")
    return {seat.member_id: InboxPlace.of(seat) for seat in seats}


def change_places(inbox: Inbox, wanted: Mapping[Member, InboxPlace], *, by: Member) -> None:
    """Give members these places in an inbox; those who are not named keep theirs.

    Raises PermissionDenied when `by` has not all rights of a role in the inbox before and after, RoleGone.
    """
    present = places_in(inbox)
    for member, place in wanted.items():
        before = present.get(member.id, InboxPlace(seated=False))
        if place != before:
            _change(inbox, member, before, place, by)
    change_tokens.renew_on_commit(inbox.team_id)


def _change(inbox: Inbox, member: Member, before: InboxPlace, place: InboxPlace, by: Member) -> None:
    for role in (before.role, place.role and place.role.locked()):
        if role:
            require_may_give_in(by, role, inbox)
    seats = Seat.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, member_id=member.id)
    if not place.seated:
        seats.delete()
    else:
        columns = place.role.columns() if place.role else {"role": "", "custom_role": None}
        Seat.objects.get_or_create(team_id=inbox.team_id, inbox=inbox, member=member)
        seats.update(**columns)
    target, setting = Target(TargetType.MEMBER, str(member), member.id), f"Role in {inbox}"
    record_changes(by, AuditAction.SEAT_CHANGED, {setting: before.words}, {setting: place.words}, target)
