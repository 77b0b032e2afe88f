"""A team's own roles: creating, changing and deleting them. A role in use is deleted by moving whoever has it."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.models import SettingsSection
from accounts.audit.recording import Target, new_entry, record_action, record_changes, write_entries
from accounts.models import Invitation, Member, Seat, Team
from accounts.rights import Right
from accounts.roles.choices import RoleChoice, RoleGone, own_choice
from accounts.roles.granting import require_may_give
from accounts.roles.models import TeamRole
from accounts.settings_audit import record_changes as record_settings
from accounts.single_sign_on.models import SingleSignOn
from kernel import change_tokens

MAX_ROLES = 50  # of a team
HOLDERS = (Member, Invitation, Seat, SingleSignOn)


class RoleNotSaved(Exception):
    """The name is taken, or the team has too many roles; the message says so."""


class RoleInUse(Exception):
    """Somebody has the role, and no other role is named for them."""


def create_role(role: TeamRole, *, by: Member) -> None:
    """Save a new role. Raises PermissionDenied when `by` has not all of its rights, RoleNotSaved."""
    require_may_give(by, own_choice(role))
    Team.objects.select_for_update(no_key=True).get(pk=role.team_id)
    if TeamRole.objects.filter(team_id=role.team_id).count() >= MAX_ROLES:
        raise RoleNotSaved(f"A team has at most {MAX_ROLES} roles of its own. Delete one first.")
    _save(role)
    record_action(role.team_id, by, AuditAction.ROLE_CREATED, target_of(role), rights=_sentences(role))


def change_role(role: TeamRole, before: TeamRole, *, by: Member) -> None:
    """Save a role that was `before`; who has it has its rights from the next request on.

    Raises PermissionDenied when `by` has not all rights of the role before and after, RoleNotSaved.
    """
    require_may_give(by, own_choice(before))
    require_may_give(by, own_choice(role))
    _save(role)
    record_changes(by, AuditAction.ROLE_CHANGED, _values(before), _values(role), target_of(role))
    change_tokens.renew_on_commit(role.team_id)


def delete_role(role: TeamRole, move_to: RoleChoice | None, *, by: Member) -> None:
    """Give all who have the role, also in an inbox, by an invitation or by single sign-on, `move_to`, and delete it.

    The lock keeps others from giving the role meanwhile. Raises RoleGone, RoleInUse without a role to move to, and
    PermissionDenied when `by` has not all rights of both roles.
    """
    rows = TeamRole.objects.select_for_update().filter(team_id=role.team_id, id=role.id)
    if rows.first() is None:
        raise RoleGone(f"The role {role} was deleted a moment ago.")
    require_may_give(by, own_choice(role))
    if any(holders_of(role)):
        if move_to is None:
            raise RoleInUse
        _move(role, move_to.locked(), by)
    record_action(role.team_id, by, AuditAction.ROLE_DELETED, target_of(role), rights=_sentences(role))
    rows.delete()
    change_tokens.renew_on_commit(role.team_id)


def holders_of(role: TeamRole) -> tuple[int, ...]:
    """How many members, invitations, seats and single sign-ons refer to the role."""
    of_role = {"team_id": role.team_id, "custom_role_id": role.id}
    return tuple(model.objects.filter(**of_role).count() for model in HOLDERS)


def target_of(role: TeamRole) -> Target:
    return Target(TargetType.ROLE, role.name, role.id)


def _save(role: TeamRole) -> None:
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise RoleNotSaved("Your team has a role of this name already.") from error


def _move(role: TeamRole, move_to: RoleChoice, by: Member) -> None:
    require_may_give(by, move_to)
    of_role = {"team_id": role.team_id, "custom_role_id": role.id}
    members = list(Member.objects.filter(**of_role).select_related("user").order_by("id"))
    given_by_sign_on = SingleSignOn.objects.filter(**of_role).exists()
    seats = list(Seat.objects.filter(**of_role).select_related("member__user", "inbox").order_by("id"))
    for model in HOLDERS:
        model.objects.filter(**of_role).update(**move_to.columns())
    moved = [(member, AuditAction.MEMBER_CHANGED, "Role") for member in members]
    moved += [(seat.member, AuditAction.SEAT_CHANGED, f"Role in {seat.inbox}") for seat in seats]
    write_entries(
        new_entry(
            by.team_id, by, action, Target(TargetType.MEMBER, str(member), member.id),
            setting=setting, before=role.name, after=move_to.name,
        )
        for member, action, setting in moved
    )  # fmt: skip
    if given_by_sign_on:
        before, after = {"Their role": role.name}, {"Their role": move_to.name}
        record_settings(by, SettingsSection.SIGN_IN, before, after)


def _values(role: TeamRole) -> dict[str, str]:
    """What the audit log says about a role."""
    return {"Name": role.name, "Description": role.description, "Rights": ", ".join(_sentences(role))}


def _sentences(role: TeamRole) -> list[str]:
    return sentences(own_choice(role).rights)


def sentences(rights: Iterable[Right]) -> list[str]:
    """In the order of the table."""
    return [right.sentence for right in Right if right in set(rights)]
