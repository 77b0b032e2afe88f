"""Memberships: changes of role and inboxes, and removal from the team. A team always keeps an owner."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.access import Right, require_right
from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import (
    AuditActor,
    Target,
    new_entry,
    record_action,
    record_changes,
    write_entries,
)
from accounts.models import Inbox, Member, Role, Seat, Team, User
from accounts.roles.choices import RoleChoice
from accounts.roles.granting import require_may_give
from accounts.single_sign_on.removed_members import note_removal
from kernel import change_tokens


class LastOwner(Exception):
    """The change would leave the team without an owner; the message says what to do first."""


def add_member(team: Team, user: User, role: RoleChoice, inboxes: Iterable[Inbox], **details: Any) -> Member:
    """Make a member of a user, who may be one already: then nothing changes. `details` are for the audit log.

    Raises RoleGone.
    """
    columns = role.locked().columns()
    member, created = Member.objects.get_or_create(team=team, user=user, defaults=columns)
    if created:
        set_inboxes_of_member(member, inboxes)
        recorded = {"role": role.name, **details}
        record_action(team.id, member, AuditAction.MEMBER_JOINED, _target(member), **recorded)
    return member


def change_member(member: Member, role: RoleChoice, inboxes: Iterable[Inbox], *, by: Member) -> None:
    """Give a member this role, and seats in these inboxes and no others.

    Raises PermissionDenied when `by` has not all rights of both roles, LastOwner when none would be left, RoleGone.
    """
    if role != (present := RoleChoice.of(member)):
        require_may_give(by, present)
        require_may_give(by, role.locked())
    if member.role == Role.OWNER != role.role:
        _keep_an_owner(member)
    before = _place_of(member)
    member.role, member.custom_role = role.role, role.own
    member.save(update_fields=["role", "custom_role"])
    set_inboxes_of_member(member, inboxes)
    record_changes(by, AuditAction.MEMBER_CHANGED, before, _place_of(member), _target(member))
    change_tokens.renew_on_commit(member.team_id)


def rename_member(member: Member, name: str, *, by: Member | AuditActor) -> None:
    """Let the team call a member so; an empty name is that of the account, which the person alone changes."""
    before, member.name = str(member), "" if name == str(member.user) else name
    if str(member) != before:
        member.save(update_fields=["name"])
        columns = {"setting": "Name", "before": before, "after": str(member)}
        write_entries([new_entry(member.team_id, by, AuditAction.MEMBER_CHANGED, _target(member), **columns)])
        change_tokens.renew_on_commit(member.team_id)


def remove_member(member: Member, *, by: Member) -> None:
    """End a membership; the member's texts keep the name. All members may leave, except the last owner.

    Raises PermissionDenied, also when `by` has not all rights of the member's role, or LastOwner.
    """
    if member.id != by.id:
        require_right(by, Right.MANAGE_MEMBERS)
        require_may_give(by, RoleChoice.of(member))
    if member.role == Role.OWNER:
        _keep_an_owner(member)
    action = AuditAction.MEMBER_LEFT if member.id == by.id else AuditAction.MEMBER_REMOVED
    record_action(member.team_id, by, action, _target(member), role=member.role_name)
    if action == AuditAction.MEMBER_REMOVED:
        note_removal(member)
    member.delete()
    change_tokens.renew_on_commit(member.team_id)  # the member's open pages ask at once whether they may stay


def set_inboxes_of_member(member: Member, inboxes: Iterable[Inbox]) -> None:
    """Let a member see these inboxes and no others. Roles in an inbox that stays are kept."""
    _replace_seats(member.team_id, member.seats.all(), {(inbox.id, member.id) for inbox in inboxes})


def set_members_of_inbox(inbox: Inbox, members: Iterable[Member]) -> None:
    """Let these members and no others see an inbox."""
    _replace_seats(inbox.team_id, inbox.seats.all(), {(inbox.id, member.id) for member in members})


def _place_of(member: Member) -> dict[str, str]:
    """What the audit log says about a membership."""
    inboxes = Inbox.objects.filter(team_id=member.team_id, seats__member_id=member.id).order_by("name", "id")
    return {"Role": member.role_name, "Inboxes": ", ".join(map(str, inboxes))}


def _target(member: Member) -> Target:
    return Target(TargetType.MEMBER, str(member), member.id)


def _replace_seats(team_id: int, present: QuerySet[Seat], wanted: set[tuple[int, int]]) -> None:
    unwanted = [seat.id for seat in present if (seat.inbox_id, seat.member_id) not in wanted]
    Seat.objects.filter(team_id=team_id, id__in=unwanted).delete()
    seats = [Seat(team_id=team_id, inbox_id=inbox, member_id=member) for inbox, member in sorted(wanted)]
    Seat.objects.bulk_create(seats, ignore_conflicts=True)


def _keep_an_owner(leaving: Member) -> None:
    # The lock: if two owners leave at once, each must not count on the other.
    team = Team.objects.select_for_update(no_key=True).get(pk=leaving.team_id)
    if not team.members.filter(role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise LastOwner("A team needs an owner. Make somebody else an owner first.")
