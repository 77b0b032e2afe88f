"""The pages of a move-in: the form, the run with its preview and its result, and the file of remarks."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts import exports
from contacts import move_in as story
from contacts.export_views import download
from contacts.models import MoveIn
from contacts.move_in_form import MoveInForm
from contacts.progress import progress

SHOWN = 20  # earlier ones, and remarks of a list


@require_http_methods(["GET", "POST"])
@team_view(Right.IMPORT)
def move_in(request: TeamRequest) -> HttpResponse:
    form = MoveInForm(*([request.POST, request.FILES] if request.method == "POST" else []), team=request.team)
    if request.method == "POST" and form.is_valid():
        run = story.begin(request.member, **form.chosen())
        return redirect("move_in_run", request.team.slug, run.id)
    earlier = MoveIn.objects.filter(team_id=request.team.id).order_by("-id")[:SHOWN]
    context = {"section": "contacts", "form": form, "earlier": earlier}
    return render(request, "contacts/move_in.html", context, status=422 if form.errors else 200)


@require_GET
@team_view(Right.IMPORT)
def move_in_run(request: TeamRequest, id: int) -> HttpResponse:
    run = get_object_or_404(MoveIn, team_id=request.team.id, id=id)
    here = reverse("move_in_run", args=[request.team.slug, id])
    if request.htmx:
        return progress(request, run, here)
    remarks = run.remarks.filter(team_id=request.team.id).order_by("line", "id")[:SHOWN]
    context = {
        "section": "contacts",
        "run": run,
        "here": here,
        "told": story.told(run),
        "remarks": [] if run.at_work else remarks,
    }
    return render(request, "contacts/move_in_run.html", context)


@require_POST
@team_view(Right.IMPORT)
def move_in_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    story.confirm(_locked(request, id))
    return redirect("move_in_run", request.team.slug, id)


@require_POST
@team_view(Right.IMPORT)
def move_in_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    story.cancel(_locked(request, id))
    return redirect("move_in_run", request.team.slug, id)


@require_GET
@team_view(Right.IMPORT)
def move_in_remarks(request: TeamRequest, id: int) -> HttpResponseBase:
    """The lines that were not taken as they are, each with its reason."""
    run = get_object_or_404(MoveIn, team_id=request.team.id, id=id)
    return download(request, f"move-in-{id}-remarks", exports.REMARK, exports.remarks(run))


def _locked(request: TeamRequest, id: int) -> MoveIn:
    runs = MoveIn.objects.select_for_update().filter(team_id=request.team.id)
    return get_object_or_404(runs, id=id)
