"""The connection of an inbox to its carrier: a test of the saved credentials, and the address for texts."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.carrier_connection import carrier_webhook_url
from accounts.models import Inbox
from accounts.settings_page import render_settings_page
from kernel.tenancy import scope
from messaging.carriers.base import GoesElsewhere, OutcomeUnknown, Rejected, SendError
from messaging.carriers.registry import adapter_for


def check_credentials(inbox: Inbox) -> None:
    """Have the carrier check the credentials, which proves them. Raises SendError. Outside any transaction."""
    adapter_for(inbox).check(inbox)
    with scope(inbox.team_id):
        Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id, verified_at=None).update(
            verified_at=timezone.now()
        )


def connect(inbox: Inbox, replacing: str) -> None:
    """Test the credentials, then have the carrier post texts to this installation. Raises SendError."""
    check_credentials(inbox)
    if not settings.SECURE:
        raise Rejected(
            "The carrier accepts the credentials. The address was not set, since PUBLIC_URL is not https."
        )
    adapter_for(inbox).set_webhook(inbox, carrier_webhook_url(inbox), replacing)


@require_POST
@team_view(Right.MANAGE_INBOXES, whole_request=False)
def inbox_connection_test(request: TeamRequest, id: int) -> HttpResponse:
    inbox = _find_inbox(request, id)
    try:
        check_credentials(inbox)
    except SendError as error:
        messages.error(request, f"The test failed: {error_sentence(error)}")
    else:
        messages.success(request, "The carrier accepts the saved credentials.")
    return redirect("inbox_connection", request.team.slug, id)


@require_POST
@team_view(Right.MANAGE_INBOXES, whole_request=False)
def inbox_carrier_address(request: TeamRequest, id: int) -> HttpResponse:
    """Connect the inbox; another address at the carrier is replaced only after it was shown."""
    inbox = _find_inbox(request, id)
    try:
        connect(inbox, request.POST.get("replacing", ""))
    except GoesElsewhere as found:
        context = {"inbox": inbox, "address": found.address, "webhook_url": carrier_webhook_url(inbox)}
        return render_settings_page(request, "messaging/inbox_carrier_address.html", "inboxes", context)
    except SendError as error:
        messages.error(request, f"Not connected: {error_sentence(error)}")
    else:
        messages.success(
            request, f"Connected. The carrier posts texts to {inbox.shown_number} here from now on."
        )
    return redirect("inbox_connection", request.team.slug, id)


def _find_inbox(request: TeamRequest, id: int) -> Inbox:
    with scope(request.team.id):
        inbox: Inbox = get_object_or_404(request.team.inboxes.present().select_related("team"), id=id)
        return inbox


def error_sentence(error: SendError) -> str:
    """What failed, for calls that send no text."""
    if isinstance(error, OutcomeUnknown):
        return "The carrier did not respond, or not as expected. Try again in a minute."
    return str(error)
