"""The page where the undo of an import is asked for, with exact counts, and where it shows how far it has come."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import live
from accounts.access import TeamRequest, team_view
from contacts.imports import undo_plan, undoing
from contacts.models import Import, ImportUndo
from contacts.models.run import AT_WORK
from contacts.models.undo import undo_until
from contacts.progress import progress
from contacts.undo_words import goes, stays


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(*undoing.RIGHTS)
def import_undo(request: TeamRequest, id: int) -> HttpResponse:
    """Asks; once there is an undo it shows that, and what is left to ask about. A POST begins it."""
    run = _find(request, id)
    here = reverse("import_undo", args=[request.team.slug, run.id])
    if request.method == "POST":
        _begin(request, run)
        return redirect(here)
    undo = undoing.newest(run)
    if request.htmx and undo:
        return progress(request, undo, here)
    return render(request, "contacts/import_undo.html", {**_told(run, undo), "here": here})


def _begin(request: TeamRequest, run: Import) -> None:
    if undoing.begin(run, lift="lift_opt_outs" in request.POST, by=request.member):
        live.changed(request.team.id)
    else:
        messages.warning(request, "There is nothing left to undo here.")


def _told(run: Import, undo: ImportUndo | None) -> dict[str, Any]:
    context: dict[str, Any] = {"section": "contacts", "of": run, "run": undo, "until": undo_until(run)}
    if undo and undo.ended:
        counts = undoing.so_far(run)
        context |= {"summary": True, "done": goes(counts), "left": stays(counts)}
    if not (undo and undo.at_work) and undoing.possible(run):
        plan = undo_plan.plan(run, lift=False)
        context |= {"plan": plan, "goes": goes(plan), "stays": stays(plan, but=["opt_outs_kept"])}
    return context


@require_POST
@team_view(*undoing.RIGHTS)
def import_undo_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Between two batches; what was taken back stays taken back."""
    run = _find(request, id)
    at_work = ImportUndo.objects.filter(team_id=run.team_id, of_id=run.id, state__in=AT_WORK)
    at_work.update(cancel_asked=True)
    return redirect("import_undo", request.team.slug, run.id)


def _find(request: TeamRequest, id: int) -> Import:
    """Locked where it is a POST: of two who begin at once the second finds the first one's."""
    found = Import.objects.filter(team=request.team, id=id)
    run = (found.select_for_update() if request.method == "POST" else found).first()
    if run is None:
        raise Http404("No such import.")
    return run
