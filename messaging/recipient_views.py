"""View of the people whom To of a new conversation suggests."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, inboxes_with, team_view
from kernel.id_parameter import read_id
from messaging.forms import NewConversationForm
from messaging.recipients import Recipient, find_recipients


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def recipients(request: TeamRequest) -> HttpResponse:
    """The people that To suggests while a member types."""
    inboxes = inboxes_with(request.member, Right.SEND_TEXTS).open()
    form = NewConversationForm(request.GET, team=request.team, inboxes=inboxes)
    context = {"recipients": suggest(request, form), "asked": True}
    return render(request, "messaging/recipients.html", context)


def suggest(request: TeamRequest, form: NewConversationForm) -> list[Recipient]:
    """The people who match what was typed into To, with their standing in the inbox that was chosen."""
    typed, inbox_id = form.data.get("number", ""), read_id(form.data.get("inbox"))
    return find_recipients(request.team, typed, inbox_id)
