"""Settings > Webhooks: every delivery with its tries, tests, and sending again."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import TeamRequest
from accounts.hooks import outbox, replay, signing
from accounts.hooks.forms import SinceForm
from accounts.hooks.models import Delivery, Endpoint, EventType
from accounts.hooks.outbox import Event
from accounts.hooks.views import events, find, form_page, managing, page


def _find(request: TeamRequest, id: int) -> Delivery:
    rows = request.team.deliveries.select_related("endpoint", "event")
    found: Delivery = get_object_or_404(rows, id=id)
    return found


@require_POST
@managing
def endpoint_test(request: TeamRequest, id: int) -> HttpResponse:
    """Send an event that nothing happened for."""
    found = find(request, id)
    if not found.active:
        messages.error(request, f"{found.name} is off. Switch it on, then send the test.")
        return redirect("endpoint", request.team.slug, id)
    data = {"message": f"A test of {found.name}, sent by {request.member}."}
    sent = outbox.record_for(request.team.id, id, Event(EventType.TEST, "", data))
    return redirect("delivery", request.team.slug, sent)


@require_GET
@managing
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
        "body": json.dumps(json.loads(signing.body(found.event)), indent=2, ensure_ascii=False),
        "replayable": found.state not in replay.NOT_NOW and found.event.data,
    }
    if request.htmx:
        return render(request, "accounts/delivery.html#delivery", context)
    return page(request, "delivery", context)


@require_POST
@managing
def delivery_replay(request: TeamRequest, id: int) -> HttpResponse:
    found = _find(request, id)
    if replay.replay(found.endpoint, delivery_id=id):
        messages.success(request, "It is sent again.")
    else:
        messages.error(request, f"It cannot be sent again now. {_why_not(found.endpoint)}")
    return redirect("delivery", request.team.slug, id)


@form_page
@managing
def endpoint_replay(request: TeamRequest, id: int) -> HttpResponse:
    """Count what would be sent again since a time; then do it."""
    found = find(request, id)
    asked = request.POST if request.method == "POST" else request.GET
    form = SinceForm(asked if "since" in asked or asked is request.POST else None, team=request.team)
    if not form.is_valid():
        return page(request, "endpoint_replay", {"endpoint": found, "form": form})
    since = form.cleaned_data["since"]
    if request.method == "POST":
        if sent := replay.replay(found, since=since):
            messages.success(request, f"{events(sent)} sent again, oldest first.")
        else:
            messages.error(request, f"Nothing is sent again. {_why_not(found)}")
        return redirect("endpoint", request.team.slug, id)
    count = replay.count_since(found, since)
    return page(request, "endpoint_replay", {"endpoint": found, "form": form, "since": since, "count": count})


def _why_not(endpoint: Endpoint) -> str:
    if not endpoint.active:
        return f"{endpoint.name} is off: switch it on first."
    return "What was written was erased, or is being sent just now."
