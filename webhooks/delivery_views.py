"""Settings > Webhooks: every delivery with its tries, tests, and sending again."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import TeamRequest
from webhooks import outbox, replay, signing
from webhooks.forms import ReplayForm
from webhooks.models import Delivery, Endpoint, EventType
from webhooks.outbox import Event
from webhooks.views import endpoint_page, event_count, find_endpoint, form_page, webhook_view


def _find(request: TeamRequest, id: int) -> Delivery:
    rows = request.team.deliveries.select_related("endpoint", "event")
    found: Delivery = get_object_or_404(rows, id=id)
    return found


@require_POST
@webhook_view
def endpoint_test(request: TeamRequest, id: int) -> HttpResponse:
    """Send an event that nothing happened for."""
    found = find_endpoint(request, id)
    if not found.active:
        messages.error(request, f"{found.name} is off. Switch it on, then send the test.")
        return redirect("endpoint", request.team.slug, id)
    data = {"message": f"A test of {found.name}, sent by {request.member}."}
    sent = outbox.record_for_endpoint(request.team.id, id, Event(EventType.TEST, "", data))
    return redirect("delivery", request.team.slug, sent)


@require_GET
@webhook_view
def delivery(request: TeamRequest, id: int) -> HttpResponse:
    """One delivery: what is sent, and what each try was answered. For htmx the part that moves."""
    found = _find(request, id)
    tries = list(found.attempts.filter(team_id=request.team.id).order_by("-id"))
    signed = next((one for one in tries if one.signature), None)
    context = {
        "delivery": found,
        "endpoint": found.endpoint,
        "tries": tries,
        "signed": signed,
        "stamp": int(signed.at.timestamp()) if signed else None,
        "body": json.dumps(json.loads(signing.event_body(found.event)), indent=2, ensure_ascii=False),
        "replayable": found.state not in replay.NOT_REPLAYABLE and found.event.data,
    }
    if request.htmx:
        return render(request, "webhooks/delivery.html#delivery", context)
    return endpoint_page(request, "delivery", context)


@require_POST
@webhook_view
def delivery_replay(request: TeamRequest, id: int) -> HttpResponse:
    found = _find(request, id)
    if replay.replay_deliveries(found.endpoint, delivery_id=id):
        messages.success(request, "It is sent again.")
    else:
        messages.error(request, f"It cannot be sent again now. {_why_not(found.endpoint)}")
    return redirect("delivery", request.team.slug, id)


@form_page
@webhook_view
def endpoint_replay(request: TeamRequest, id: int) -> HttpResponse:
    """Count what would be sent again since a time; then do it."""
    found = find_endpoint(request, id)
    asked = request.POST if request.method == "POST" else request.GET
    form = ReplayForm(asked if "since" in asked or asked is request.POST else None, team=request.team)
    if not form.is_valid():
        return endpoint_page(request, "endpoint_replay", {"endpoint": found, "form": form})
    since = form.cleaned_data["since"]
    if request.method == "POST":
        if sent := replay.replay_deliveries(found, since=since):
            messages.success(request, f"{event_count(sent)} sent again, oldest first.")
        else:
            messages.error(request, f"Nothing is sent again. {_why_not(found)}")
        return redirect("endpoint", request.team.slug, id)
    count = replay.count_replayable(found, since)
    return endpoint_page(
        request, "endpoint_replay", {"endpoint": found, "form": form, "since": since, "count": count}
    )


def _why_not(endpoint: Endpoint) -> str:
    if not endpoint.active:
        return f"{endpoint.name} is off: switch it on first."
    return "What was written was erased, or is being sent just now."
