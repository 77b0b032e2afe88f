"""A new team, with what every new team begins with."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from kernel.tenancy import scope

# Functions (team) that write what a new team begins with, in its scope. Higher packages register theirs here.
BEGINNINGS: list[Callable[[Team], Any]] = []


@transaction.atomic
def create_team(name: str, owner: User, **settings: str) -> Team:
    """Create a team with its first owner; `settings` are its country and those of its clock."""
    team = Team.objects.create_with_owner(name, owner, **settings)
    with scope(team.id):
        for begin in BEGINNINGS:
            begin(team)
    return team
