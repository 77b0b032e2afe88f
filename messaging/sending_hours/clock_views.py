"""View of the recipient's clock beside the composer, which a page asks for again when a member begins to write."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view
from messaging.page_contexts import find_conversation
from messaging.sending_hours.recipient_clock import clock_for_writer


@require_GET
@team_view(in_inbox=Right.SEND_TEXTS)
def recipient_clock(request: TeamRequest, conversation_id: int) -> HttpResponse:
    found = find_conversation(request, conversation_id)
    context: dict[str, Any] = {"conversation": found, "clock": clock_for_writer(found, timezone.now())}
    return render(request, "messaging/recipient_clock.html", context)
