"""Import pages: upload, matching of columns, preview, progress and result."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Team
from contacts.exports.audited_export import record_export
from contacts.exports.download import export_busy_page
from contacts.exports.stream import ExportBusy, one_of_team
from contacts.imports.forms import ImportColumnsForm, ImportFileForm
from contacts.imports.models import Import
from contacts.imports.preview import find_still_opted_out
from contacts.imports.reading_form import ImportReadingForm
from contacts.imports.refused_rows import refused_rows_csv, rows_refused_after
from contacts.imports.undo.models import undo_deadline
from contacts.imports.undo.operation import can_undo, imports_with_undone, latest_undo
from contacts.imports.upload import create_from_upload, is_too_large
from contacts.runs.models import RunState
from contacts.runs.progress import progress_response
from contacts.runs.queue import wake
from kernel import keyset
from kernel.keyset import Cursor
from kernel.spreadsheets.table import NotATable
from kernel.tenancy import scope

PAGE_SIZE = 50
REFUSED_ROWS_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def imports(request: TeamRequest) -> HttpResponse:
    """All imports; a POST uploads the file of a new import."""
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportFileForm(*sent, too_large=is_too_large(request))
    if form.is_valid():
        try:
            run = create_from_upload(request.team, form.cleaned_data["file"], request.member)
            return redirect("import", request.team.slug, run.id)
        except NotATable as refused:
            form.add_error("file", str(refused))
    context = {"form": form, **_page_of_imports(request), "section": "contacts"}
    return render(request, "contacts/imports.html", context, status=422 if request.method == "POST" else 200)


def _page_of_imports(request: TeamRequest) -> dict[str, Any]:
    rows = imports_with_undone(request.team.id).order_by("-id")
    if cursor := Cursor.read(request.GET.get("after", ""), kind=None):
        rows = keyset.after(rows, "id", cursor)
    shown = list(rows.defer("samples", "header", "columns")[: PAGE_SIZE + 1])
    more = len(shown) > PAGE_SIZE
    return {"imports": shown[:PAGE_SIZE], "older": Cursor(shown[PAGE_SIZE - 1].id) if more else None}


@require_http_methods(["GET", "HEAD", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def import_contacts(request: TeamRequest, id: int) -> HttpResponse:
    """One import at its current step; a POST matches its columns and starts the check."""
    run = find_import(request, id)
    if request.htmx and run.state != RunState.DRAFT:
        return progress_response(request, run, _address(request, run))
    form = ImportColumnsForm(run, request.POST if request.method == "POST" else None)
    if run.state == RunState.DRAFT and form.is_valid():
        run.start_check(form.columns(), form.options())
        wake(run)
        return redirect("import", request.team.slug, run.id)
    return import_page(request, run, form)


def import_page(
    request: TeamRequest, run: Import, form: ImportColumnsForm, reading_form: ImportReadingForm | None = None
) -> HttpResponse:
    undo = _undo_context(run) if run.ended else {}
    context = {
        "run": run,
        "form": form,
        "reading_form": reading_form or ImportReadingForm(run),
        "section": "contacts",
        "poll_url": _address(request, run),
        "cancel_url": reverse("import_cancellation", args=[request.team.slug, run.id]),
        "refused_rows": rows_refused_after(run, 0, REFUSED_ROWS_SHOWN) if run.counts.get("refused") else [],
        **undo,
    }
    return render(
        request, "contacts/import.html", context, status=422 if form.errors or reading_form else 200
    )


def _undo_context(run: Import) -> dict[str, Any]:
    undo = latest_undo(run)
    run.undone = undo is not None and undo.state == RunState.DONE  # type: ignore[attr-defined]
    may_undo = not (undo and undo.at_work) and can_undo(run)
    return {"undo": undo, "may_undo": may_undo, "undo_deadline": undo_deadline(run)}


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    run = find_import(request, id)
    if run.state == RunState.CHECKED:
        run.set_author(request.member)
        run.confirm(lift_ours="lift_ours" in request.POST, with_unclear="with_unclear" in request.POST)
        wake(run)
    return redirect("import", request.team.slug, run.id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_draft(request: TeamRequest, id: int) -> HttpResponse:
    """Go back to columns and options, before anything is imported."""
    run = find_import(request, id)
    if run.state == RunState.CHECKED:
        run.return_to_draft()
    return redirect("import", request.team.slug, run.id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    run = find_import(request, id)
    run.cancel()
    messages.success(request, "Import cancelled." if run.ended else "Cancelling…")
    return redirect("import", request.team.slug, run.id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_deletion(request: TeamRequest, id: int) -> HttpResponse:
    """Delete an import that imported nothing from the list."""
    run = find_import(request, id)
    if not run.is_deletable:
        messages.error(request, "Only an import that imported nothing can be deleted.")
    else:
        run.delete_with_rows()
        messages.success(request, f"{run.file_name} was deleted. Nothing had been imported from it.")
    return redirect("imports", request.team.slug)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def import_still_opted_out(request: TeamRequest, id: int) -> HttpResponse:
    """The numbers that stay opted out, in pages."""
    run = find_import(request, id)
    cursor = Cursor.read(request.GET.get("after", ""), kind=None)  # of a line
    rows = find_still_opted_out(run, min(cursor.id, run.lines) if cursor else 0, PAGE_SIZE + 1)
    context = {
        "run": run,
        "section": "contacts",
        "rows": rows[:PAGE_SIZE],
        "next": Cursor(rows[PAGE_SIZE - 1].line) if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "contacts/import_still_opted_out.html", context)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def refused_rows(request: TeamRequest, id: int) -> HttpResponse:
    """The refused rows, in pages."""
    run = find_import(request, id)
    cursor = Cursor.read(request.GET.get("after", ""), kind=None)  # of a line
    rows = rows_refused_after(run, min(cursor.id, run.lines) if cursor else 0, PAGE_SIZE + 1)
    context = {
        "run": run,
        "section": "contacts",
        "refused_rows": rows[:PAGE_SIZE],
        "next": Cursor(rows[PAGE_SIZE - 1].line) if len(rows) > PAGE_SIZE else None,
    }
    return render(request, "contacts/refused_rows.html", context)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def import_refused_rows(request: TeamRequest, id: int) -> HttpResponseBase:
    run = find_import(request, id)
    try:
        pieces = one_of_team(request.team.id, _csv(request.team, run))
    except ExportBusy:
        return export_busy_page(request)
    record_export(request, "refused rows", "csv", [str(run)], rows=run.counts.get("refused", 0))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="refused-rows-{run.id}.csv"'
    return response


def _csv(team: Team, run: Import) -> Iterator[bytes]:
    """Sent after the request's transaction, in its own scopes, so that a slow download keeps none open."""
    pieces = refused_rows_csv(run)
    while True:
        with scope(team.id):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def find_import(request: TeamRequest, id: int) -> Import:
    """The import; locked for a POST, so that no worker writes it meanwhile."""
    runs = Import.objects.filter(team=request.team)
    return get_object_or_404(runs.select_for_update(no_key=True) if request.method == "POST" else runs, id=id)


def _address(request: TeamRequest, run: Import) -> str:
    return reverse("import", args=[request.team.slug, run.id])
