"""Pages of the team's own suppression lists: all of them, one with its files, and its deletion."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts.runs.progress import progress_response
from contacts.suppression_lists.forms import NewSuppressionListForm, SuppressionFileForm
from contacts.suppression_lists.models import SuppressionListImport
from contacts.suppression_lists.operation import ListBusy, create_run, delete_list
from kernel.form_views import form_view, render_form
from kernel.revisions import locked_for_post
from optout.suppression_lists.models import SuppressionList

SHOWN_FILES = 20
BUSY = "A file of this list is being read. Wait until it is done."


@form_view
@team_view(Right.IMPORT_CONTACTS)
def suppression_lists(request: TeamRequest) -> HttpResponse:
    form = NewSuppressionListForm(*_sent(request), team=request.team)
    if form.is_valid():
        made = SuppressionList.objects.create(
            team_id=request.team.id, name=form.cleaned_data["name"], kind=form.cleaned_data["kind"],
            dated=form.cleaned_data["dated"],
        )  # fmt: skip
        create_run(request.member, made, **form.chosen())
        return redirect("suppression_list", request.team.slug, made.id)
    lists = SuppressionList.objects.filter(team_id=request.team.id).order_by("name")
    return render_form(
        request, "contacts/suppression_lists.html", {"section": "contacts", "form": form, "lists": lists}
    )


@form_view
@team_view(Right.IMPORT_CONTACTS)
def suppression_list(request: TeamRequest, id: int) -> HttpResponse:
    """One list; a POST adds a file to it or replaces it."""
    found = _find(request, id)
    form = SuppressionFileForm(*_sent(request), team=request.team)
    if form.is_valid():
        try:
            create_run(request.member, found, **form.chosen())
        except ListBusy:
            form.add_error(None, BUSY)
        else:
            return redirect("suppression_list", request.team.slug, id)
    runs = SuppressionListImport.objects.filter(team_id=request.team.id, suppression_list_id=id).order_by(
        "-id"
    )
    shown = list(runs[:SHOWN_FILES])
    working = next((run for run in shown if run.at_work), None)
    context = {"section": "contacts", "list": found, "form": form, "runs": shown, "working": working}
    return render_form(request, "contacts/suppression_list.html", _with_addresses(request, context))


def _with_addresses(request: TeamRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The context with the addresses of the run at work, if there is one."""
    if not (run := context["working"]):
        return context
    names = {"poll_url": "suppression_list_import", "cancel_url": "suppression_list_import_cancellation"}
    return context | {key: reverse(name, args=[request.team.slug, run.id]) for key, name in names.items()}


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def suppression_list_import(request: TeamRequest, id: int) -> HttpResponse:
    """The progress of one file for its open page; without htmx the page of its list."""
    run = get_object_or_404(SuppressionListImport, team_id=request.team.id, id=id)
    if request.htmx:
        return progress_response(request, run, request.path)
    return redirect("suppression_list", request.team.slug, run.suppression_list_id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def suppression_list_import_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    runs = SuppressionListImport.objects.select_for_update(no_key=True).filter(team_id=request.team.id)
    run = get_object_or_404(runs, id=id)
    run.cancel_asked = run.at_work
    run.save(update_fields=["cancel_asked"])
    return redirect("suppression_list", request.team.slug, run.suppression_list_id)


@form_view
@team_view(Right.IMPORT_CONTACTS)
def suppression_list_deletion(request: TeamRequest, id: int) -> HttpResponse:
    found = _find(request, id)
    if request.method == "POST":
        try:
            delete_list(found, by=request.member)
        except ListBusy:
            messages.error(request, BUSY)
            return redirect("suppression_list", request.team.slug, id)
        messages.success(request, f"“{found}” is deleted. Its numbers get marketing broadcasts again.")
        return redirect("suppression_lists", request.team.slug)
    return render(request, "contacts/suppression_list_deletion.html", {"section": "contacts", "list": found})


def _find(request: TeamRequest, id: int) -> SuppressionList:
    """The list; locked for a POST, so that one file of it is read at a time."""
    return get_object_or_404(
        locked_for_post(request, SuppressionList.objects.filter(team_id=request.team.id)), id=id
    )


def _sent(request: TeamRequest) -> tuple[Any, ...]:
    return (request.POST, request.FILES) if request.method == "POST" else ()
