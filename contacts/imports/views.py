"""Pages of imports: a file comes in, its columns are matched, what would come of it is shown, and what came of it."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Team
from contacts.imports import preview, refused_rows, upload
from contacts.imports.forms import ImportColumnsForm, ImportFileForm
from contacts.imports.models import Import
from contacts.imports.undo import operation
from contacts.imports.undo.models import undo_deadline
from contacts.runs.models import RunState
from contacts.runs.progress import progress_response
from contacts.runs.queue import wake
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def imports(request: TeamRequest) -> HttpResponse:
    """All that were; a POST uploads the file of a new one."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportFileForm(*sent, too_large=upload.is_too_large(request))
    if form.is_valid():
        try:
            run = upload.create_from_upload(request.team, form.cleaned_data["file"], request.member)
            return redirect("import", request.team.slug, run.id)
        except NotATable as refused:
            form.add_error("file", str(refused))
    context = {"form": form, **_page_of_imports(request), "section": "contacts"}
    return render(request, "contacts/imports.html", context, status=422 if request.method == "POST" else 200)


def _page_of_imports(request: TeamRequest) -> dict[str, Any]:
    """The newest ones, or those before one of them."""
    found = Import.objects.filter(team=request.team).order_by("-id")
    if (before := request.GET.get("before", "")).isdecimal():
        found = found.filter(id__lt=before[:18])
    shown = list(found.defer("samples", "header", "columns")[: PAGE + 1])
    return {"imports": shown[:PAGE], "older": shown[PAGE - 1].id if len(shown) > PAGE else None}


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def import_contacts(request: TeamRequest, id: int) -> HttpResponse:
    """One import, at whichever step it is; a POST matches its columns and has the file checked."""
    run = _find(request, id)
    if request.htmx and run.state != RunState.DRAFT:
        return progress_response(request, run, _address(request, run))
    form = ImportColumnsForm(run, request.POST if request.method == "POST" else None)
    if run.state == RunState.DRAFT and form.is_valid():
        run.start_check(form.columns(), form.options())
        wake(run)
        return redirect("import", request.team.slug, run.id)
    return _show(request, run, form)


def _show(request: TeamRequest, run: Import, form: ImportColumnsForm) -> HttpResponse:
    context = {
        "run": run,
        "form": form,
        "section": "contacts",
        "here": _address(request, run),
        "cancel": reverse("import_cancellation", args=[request.team.slug, run.id]),
        "refused": refused_rows.first_refused_rows(run, 5) if run.counts.get("refused") else [],
        **(_undoing(run) if run.ended else {}),
    }
    return render(request, "contacts/import.html", context, status=422 if form.errors else 200)


def _undoing(run: Import) -> dict[str, Any]:
    undo = operation.latest_undo(run)
    may_undo = not (undo and undo.at_work) and operation.can_undo(run)
    return {"undo": undo, "may_undo": may_undo, "until": undo_deadline(run)}


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    run = _find(request, id)
    if run.state == RunState.CHECKED:
        run.set_author(request.member)
        run.confirm(lift_ours="lift_ours" in request.POST)
        wake(run)
    return redirect("import", request.team.slug, run.id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_draft(request: TeamRequest, id: int) -> HttpResponse:
    """Back to the columns and options, while nothing has been written yet."""
    run = _find(request, id)
    if run.state == RunState.CHECKED:
        run.return_to_draft()
    return redirect("import", request.team.slug, run.id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    """Between two batches where a worker is at it, else at once."""
    run = _find(request, id)
    run.cancel()
    messages.success(request, "This import is cancelled." if run.ended else "This import stops in a moment.")
    return redirect("import", request.team.slug, run.id)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def import_still_opted_out(request: TeamRequest, id: int) -> HttpResponse:
    """The numbers that this import leaves opted out, a page at a time."""
    run = _find(request, id)
    behind = request.GET.get("behind", "")
    shown = preview.find_still_opted_out(run, int(behind[:9]) if behind.isdecimal() else 0, PAGE + 1)
    context = {
        "run": run,
        "section": "contacts",
        "staying": shown[:PAGE],
        "behind": shown[PAGE - 1].line if len(shown) > PAGE else None,
    }
    return render(request, "contacts/import_still_opted_out.html", context)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def import_refused_rows(request: TeamRequest, id: int) -> StreamingHttpResponse:
    """The rows that were not imported, as CSV."""
    run = _find(request, id)
    response = StreamingHttpResponse(_refusals(request.team, run), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-rows-{run.id}.csv"'
    return response


def _refusals(team: Team, run: Import) -> Iterator[bytes]:
    """Sent after the request's transaction, in scopes of its own: a slow download holds none open."""
    pages = refused_rows.refused_rows_csv(run)
    while True:
        with scope(team.id):
            page = next(pages, None)
        if page is None:
            return
        yield page.encode()


def _find(request: TeamRequest, id: int) -> Import:
    """To be changed where it is a POST: then no worker writes it meanwhile."""
    found = Import.objects.filter(team=request.team, id=id)
    run = (found.select_for_update() if request.method == "POST" else found).first()
    if run is None:
        raise Http404("No such import.")
    return run


def _address(request: TeamRequest, run: Import) -> str:
    return reverse("import", args=[request.team.slug, run.id])
