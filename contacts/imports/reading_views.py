"""Reading view of an import: a draft is read again with another sheet, encoding or header."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts.imports.forms import ImportColumnsForm
from contacts.imports.reading_form import ImportReadingForm
from contacts.imports.upload import read_draft_again
from contacts.imports.views import find_import, import_page
from contacts.runs.models import RunState
from kernel.spreadsheets.table import NotATable


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def import_reading(request: TeamRequest, id: int) -> HttpResponse:
    run = find_import(request, id)
    form = ImportReadingForm(run, request.POST)
    if run.state == RunState.DRAFT and not form.is_valid():
        return import_page(request, run, ImportColumnsForm(run), form)
    if run.state == RunState.DRAFT:
        try:
            read_draft_again(run, form.chosen)
        except NotATable as refused:
            form.add_error(None, str(refused))
            return import_page(request, run, ImportColumnsForm(run), form)
    return redirect("import", request.team.slug, run.id)
