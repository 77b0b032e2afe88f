"""Vendor list pages: the form, the run with its preview and result, and the file of remarks."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from contacts.exports.download import download_response
from contacts.exports.rows import REMARK_HEADER, remark_rows
from contacts.runs.progress import progress_response
from contacts.vendor_lists.forms import VendorListForm
from contacts.vendor_lists.models import VendorListImport
from contacts.vendor_lists.operation import cancel_run, confirm_run, create_run, labelled_counts

MAX_SHOWN = 20  # earlier lists, and remarks of a list


@require_http_methods(["GET", "POST"])
@team_view(Right.IMPORT_CONTACTS)
def vendor_lists(request: TeamRequest) -> HttpResponse:
    form = VendorListForm(
        *([request.POST, request.FILES] if request.method == "POST" else []), team=request.team
    )
    if request.method == "POST" and form.is_valid():
        run = create_run(request.member, **form.chosen())
        return redirect("vendor_list", request.team.slug, run.id)
    earlier = VendorListImport.objects.filter(team_id=request.team.id).order_by("-id")[:MAX_SHOWN]
    context = {"section": "contacts", "form": form, "earlier": earlier}
    return render(request, "contacts/vendor_lists.html", context, status=422 if form.errors else 200)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def vendor_list(request: TeamRequest, id: int) -> HttpResponse:
    run = get_object_or_404(VendorListImport, team_id=request.team.id, id=id)
    poll_url = reverse("vendor_list", args=[request.team.slug, id])
    if request.htmx:
        return progress_response(request, run, poll_url)
    remarks = run.remarks.filter(team_id=request.team.id).order_by("line", "id")[:MAX_SHOWN]
    context = {
        "section": "contacts",
        "run": run,
        "poll_url": poll_url,
        "counts": labelled_counts(run),
        "remarks": [] if run.at_work else remarks,
    }
    return render(request, "contacts/vendor_list.html", context)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_confirmation(request: TeamRequest, id: int) -> HttpResponse:
    confirm_run(_locked(request, id))
    return redirect("vendor_list", request.team.slug, id)


@require_POST
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_cancellation(request: TeamRequest, id: int) -> HttpResponse:
    cancel_run(_locked(request, id))
    return redirect("vendor_list", request.team.slug, id)


@require_GET
@team_view(Right.IMPORT_CONTACTS)
def vendor_list_remarks(request: TeamRequest, id: int) -> HttpResponseBase:
    """The lines that were skipped or changed, as a download."""
    run = get_object_or_404(VendorListImport, team_id=request.team.id, id=id)
    return download_response(request, f"vendor-list-{id}-remarks", REMARK_HEADER, remark_rows(run))


def _locked(request: TeamRequest, id: int) -> VendorListImport:
    runs = VendorListImport.objects.select_for_update(no_key=True).filter(team_id=request.team.id)
    return get_object_or_404(runs, id=id)
