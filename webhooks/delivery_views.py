"""Settings > Webhooks: deliveries, test events and replays."""

import json

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import TeamRequest
from kernel.form_views import form_view
from webhooks.formats import body_of
from webhooks.forms import ReplayForm
from webhooks.models import Delivery, Endpoint
from webhooks.outbox import record_test
from webhooks.replay import NOT_REPLAYABLE, count_replayable, replay_deliveries
from webhooks.views import endpoint_page, event_count, find_endpoint, webhook_view


def _find(request: TeamRequest, id: int) -> Delivery:
    rows = request.team.deliveries.select_related("endpoint", "event")
    delivery: Delivery = get_object_or_404(rows, id=id)
    return delivery


@require_POST
@webhook_view
def endpoint_test(request: TeamRequest, id: int) -> HttpResponse:
    """Send a test event, which is about nothing that happened."""
    endpoint = find_endpoint(request, id)
    if not endpoint.active:
        messages.error(request, f"{endpoint.name} is off. Turn it on first.")
        return redirect("endpoint", request.team.slug, id)
    return redirect("delivery", request.team.slug, record_test(endpoint, str(request.member)))


@require_GET
@webhook_view
def delivery(request: TeamRequest, id: int) -> HttpResponse:
    """A delivery: its request and its attempts. For htmx only the part that changes."""
    delivery = _find(request, id)
    attempts = list(delivery.attempts.filter(team_id=request.team.id).order_by("-id"))
    signed = next((attempt for attempt in attempts if attempt.signature), None)
    context = {
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "attempts": attempts,
        "signed": signed,
        "timestamp": int(signed.at.timestamp()) if signed else None,
        "body": json.dumps(body_of(delivery.endpoint, delivery.event), indent=2, ensure_ascii=False),
        "replayable": delivery.state not in NOT_REPLAYABLE and delivery.event.data,
    }
    if request.htmx:
        return render(request, "webhooks/delivery.html#delivery", context)
    return endpoint_page(request, "delivery", context)


@require_POST
@webhook_view
def delivery_replay(request: TeamRequest, id: int) -> HttpResponse:
    delivery = _find(request, id)
    if replay_deliveries(delivery.endpoint, delivery_id=id):
        messages.success(request, "Sending again.")
    else:
        messages.error(request, f"It cannot be sent again now. {_why_not(delivery.endpoint)}")
    return redirect("delivery", request.team.slug, id)


@form_view
@webhook_view
def endpoint_replay(request: TeamRequest, id: int) -> HttpResponse:
    """GET counts the events since a time, POST sends them again."""
    endpoint = find_endpoint(request, id)
    query = request.GET if "since" in request.GET else None
    form = ReplayForm(request.POST if request.method == "POST" else query, team=request.team)
    if not form.is_valid():
        return endpoint_page(request, "endpoint_replay", {"endpoint": endpoint, "form": form})
    since = form.cleaned_data["since"]
    if request.method == "POST":
        if sent := replay_deliveries(endpoint, since=since):
            messages.success(request, f"{event_count(sent)} queued again, oldest first.")
        else:
            messages.error(request, f"Nothing to send again. {_why_not(endpoint)}")
        return redirect("endpoint", request.team.slug, id)
    count = count_replayable(endpoint, since)
    return endpoint_page(
        request, "endpoint_replay", {"endpoint": endpoint, "form": form, "since": since, "count": count}
    )


def _why_not(endpoint: Endpoint) -> str:
    if not endpoint.active:
        return f"{endpoint.name} is off: turn it on first."
    return "The content was erased, or it is being sent now."
