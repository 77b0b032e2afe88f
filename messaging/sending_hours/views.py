"""Settings > Sending hours: the table of laws, the team's own hours, and laws that the team set aside with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Team
from accounts.settings_audit import record_changes, settings_changes
from accounts.settings_page import render_settings_page
from kernel.clock import HourFormat
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from messaging.hours.business_hours import Span
from messaging.hours.forms import DAYS
from messaging.hours.spelling import write_spans
from messaging.sending_hours.forms import SendingHoursForm, SetAsideForm
from messaging.sending_hours.rules import HoursRule, current_rules
from messaging.sending_hours.team_hours import address_field, own_week, set_aside


@dataclass(frozen=True)
class ShownRule:
    """A row of the table of laws, in words."""

    rule: HoursRule
    reason: str  # why the team set it aside; empty if it applies
    hours: HourFormat

    @property
    def source(self) -> str:
        """The law, with what it says besides hours, and whether only digests of it were read."""
        rule = self.rule
        parts = [
            rule.source if rule.law_was_read else f"{rule.source} (from published digests)",
            f"at most {rule.limit} marketing texts in 24 hours" if rule.limit else "",
            "none on holidays" if rule.holidays else "",
        ]
        return "; ".join(filter(None, parts))

    @property
    def weekdays(self) -> str:
        return spell_spans(self.rule.week[0], self.hours)

    @property
    def saturday(self) -> str:
        return spell_spans(self.rule.week[5], self.hours)

    @property
    def sunday(self) -> str:
        return spell_spans(self.rule.week[6], self.hours)


@form_view
@team_view(Right.MANAGE_INBOXES)
def sending_hours(request: TeamRequest) -> HttpResponse:
    """The whole page; its POST saves the team's own hours and the field of addresses."""
    team = _team(request)
    before = _own(team)
    form = SendingHoursForm(request.POST or None, instance=team)
    if form.is_valid():
        return _saved(request, before, _own(form.save()))
    return _page(request, form, SetAsideForm(None, team, _rules()))


@form_view
@team_view(Right.MANAGE_INBOXES)
def set_asides(request: TeamRequest) -> HttpResponse:
    """The same page; its POST sets the law of a place aside."""
    team = _team(request)
    form = SetAsideForm(request.POST or None, team, _rules())
    if form.is_valid():
        data = form.cleaned_data
        return _set_aside(request, team, {**set_aside(team), data["place"]: data["reason"]})
    return _page(request, SendingHoursForm(instance=team), form)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def delete_set_aside(request: TeamRequest) -> HttpResponse:
    """Let the law of a place apply again."""
    team = _team(request)
    place = request.POST.get("place", "")
    return _set_aside(request, team, {name: why for name, why in set_aside(team).items() if name != place})


def _set_aside(request: TeamRequest, team: Team, reasons: dict[str, str]) -> HttpResponse:
    before = _asides(team)
    team.sending_hours = {**team.sending_hours, "set_aside": reasons}
    team.save(update_fields=["sending_hours"])
    return _saved(request, before, {**dict.fromkeys(before, "applies"), **_asides(team)})


def _team(request: TeamRequest) -> Team:
    team = locked_for_post(request, Team.objects.filter(pk=request.team.pk)).get()
    team.clock = request.team.clock
    return team


def _page(request: TeamRequest, form: SendingHoursForm, aside: SetAsideForm) -> HttpResponse:
    reasons = set_aside(request.team)
    context = {
        "form": form,
        "aside": aside,
        "rules": [
            ShownRule(rule, reasons.get(rule.place, ""), request.team.clock.hours) for rule in _rules()
        ],
        "changes": settings_changes(request.team, SettingsSection.SENDING_HOURS),
    }
    return render_settings_page(request, "messaging/sending_hours.html", "sending_hours", context)


def _saved(request: TeamRequest, before: Mapping[str, str], after: Mapping[str, str]) -> HttpResponse:
    record_changes(request.member, SettingsSection.SENDING_HOURS, before, after)
    messages.success(request, "Saved.")
    return redirect("sending_hours", request.team.slug)


def _rules() -> list[HoursRule]:
    return current_rules(timezone.now().date())


def spell_spans(spans: tuple[Span, ...], hours: HourFormat) -> str:
    """9 AM–9 PM; "None" for a day without texts."""
    return write_spans(spans, hours) or "None"


# -- values as the audit shows them ------------------------------------------------------------------------------


def _own(team: Team) -> dict[str, str]:
    week = own_week(team)
    hours = {
        f"Own hours: {day}": spell_spans(week[number], team.clock.hours) if week else "as the law"
        for number, day in enumerate(DAYS)
    }
    return {**hours, "Field with the postal code or address": address_field(team) or "by its name"}


def _asides(team: Team) -> dict[str, str]:
    names = {rule.place: rule.name for rule in _rules()}
    return {
        f"Hours of {names.get(place, place)}": f"set aside: {reason}"
        for place, reason in set_aside(team).items()
    }
