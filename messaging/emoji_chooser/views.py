"""View of the emoji that the chooser offers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from messaging.emoji_chooser.search import find_emoji


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def emoji(request: TeamRequest) -> HttpResponse:
    """The emoji whose names match what is typed; a browser keeps the answer for an hour."""
    found = find_emoji(request.GET.get("q", "")[:50])
    response = render(request, "messaging/emoji.html", {"found": found})
    response["Cache-Control"] = "private, max-age=3600"
    return response
