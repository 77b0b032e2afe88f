"""Roles that can be given: those that every team has, and the team's own."""

from dataclasses import dataclass
from typing import Self

from accounts.models import Role, RoleHolder, Team
from accounts.rights import Right, role_rights
from accounts.roles.models import TeamRole


class RoleGone(Exception):
    """The role was deleted meanwhile; the message says what to do."""


@dataclass(frozen=True)
class RoleChoice:
    """A role: one of the constants, or the team's own, beside which `role` is "member"."""

    role: str
    own: TeamRole | None = None

    @classmethod
    def of(cls, holder: RoleHolder) -> Self:
        return cls(holder.role, holder.own_role)

    @property
    def key(self) -> str:
        """The value of its choice in a form."""
        return str(self.own.id) if self.own else self.role

    @property
    def name(self) -> str:
        return str(self.own or Role(self.role).label)

    @property
    def rights(self) -> frozenset[Right]:
        return role_rights(self.role, self.own.rights if self.own else None)

    def locked(self) -> Self:
        """The role as it is now, which nobody deletes or changes before this transaction ends. Raises RoleGone."""
        if self.own is None:
            return self
        rows = TeamRole.objects.select_for_update(no_key=True)
        found = rows.filter(team_id=self.own.team_id, id=self.own.id).first()
        if found is None:
            raise RoleGone(f"The role {self.own} was deleted a moment ago. Choose another one.")
        return type(self)(self.role, found)

    def columns(self) -> dict[str, object]:
        """The columns of a row that refers to the role."""
        return {"role": self.role, "custom_role": self.own}


def own_choice(role: TeamRole) -> RoleChoice:
    return RoleChoice(Role.MEMBER, role)


def own_choices(team: Team) -> list[RoleChoice]:
    """The team's own roles, by name."""
    return [own_choice(role) for role in TeamRole.objects.filter(team_id=team.id).order_by("name", "id")]


def role_choices(team: Team) -> list[RoleChoice]:
    return [*map(RoleChoice, Role), *own_choices(team)]
