"""Settings > Inboxes > Members: who sees an inbox, and with which role."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, team_view
from accounts.inbox_member_form import InboxMembersForm
from accounts.roles.choices import RoleGone
from accounts.roles.inbox_roles import change_places
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import locked_for_post


@form_view
@team_view(Right.MANAGE_INBOXES)
def inbox_members(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(locked_for_post(request, request.team.inboxes.present()), id=id)
    form = InboxMembersForm(inbox, request.member, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            change_places(inbox, form.wanted(), by=request.member)
            messages.success(request, "Saved.")
            return redirect("inbox_members", request.team.slug, id)
        except RoleGone as error:
            form.add_error(None, str(error))
    context = {"form": form, "inbox": inbox}
    return render_settings_page(request, "accounts/inbox_members.html", "inboxes", context)
