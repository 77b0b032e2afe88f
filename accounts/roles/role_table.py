"""Tables of the page Roles: the roles with who has them, and the rights of each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.access import Right, may
from accounts.models import Member
from accounts.rights import RightGroup
from accounts.roles.choices import RoleChoice
from accounts.roles.granting import may_give
from accounts.roles.role_field import description_of


@dataclass(frozen=True)
class RoleRow:
    """A role in the list."""

    choice: RoleChoice
    description: str
    members: int
    may_change: bool
    may_duplicate: bool


def role_rows(by: Member, choices: Iterable[RoleChoice]) -> list[RoleRow]:
    members = Member.objects.filter(team_id=by.team_id).select_related("custom_role")
    counts = Counter(RoleChoice.of(member).key for member in members)
    manages = may(by, Right.MANAGE_MEMBERS)
    return [
        RoleRow(
            choice,
            description_of(choice),
            counts[choice.key],
            may_change=manages and choice.own is not None and may_give(by, choice),
            may_duplicate=manages,
        )
        for choice in choices
    ]


def right_rows(
    choices: Iterable[RoleChoice],
) -> list[tuple[RightGroup, list[tuple[Right, list[tuple[str, bool]]]]]]:
    """All rights by group, each with the names of the roles and whether they have it."""
    choices = list(choices)
    return [
        (
            group,
            [
                (right, [(choice.name, right in choice.rights) for choice in choices])
                for right in Right
                if right.group == group
            ],
        )
        for group in RightGroup
    ]
