"""Settings > Inboxes: the sending numbers of a team, and their connection to the carrier."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.carrier_connection import (
    SavedCredentials,
    carrier_webhook_url,
    connection_findings,
    saved_sentence,
)
from accounts.carrier_setup import SETUPS
from accounts.inbox_audit import record_edited_inbox, record_new_inbox
from accounts.inbox_closing import (
    NotReopened,
    close_inbox,
    delete_inbox,
    remove_old_credentials,
    reopen_inbox,
)
from accounts.inbox_forms import InboxForm, NewInboxForm, offered_carriers
from accounts.models import Inbox
from accounts.settings_audit import settings_changes
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import locked_for_post


@require_GET
@team_view(Right.MANAGE_INBOXES)
def inboxes(request: TeamRequest) -> HttpResponse:
    inboxes = request.team.inboxes.present().prefetch_related("seats__member__user").order_by("name", "id")
    context = {"inboxes": inboxes, "changes": settings_changes(request.team, SettingsSection.INBOXES)}
    return render_settings_page(request, "accounts/inboxes.html", "inboxes", context)


@form_view
@team_view(Right.MANAGE_INBOXES)
def new_inbox(request: TeamRequest) -> HttpResponse:
    initial = {"carrier": request.GET.get("carrier")}
    form = NewInboxForm(request.POST or None, initial=initial, instance=Inbox(team=request.team))
    if form.is_valid():
        inbox = form.save()
        record_new_inbox(request.member, inbox)
        messages.success(request, saved_sentence(inbox))
        return redirect("inbox_connection", request.team.slug, inbox.id)
    return render_settings_page(
        request, "accounts/new_inbox.html", "inboxes", {"form": form, "carriers": offered_carriers()}
    )


@form_view
@team_view(Right.MANAGE_INBOXES)
def edit_inbox(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(locked_for_post(request, request.team.inboxes.present()), id=id)
    saved = SavedCredentials.of(inbox)
    before, form = InboxForm(instance=inbox), InboxForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        record_edited_inbox(request.member, before, form)
        messages.success(request, "Saved.")
        return redirect("edit_inbox", request.team.slug, id)
    context = {"form": form, "inbox": inbox, "saved": saved}
    return render_settings_page(request, "accounts/edit_inbox.html", "inboxes", context)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def old_tokens_removal(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    remove_old_credentials(inbox, by=request.member)
    messages.success(request, "The old auth token was removed.")
    return redirect("edit_inbox", request.team.slug, id)


@require_GET
@team_view(Right.MANAGE_INBOXES)
def inbox_connection(request: TeamRequest, id: int) -> HttpResponse:
    """The settings to make at the carrier, and whether its webhooks arrive."""
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    context = {
        "inbox": inbox,
        "findings": connection_findings(inbox),
        "webhook_url": carrier_webhook_url(inbox),
        "secure": settings.SECURE,  # carriers post to https only
        "setup": SETUPS[inbox.carrier],
        "steps": f"accounts/carrier_steps/{inbox.carrier}.html",
    }
    return render_settings_page(request, "accounts/inbox_connection.html", "inboxes", context)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def inbox_closure(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    close_inbox(inbox, by=request.member)
    messages.success(request, f"{inbox.name} is closed: it sends nothing and still receives texts.")
    return redirect("edit_inbox", request.team.slug, id)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def inbox_reopening(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    try:
        reopen_inbox(inbox, by=request.member)
        messages.success(request, f"{inbox.name} is open again.")
    except NotReopened as problem:
        messages.warning(request, str(problem))
    return redirect("edit_inbox", request.team.slug, id)


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_deletion(request: TeamRequest, id: int) -> HttpResponse:
    """What deleting the inbox keeps and ends; the POST deletes it."""
    inbox = get_object_or_404(request.team.inboxes.present(), id=id)
    if request.method == "POST":
        delete_inbox(inbox, by=request.member)
        messages.success(request, f"{inbox.name} is deleted. Its conversations and opt-outs stay.")
        return redirect("inboxes", request.team.slug)
    return render_settings_page(request, "accounts/inbox_deletion.html", "inboxes", {"inbox": inbox})


@require_POST
@team_view(Right.MANAGE_INBOXES)
def incomplete_texts_removal(request: TeamRequest, id: int) -> HttpResponse:
    """Acknowledge the listed incomplete texts. Those that came after the page was opened stay listed."""
    inbox = get_object_or_404(request.team.inboxes.present().select_for_update(no_key=True), id=id)
    inbox.drop_left_out(newest=request.POST.get("newest", ""))
    return redirect("inbox_connection", request.team.slug, id)
