"""Settings > Team: export of everything, and deletion of the team; for owners."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.settings_page import render_settings_page
from contacts.exports.audited_export import RecordedDownload, RowCount, record_export
from contacts.exports.download import export_busy_page
from contacts.exports.stream import ExportBusy, one_of_team
from kernel.form_views import form_view
from kernel.tenancy import scope
from portability.deletion.asking import DELAY, NotToBeDeleted, ask_for_deletion, cancel_deletion
from portability.deletion.emails import DeletionEmails, day_of_deletion
from portability.deletion.forms import TeamDeletionForm
from portability.exporting.audit import EXPORT_NAME
from portability.exporting.download import counted


@require_GET
@team_view(Right.EXPORT_TEAM)
def whole_team(request: TeamRequest) -> HttpResponse:
    """What the file has, and the button for it."""
    return render_settings_page(request, "portability/whole_team.html", "team_settings", {})


@require_POST
@team_view(Right.EXPORT_TEAM)
def export_whole_team(request: TeamRequest) -> HttpResponseBase:
    """The file, sent while it is made."""
    count = RowCount()
    try:
        pieces = one_of_team(request.team.id, counted(request.team.id, count))
    except ExportBusy:
        return export_busy_page(request)
    started = record_export(request, EXPORT_NAME, "zip", [])
    name = f"{request.team.slug}-{EXPORT_NAME}-{request.team.clock.today}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return RecordedDownload(pieces, started, count, content_type="application/zip", headers=headers)


@form_view
@team_view(Right.DELETE_TEAM, whole_request=False)
def team_deletion(request: TeamRequest) -> HttpResponse:
    """What is deleted and what remains; the POST asks for it. While it is asked for: until when it may be cancelled."""
    form = TeamDeletionForm(request.POST if request.method == "POST" else None, request.member, request)
    with scope(request.team.id):
        if not form.is_valid():
            context = _context(request, form)
            return render_settings_page(request, "portability/team_deletion.html", "team_settings", context)
        emails = DeletionEmails.of(ask_for_deletion(request.member))
    emails.send_asked()
    messages.success(
        request, f"{request.team.name} will be deleted on {emails.day}. All owners got an email."
    )
    return redirect("team_deletion", request.team.slug)


@require_POST
@team_view(Right.DELETE_TEAM, whole_request=False)
def team_deletion_cancellation(request: TeamRequest) -> HttpResponse:
    try:
        with scope(request.team.id):
            emails = DeletionEmails.of(cancel_deletion(request.member))
        emails.send_cancelled()
        messages.success(request, f"{request.team.name} will not be deleted. Its inboxes send again.")
    except NotToBeDeleted as problem:
        messages.warning(request, str(problem))
    return redirect("team_deletion", request.team.slug)


def _context(request: TeamRequest, form: TeamDeletionForm) -> dict[str, Any]:
    until = request.team.clock.weekday(request.team.clock.local(timezone.now() + DELAY).date())
    return {"form": form, "until": until, "day": day_of_deletion(request.team)}
