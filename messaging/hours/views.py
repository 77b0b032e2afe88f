"""Settings page of an inbox's business hours."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Inbox, Team
from accounts.settings_audit import record_form
from accounts.settings_page import render_settings_page
from kernel import change_tokens
from kernel.clock import Clock
from kernel.form_views import form_view
from kernel.id_parameter import read_id
from kernel.revisions import locked_for_post
from messaging.hours.business_hours import BusinessHours, Opening
from messaging.hours.forms import HoursForm
from messaging.hours.inbox_hours import hours_of, stored_holidays
from optout.business_days import federal_holidays

FEDERAL = "us"
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class HoursNow:
    """Saved hours, with the opening that is now and the next one."""

    team: Team
    hours: BusinessHours
    current: Opening | None
    next: Opening | None

    @property
    def clock(self) -> Clock:
        return replace(self.team.clock, zone=self.hours.zone)


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_hours(request: TeamRequest, id: int) -> HttpResponse:
    """The hours; with ?holidays_from= also the holidays of another inbox, or of the United States, to be saved."""
    inboxes = request.team.inboxes.present().select_related("team")
    inbox = get_object_or_404(locked_for_post(request, inboxes), id=id)
    inbox.team = request.team
    others = [other for other in inboxes.order_by("name", "id") if other.id != id]
    source = request.GET.get("holidays_from", "")
    before = HoursForm(None, inbox)
    form = HoursForm(request.POST or None, inbox, _copied(source, others, inbox))
    if form.is_valid():
        after = HoursForm(None, form.save())
        record_form(request.member, SettingsSection.INBOXES, before, after, inbox=inbox)
        change_tokens.renew_on_commit(request.team.id)
        messages.success(request, "Saved.")
        return redirect("inbox_hours", request.team.slug, id)
    context = {
        "form": form, "inbox": inbox, "source": source, "sources": _sources(others), "now": _now(request.team, inbox),
    }  # fmt: skip
    return render_settings_page(request, "messaging/inbox_hours.html", "inboxes", context)


def _sources(others: list[Inbox]) -> list[tuple[str, str]]:
    """Where holidays can be copied from."""
    with_holidays = [other for other in others if stored_holidays(other)]
    return [*((str(other.id), str(other)) for other in with_holidays), (FEDERAL, "United States, federal")]


def _copied(source: str, others: list[Inbox], inbox: Inbox) -> Mapping[date, str]:
    if source == FEDERAL:
        today = timezone.localdate(timezone=ZoneInfo(inbox.time_zone or inbox.team.time_zone))
        return federal_holidays(today, today + _YEAR)
    chosen = next((other for other in others if other.id == read_id(source)), None)
    return stored_holidays(chosen) if chosen else {}


def _now(team: Team, inbox: Inbox) -> HoursNow:
    saved = Inbox.objects.select_related("team").get(
        team_id=inbox.team_id, id=inbox.id
    )  # not as the form changed it
    hours, now = hours_of(saved), timezone.now()
    return HoursNow(team, hours, hours.current_opening(now), hours.next_opening(now))
