"""Pages of report schedules: the list, the form, and the actions send now, pause, resume and delete."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from kernel.form_views import form_view
from kernel.tenancy import scope
from reports.report_kinds import REPORT_KINDS
from reports.report_page import render_report
from reports.schedules import report_email
from reports.schedules.forms import ScheduleForm, filters_only
from reports.schedules.models import ReportSchedule

scheduling = team_view(Right.SEE_REPORTS, Right.EXPORT)


def _find(request: TeamRequest, id: int) -> ReportSchedule:
    """For a page: with the clock of the member."""
    schedule: ReportSchedule = get_object_or_404(ReportSchedule.objects.with_team(request.team.id), id=id)
    schedule.team = request.team
    return schedule


def _render(request: TeamRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    response = render_report(request, "schedules", template=template, **context)
    response.status_code = status
    return response


def _schedule_context(schedule: ReportSchedule) -> dict[str, Any]:
    """The context of a schedule in templates."""
    query = report_email.query_for(schedule, schedule.recurrence.last_due_day(timezone.now(), schedule.zone))
    return {
        "schedule": schedule,
        "kind": REPORT_KINDS[schedule.report],
        "filters": query.filters,
        "unreadable": bool(query.form.errors),
        "recipients": report_email.current_recipients(schedule),
        "excluded": report_email.excluded_recipients(schedule),
    }


# -- pages -------------------------------------------------------------------------------------------------------


@require_GET
@scheduling
def schedules(request: TeamRequest) -> HttpResponse:
    rows = list(ReportSchedule.objects.with_team(request.team.id).order_by("id"))
    for row in rows:
        row.team = request.team
    return _render(request, "schedules", schedules=[_schedule_context(schedule) for schedule in rows])


@form_view
@scheduling
def new_schedule(request: TeamRequest) -> HttpResponse:
    """The form, filled in with the report and filters in the address."""
    schedule = ReportSchedule(team=request.team, created_by=str(request.member))
    initial = {
        "report": request.GET.get("report", ""),
        "query": filters_only(_without(request.GET, "report")),
        "recipients": [request.member.id],
    }
    form = ScheduleForm(request.POST or None, instance=schedule, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, f"Scheduled: {schedule.recurrence_in_words}.")
        return redirect("schedules", request.team.slug)
    return _render(request, "new_schedule", 422 if form.is_bound else 200, form=form)


@form_view
@scheduling
def edit_schedule(request: TeamRequest, id: int) -> HttpResponse:
    schedule = _find(request, id)
    shown = _schedule_context(schedule)
    initial = {"recipients": [member.id for member in shown["recipients"]]}
    form = ScheduleForm(request.POST or None, instance=schedule, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("schedules", request.team.slug)
    return _render(request, "edit_schedule", 422 if form.is_bound else 200, form=form, **shown)


def _without(query: QueryDict, name: str) -> QueryDict:
    rest = query.copy()
    rest.pop(name, None)
    return rest


# -- actions -----------------------------------------------------------------------------------------------------


@require_POST
@team_view(Right.SEE_REPORTS, Right.EXPORT, whole_request=False)
def schedule_email(request: TeamRequest, id: int) -> HttpResponse:
    """Send the report of the last period now. The schedule does not change. Calls the mail server."""
    with scope(request.team.id):  # not by the clock of this member, since others read it too
        schedule = get_object_or_404(ReportSchedule.objects.with_team(request.team.id), id=id)
    try:
        people = report_email.send_report(schedule, timezone.localdate(timezone=schedule.zone))
    except (report_email.ReportDelayed, report_email.ReportUnsendable) as error:
        messages.error(request, f"Not sent. {error}")
    else:
        with scope(request.team.id):
            ReportSchedule.objects.filter(team_id=request.team.id, id=id).update(
                sent_at=timezone.now(), sent_to=people, error=""
            )
        messages.success(request, f"Sent to {people} {'person' if people == 1 else 'people'}.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_pause(request: TeamRequest, id: int) -> HttpResponse:
    schedule = _find(request, id)
    schedule.pause()
    schedule.save(update_fields=["due_at", "tries"])
    messages.success(request, "Paused.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_resumption(request: TeamRequest, id: int) -> HttpResponse:
    schedule = _find(request, id)
    if schedule.due_at is None:
        schedule.resume()
        schedule.save(update_fields=["due_at", "settled_day", "tries"])
    messages.success(request, f"Resumed: {schedule.recurrence_in_words}.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_deletion(request: TeamRequest, id: int) -> HttpResponse:
    schedule = _find(request, id)
    schedule.delete()
    messages.success(request, "Deleted.")
    return redirect("schedules", request.team.slug)
