"""A team's requirement of two-factor sign-in: members have some days, then set it up before anything else.

It concerns pages and their live updates. API keys are credentials of programs and stay as they are.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import Team
from accounts.scope_lookups import missing_two_factor

GRACE_DAYS = 7
MOST_GRACE_DAYS = 90
_DAY = timedelta(days=1)


def due_at(team: Team) -> datetime | None:
    """From when members need a second factor; None if the team does not require it."""
    return team.two_factor_since and team.two_factor_since + timedelta(days=team.two_factor_grace_days)


def days_until(due: datetime) -> int:
    """Days that are left, each begun one counted; 0 if none."""
    return max(ceil((due - timezone.now()) / _DAY), 0)


def must_set_up_before_entering(user_id: int, slug: str) -> bool:
    """Whether the days are over for this user in this team; for what enters a team by a ticket."""
    return any(team.slug == slug and team.due <= timezone.now() for team in missing_two_factor(user_id))


def send_to_set_up(request: Any) -> HttpResponseBase:
    """Send a page to the place of the setup; htmx opens it instead of the part that it asked for."""
    page = reverse("sign_in_security")
    if request.htmx:
        return HttpResponse(status=401, headers={"HX-Redirect": page})
    return redirect(page)
