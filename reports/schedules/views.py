"""Reports > Scheduled: which reports are mailed, when, to whom, and what became of the last letter."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.tenancy import scope
from reports.frame import show
from reports.schedules import letter
from reports.schedules.catalogue import KINDS
from reports.schedules.forms import ScheduleForm, narrowed
from reports.schedules.models import Schedule

form_page = require_http_methods(["GET", "HEAD", "POST"])
scheduling = team_view(Right.SEE_REPORTS, Right.EXPORT)


def find(request: TeamRequest, id: int) -> Schedule:
    schedule: Schedule = get_object_or_404(Schedule.objects.with_team(request.team.id), id=id)
    return schedule


def page(request: TeamRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    response = show(request, "schedules", template=template, **context)
    response.status_code = status
    return response


def told(schedule: Schedule) -> dict[str, Any]:
    """A schedule as pages show it."""
    question = letter.asked(schedule, schedule.rhythm.newest(timezone.now(), schedule.zone))
    return {
        "schedule": schedule,
        "kind": KINDS[schedule.report],
        "filters": letter.filters(question),
        "unreadable": bool(question.form.errors),
        "receivers": letter.receivers(schedule),
        "left_out": letter.left_out(schedule),
    }


# -- pages -------------------------------------------------------------------------------------------------------


@require_GET
@scheduling
def schedules(request: TeamRequest) -> HttpResponse:
    found = Schedule.objects.with_team(request.team.id).order_by("id")
    return page(request, "schedules", found=[told(schedule) for schedule in found])


@form_page
@scheduling
def new_schedule(request: TeamRequest) -> HttpResponse:
    """With the report and the filters of the address that it is opened with."""
    schedule = Schedule(team=request.team, made_by=str(request.member))
    initial = {
        "report": request.GET.get("report", ""),
        "query": narrowed(_without(request.GET, "report")),
        "recipients": [request.member.id],
    }
    form = ScheduleForm(request.POST or None, instance=schedule, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, f"Scheduled: {schedule.rhythm}.")
        return redirect("schedules", request.team.slug)
    return page(request, "new_schedule", 422 if form.is_bound else 200, form=form)


@form_page
@scheduling
def edit_schedule(request: TeamRequest, id: int) -> HttpResponse:
    schedule = find(request, id)
    shown = told(schedule)
    initial = {"recipients": [member.id for member in shown["receivers"]]}
    form = ScheduleForm(request.POST or None, instance=schedule, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("schedules", request.team.slug)
    return page(request, "edit_schedule", 422 if form.is_bound else 200, form=form, **shown)


def _without(query: QueryDict, name: str) -> QueryDict:
    rest = query.copy()
    rest.pop(name, None)
    return rest


# -- what one does with a schedule -------------------------------------------------------------------------------


@require_POST
@team_view(Right.SEE_REPORTS, Right.EXPORT, whole_request=False)
def schedule_letter(request: TeamRequest, id: int) -> HttpResponse:
    """Send it now, about the days that ended last; its own time stays as it is. Talks to the mail server."""
    with scope(request.team.id):
        schedule = find(request, id)
    try:
        people = letter.send(schedule, timezone.localdate(timezone=schedule.zone))
    except (letter.NotYet, letter.Impossible) as why:
        messages.error(request, f"Not sent. {why}")
    else:
        with scope(request.team.id):
            Schedule.objects.filter(team_id=request.team.id, id=id).update(
                sent_at=timezone.now(), sent_to=people, error=""
            )
        messages.success(request, f"Sent to {people} {'person' if people == 1 else 'people'}.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_pause(request: TeamRequest, id: int) -> HttpResponse:
    schedule = find(request, id)
    schedule.pause()
    schedule.save(update_fields=["due_at", "tries"])
    messages.success(request, "Paused: nobody gets it until it goes on.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_resumption(request: TeamRequest, id: int) -> HttpResponse:
    schedule = find(request, id)
    if schedule.due_at is None:
        schedule.go_on()
        schedule.save(update_fields=["due_at", "settled", "tries"])
    messages.success(request, f"It goes on: {schedule.rhythm}.")
    return redirect("edit_schedule", request.team.slug, id)


@require_POST
@scheduling
def schedule_deletion(request: TeamRequest, id: int) -> HttpResponse:
    schedule = find(request, id)
    schedule.delete()
    messages.success(request, "Deleted. Nobody gets it any more.")
    return redirect("schedules", request.team.slug)
