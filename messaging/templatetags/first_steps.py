"""Template tag: how many first steps the owner of a new team has left."""

from typing import Any

from django import template

from accounts.access import Right, TeamRequest
from accounts.first_steps import FirstStepsState
from kernel.tenancy import scope
from messaging.first_steps.steps import FirstSteps

register = template.Library()


@register.simple_tag(takes_context=True)
def first_steps_left(context: dict[str, Any]) -> int:
    """0 for everybody but owners, and for teams without first steps: both without a statement."""
    request: TeamRequest = context["request"]
    if Right.SET_UP_TEAM not in request.rights or request.team.first_steps == FirstStepsState.NONE:
        return 0
    with scope(request.team.id):
        return FirstSteps.of(request.member).left
