"""Changes of a member's place in a team: role, inboxes, leaving. A team always keeps an owner."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.access import Right, require_right
from accounts.models import Inbox, Member, Role, Seat, Team


class LastOwner(Exception):
    """The change would leave the team without an owner; the message says what to do first."""


def change_member(member: Member, role: str, inboxes: Iterable[Inbox], *, by: Member) -> None:
    """Give a member this role and a seat in just these inboxes.

    Raises PermissionDenied when it makes or removes an owner and `by` may not, LastOwner when none would be left.
    """
    if Role.OWNER in (role, member.role) and role != member.role:
        require_right(by, Right.MANAGE_OWNERS)
    if member.role == Role.OWNER != role:
        _keep_an_owner(member)
    member.role = role
    member.save(update_fields=["role"])
    set_inboxes_of_member(member, inboxes)


def remove_member(member: Member, *, by: Member) -> None:
    """End a membership; what the member wrote keeps the name. Everybody may leave, the last owner excepted.

    Raises PermissionDenied, or LastOwner.
    """
    if member.id != by.id:
        require_right(by, Right.MANAGE_MEMBERS)
        if member.role == Role.OWNER:
            require_right(by, Right.MANAGE_OWNERS)
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    member.delete()


def set_inboxes_of_member(member: Member, inboxes: Iterable[Inbox]) -> None:
    """Let a member see these inboxes and no others."""
    _seat(member.team_id, member.seats.all(), {(inbox.id, member.id) for inbox in inboxes})


def set_members_of_inbox(inbox: Inbox, members: Iterable[Member]) -> None:
    """Let these members see an inbox, and no others."""
    _seat(inbox.team_id, inbox.seats.all(), {(inbox.id, member.id) for member in members})


def _seat(team_id: int, taken: QuerySet[Seat], wanted: set[tuple[int, int]]) -> None:
    gone = [seat.id for seat in taken if (seat.inbox_id, seat.member_id) not in wanted]
    Seat.objects.filter(team_id=team_id, id__in=gone).delete()
    seats = [Seat(team_id=team_id, inbox_id=inbox, member_id=member) for inbox, member in sorted(wanted)]
    Seat.objects.bulk_create(seats, ignore_conflicts=True)


def _keep_an_owner(leaving: Member) -> None:
    # Two owners who leave at once must not both find the other one still there.
    team = Team.objects.select_for_update(no_key=True).get(pk=leaving.team_id)
    if not team.members.filter(role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise LastOwner("A team needs an owner. Make somebody else an owner first.")
