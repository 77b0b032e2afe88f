"""Import undo page: the plan with exact counts, the confirmation, the progress and the result."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import TeamRequest, team_view
from contacts.imports.models import Import
from contacts.imports.undo.models import ImportUndo, undo_deadline
from contacts.imports.undo.operation import REQUIRED_RIGHTS, can_undo, latest_undo, start_undo, total_counts
from contacts.imports.undo.plan import plan_undo
from contacts.imports.undo.wording import kept_counts, reverted_counts
from contacts.runs.models import AT_WORK
from contacts.runs.progress import progress_response
from kernel import change_tokens


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(*REQUIRED_RIGHTS)
def import_undo(request: TeamRequest, id: int) -> HttpResponse:
    """The plan, the undo that was started, or both if a part has not been undone yet. A POST starts the undo."""
    run = _find(request, id)
    poll_url = reverse("import_undo", args=[request.team.slug, run.id])
    if request.method == "POST":
        _start(request, run)
        return redirect(poll_url)
    undo = latest_undo(run)
    if request.htmx and undo:
        return progress_response(request, undo, poll_url)
    return render(request, "contacts/import_undo.html", {**_context(run, undo), "poll_url": poll_url})


def _start(request: TeamRequest, run: Import) -> None:
    if start_undo(run, lift="lift_opt_outs" in request.POST, by=request.member):
        change_tokens.renew_on_commit(request.team.id)
    else:
        messages.warning(request, "Nothing left to undo.")


def _context(run: Import, undo: ImportUndo | None) -> dict[str, Any]:
    deadline = undo_deadline(run)
    context: dict[str, Any] = {"section": "contacts", "import": run, "run": undo, "undo_deadline": deadline}
    if undo and undo.ended:
        counts = total_counts(run)
        context |= {"summary": True, "done": reverted_counts(counts), "left": kept_counts(counts)}
    if not (undo and undo.at_work) and can_undo(run):
        plan = plan_undo(run, lift=False)
        kept = kept_counts(plan, but=["opt_outs_kept"])
        context |= {"plan": plan, "reverted": reverted_counts(plan), "kept": kept}
    return context


@require_POST
@team_view(*REQUIRED_RIGHTS)
def import_undo_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Cancel after the current batch. Completed batches stay undone."""
    run = _find(request, id)
    active = ImportUndo.objects.filter(team_id=run.team_id, run_id=run.id, state__in=AT_WORK)
    active.update(cancel_asked=True)
    return redirect("import_undo", request.team.slug, run.id)


def _find(request: TeamRequest, id: int) -> Import:
    """The import; locked for a POST, so that the second of two simultaneous starts finds the undo of the first."""
    runs = Import.objects.filter(team=request.team)
    return get_object_or_404(runs.select_for_update(no_key=True) if request.method == "POST" else runs, id=id)
