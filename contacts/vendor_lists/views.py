"""The pages of a move-in: the form, the run with its preview and its result, and the file of remarks."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts.exports import rows
from contacts.exports.download import download_response
from contacts.runs.progress import progress_response
from contacts.vendor_lists import operation as story
from contacts.vendor_lists.forms import VendorListForm
from contacts.vendor_lists.models import VendorListImport

MAX_SHOWN = 20  # earlier ones, and remarks of a list


@require_http_methods(["GET", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def vendor_lists(request: TeamRequest) -> HttpResponse:
    form = VendorListForm(
        *([request.POST, request.FILES] if request.method == "POST" else []), team=request.team
    )
    if request.method == "POST" and form.is_valid():
        run = story.create_run(request.member, **form.chosen())
        return redirect("vendor_list", request.team.slug, run.id)
    earlier = VendorListImport.objects.filter(team_id=request.team.id).order_by("-id")[:MAX_SHOWN]
    context = {"section": "contacts", "form": form, "earlier": earlier}
    return render(request, "contacts/vendor_lists.html", context, status=422 if form.errors else 200)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def vendor_list(request: TeamRequest, id: int) -> HttpResponse:
    run = get_object_or_404(VendorListImport, team_id=request.team.id, id=id)
    here = reverse("vendor_list", args=[request.team.slug, id])
    if request.htmx:
        return progress_response(request, run, here)
    remarks = run.remarks.filter(team_id=request.team.id).order_by("line", "id")[:MAX_SHOWN]
    context = {
        "section": "contacts",
        "run": run,
        "here": here,
        "told": story.labelled_counts(run),
        "remarks": [] if run.at_work else remarks,
    }
    return render(request, "contacts/vendor_list.html", context)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    story.confirm_run(_locked(request, id))
    return redirect("vendor_list", request.team.slug, id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    story.cancel_run(_locked(request, id))
    return redirect("vendor_list", request.team.slug, id)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_remarks(request: TeamRequest, id: int) -> HttpResponseBase:
    """The lines that were not taken as they are, each with its reason."""
    run = get_object_or_404(VendorListImport, team_id=request.team.id, id=id)
    return download_response(request, f"vendor-list-{id}-remarks", rows.REMARK_HEADER, rows.remark_rows(run))


def _locked(request: TeamRequest, id: int) -> VendorListImport:
    runs = VendorListImport.objects.select_for_update().filter(team_id=request.team.id)
    return get_object_or_404(runs, id=id)
