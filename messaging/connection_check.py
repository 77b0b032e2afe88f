"""Test of an inbox's connection: a call to the carrier with the saved credentials, which proves them."""

from itertools import islice

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import SendError
from messaging.carriers.registry import adapter_for


def check_credentials(inbox: Inbox) -> None:
    """Ask the carrier for the newest texts of this inbox. Raises SendError. Outside any transaction."""
    list(islice(adapter_for(inbox).recent(inbox, timezone.now()), 1))
    with scope(inbox.team_id):
        Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id, verified_at=None).update(
            verified_at=timezone.now()
        )


@require_POST
@team_view(Right.MANAGE_INBOXES, whole_request=False)
def inbox_connection_test(request: TeamRequest, id: int) -> HttpResponse:
    with scope(request.team.id):
        inbox = get_object_or_404(request.team.inboxes.present().select_related("team"), id=id)
    try:
        check_credentials(inbox)
    except SendError as error:
        messages.error(request, f"The test failed: {error}")
    else:
        messages.success(request, "The carrier accepts the saved credentials.")
    return redirect("inbox_connection", request.team.slug, id)
