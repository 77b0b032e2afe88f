"""Page of an inbox's push: whether its carrier is told of our opt-outs, and what it did not take."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Inbox
from accounts.settings_audit import record_changes
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from messaging.opt_out_pushes.models import OptOutPush, PushedOptOut
from messaging.opt_out_pushes.pushing import list_of

SHOWN_REFUSED = 20


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_opt_out_push(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    if list_of(inbox) is None:
        raise Http404
    if request.method == "POST":
        active = request.POST.get("active") == "yes"
        _switch(request, inbox, active)
        messages.success(
            request, f"Opt-outs are {'pushed from now on' if active else 'not pushed any more'}."
        )
        return redirect("inbox_opt_out_push", request.team.slug, id)
    return render_settings_page(request, "messaging/inbox_opt_out_push.html", "inboxes", _context(inbox))


def _switch(request: TeamRequest, inbox: Inbox, active: bool) -> None:
    """Turn it on or off. Turned on again, it continues where it stopped."""
    was = OptOutPush.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id, active=True).exists()
    OptOutPush.objects.update_or_create(
        team_id=inbox.team_id,
        inbox_id=inbox.id,
        defaults={"active": active, "due_at": timezone.now(), "error": ""},
    )
    label = f"{inbox.name}: opt-outs are pushed to the carrier"
    words = {True: "yes", False: "no"}
    record_changes(
        request.member, SettingsSection.INBOXES, {label: words[was]}, {label: words[active]}, inbox
    )


def _context(inbox: Inbox) -> dict[str, Any]:
    told = PushedOptOut.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id)
    return {
        "inbox": inbox,
        "push": OptOutPush.objects.filter(team_id=inbox.team_id, inbox_id=inbox.id).first(),
        "taken": told.filter(error="", opted_out=True).count(),
        "refused": told.exclude(error="").order_by("-at", "-id")[:SHOWN_REFUSED],
    }
