"""Pages of a person's data: what the team has about a number, its export, and its erasure."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from contacts.contact.deletion import erase_person
from contacts.contact.overview import find_contact, find_suppression_causes, is_known
from contacts.exports.audited_export import RecordedDownload, RowCount, record_export
from contacts.exports.download import export_busy_page
from contacts.exports.stream import ExportBusy, one_of_team
from kernel import change_tokens
from kernel.form_views import form_view, render_form
from kernel.phone_numbers import digits, display
from messaging.personal_data.counts import PersonCounts
from messaging.personal_data.export import PersonalData
from messaging.retention.forms import CONFIRMATION, is_confirmed
from optout.number_state import standing_across_inboxes
from optout.views import actor_of


@require_GET
@team_view(Right.EXPORT)
def personal_data(request: TeamRequest, number: str) -> HttpResponse:
    return render(request, "messaging/personal_data.html", _context(request, number))


@require_GET
@team_view(Right.EXPORT)
def export_personal_data(request: TeamRequest, number: str) -> HttpResponseBase:
    """The ZIP file. The audit log has the export without the number."""
    _require_known(request, number)
    count = RowCount()
    data = PersonalData(request.team, str(request.member), number, count)
    try:
        pieces = one_of_team(request.team.id, data.pieces())
    except ExportBusy:
        return export_busy_page(request)
    contact = find_contact(request.team, number)
    started = record_export(
        request, "personal data", "zip", [], **({"contact": contact.id} if contact else {})
    )
    name = f"{request.team.slug}-{digits(number)}-{timezone.localdate()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return RecordedDownload(pieces, started, count, content_type="application/zip", headers=headers)


@form_view
@team_view(Right.DELETE_CONTACTS)
def personal_data_erasure(request: TeamRequest, number: str) -> HttpResponse:
    """Say what goes, what stays and why; then erase the person."""
    context = _context(request, number)
    if request.method != "POST":
        return render_form(request, "messaging/personal_data_erasure.html", context)
    if not is_confirmed(request.POST.get("typed", "")):
        context["wrong"] = f"Type “{CONFIRMATION}” to confirm."
        return render_form(request, "messaging/personal_data_erasure.html", context)
    result = erase_person(request.team.id, number, by=actor_of(request))
    change_tokens.renew_on_commit(request.team.id)
    messages.success(request, f"The person was erased. Texts erased: {result.texts:,}.")
    return redirect("contacts", request.team.slug)


def _require_known(request: TeamRequest, number: str) -> None:
    if not is_known(request.team, number):
        raise Http404("Your team has nothing about this number.")


def _context(request: TeamRequest, number: str) -> dict[str, Any]:
    _require_known(request, number)
    standing = standing_across_inboxes(request.team.id, number)
    return {
        "section": "contacts",
        "number": number,
        "shown_number": display(number, request.team.country),
        "counts": PersonCounts.of(request.team, number),
        "state": standing.state,
        "causes": find_suppression_causes(request.team.id, standing),
        "confirmation": CONFIRMATION,
    }
