"""Due reviews: holds that nobody decided lapse, and the owners are reminded on the business day before."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, Team
from kernel.mail import compose_email, send_email
from kernel.tenancy import scope
from messaging.opt_out_effects import apply_effects
from optout import due_holds
from optout.business_days import previous_business_day
from optout.models import ConsentEvent
from optout.reviews import Review
from optout.scope_lookups import holds_due, teams_to_remind

BATCH = 500
REMIND_FROM = 8  # o'clock in the team's time zone
# No due day whose previous business day is today is further away: a weekend with a holiday before and after it.
_FURTHEST = timedelta(days=6)


def lapse_due() -> None:
    """Turn the holds that nobody decided in time into opt-outs, each in a transaction of its own."""
    for hold in holds_due(BATCH):
        due_holds.lapse(hold.team_id, hold.id, also=_apply_effects)


def _apply_effects(event: ConsentEvent) -> None:
    apply_effects(Team.objects.get(id=event.team_id), event)


def remind() -> None:
    """Send the owners of each team one email about the holds that are due tomorrow, once per hold."""
    for team_id in teams_to_remind(timezone.now().date() + _FURTHEST):
        remind_team(team_id)


def remind_team(team_id: int) -> bool:
    """Whether an email was sent. If the mail server refuses it, the next run tries again."""
    with scope(team_id):
        team = Team.objects.get(id=team_id)
        local = timezone.localtime(timezone=ZoneInfo(team.time_zone))
        holds = _due_tomorrow(team_id, local.date()) if local.hour >= REMIND_FROM else []
        owners = team.members.filter(role=Role.OWNER).select_related("user")
        to = [owner.user.email for owner in owners]
        _set_reminded(holds, local.date())
    if not holds or not to:
        return False
    context = {
        "team": team,
        "count": len(holds),
        "due_on": team.clock.weekday(min(hold.due_on for hold in holds if hold.due_on)),
        "link": f"{settings.PUBLIC_URL}{reverse('inbox', args=[team.slug])}?folder=review",
    }
    subject = f"{len(holds)} possible opt-out{'s' * (len(holds) > 1)} to decide · {team.name}"
    email = compose_email(subject, "messaging/due_reviews_email.txt", context, to, team.name)
    if send_email(email.send, f"reminder to the owners of {team.slug}"):
        return True
    with scope(team_id):
        _set_reminded(holds, None)
    return False


def _due_tomorrow(team_id: int, today: date) -> list[Review]:
    """The undecided holds whose last business day before the due day has come, locked."""
    rows = (
        Review.objects.open().holds().filter(team_id=team_id, reminded_on=None, due_on__lte=today + _FURTHEST)
    )
    locked = rows.select_for_update(no_key=True).order_by("id")
    return [hold for hold in locked if hold.due_on and previous_business_day(hold.due_on) <= today]


def _set_reminded(holds: list[Review], day: date | None) -> None:
    if holds:
        rows = Review.objects.filter(team_id=holds[0].team_id, id__in=[hold.id for hold in holds])
        rows.update(reminded_on=day)
