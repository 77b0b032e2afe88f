"""The page where the undo of an import is asked for, with exact counts, and where it shows how far it has come."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import TeamRequest, team_view
from contacts.imports.models import Import
from contacts.imports.undo import operation
from contacts.imports.undo import plan as undo_plan
from contacts.imports.undo.models import ImportUndo, undo_deadline
from contacts.imports.undo.wording import kept_counts, reverted_counts
from contacts.runs.models import AT_WORK
from contacts.runs.progress import progress_response
from kernel import change_tokens


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(*operation.REQUIRED_RIGHTS)
def import_undo(request: TeamRequest, id: int) -> HttpResponse:
    """Asks; once there is an undo it shows that, and what is left to ask about. A POST begins it."""
    run = _find(request, id)
    here = reverse("import_undo", args=[request.team.slug, run.id])
    if request.method == "POST":
        _begin(request, run)
        return redirect(here)
    undo = operation.latest_undo(run)
    if request.htmx and undo:
        return progress_response(request, undo, here)
    return render(request, "contacts/import_undo.html", {**_told(run, undo), "here": here})


def _begin(request: TeamRequest, run: Import) -> None:
    if operation.start_undo(run, lift="lift_opt_outs" in request.POST, by=request.member):
        change_tokens.renew_on_commit(request.team.id)
    else:
        messages.warning(request, "There is nothing left to undo here.")


def _told(run: Import, undo: ImportUndo | None) -> dict[str, Any]:
    context: dict[str, Any] = {"section": "contacts", "of": run, "run": undo, "until": undo_deadline(run)}
    if undo and undo.ended:
        counts = operation.total_counts(run)
        context |= {"summary": True, "done": reverted_counts(counts), "left": kept_counts(counts)}
    if not (undo and undo.at_work) and operation.can_undo(run):
        plan = undo_plan.plan_undo(run, lift=False)
        context |= {
            "plan": plan,
            "goes": reverted_counts(plan),
            "stays": kept_counts(plan, but=["opt_outs_kept"]),
        }
    return context


@require_POST
@team_view(*operation.REQUIRED_RIGHTS)
def import_undo_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Between two batches; what was taken back stays taken back."""
    run = _find(request, id)
    at_work = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id, state__in=AT_WORK)
    at_work.update(cancel_asked=True)
    return redirect("import_undo", request.team.slug, run.id)


def _find(request: TeamRequest, id: int) -> Import:
    """Locked where it is a POST: of two who begin at once the second finds the first one's."""
    found = Import.objects.filter(team=request.team, id=id)
    run = (found.select_for_update() if request.method == "POST" else found).first()
    if run is None:
        raise Http404("No such import.")
    return run
