"""Settings > Webhooks: endpoints and their secrets."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.actions import AuditAction
from accounts.settings_page import render_settings_page
from kernel.encryption import decrypt, encrypt
from kernel.form_views import form_view
from kernel.tenancy import scope
from webhooks.activation import activate, deactivate, delete_endpoint
from webhooks.audit import record_endpoint
from webhooks.delivery_list import DeliveryFilter, DeliveryPage
from webhooks.forms import EndpointForm
from webhooks.models import Endpoint
from webhooks.registration import TooManyEndpoints, add_endpoint, change_endpoint, replace_secret

webhook_view = team_view(Right.MANAGE_WEBHOOKS)


def find_endpoint(request: TeamRequest, id: int, *, lock: bool = False) -> Endpoint:
    endpoints = request.team.endpoints.select_for_update(no_key=True) if lock else request.team.endpoints
    endpoint: Endpoint = get_object_or_404(endpoints, id=id)
    return endpoint


def event_count(count: int, adjective: str = "") -> str:
    noun = "event" if count == 1 else "events"
    return " ".join(filter(None, [f"{count:,}", adjective, noun]))


def endpoint_page(request: TeamRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    return render_settings_page(request, f"webhooks/{name}.html", "endpoints", context)


# -- endpoints ---------------------------------------------------------------------------------------------------


@require_GET
@webhook_view
def endpoints(request: TeamRequest) -> HttpResponse:
    return endpoint_page(request, "endpoints", {"endpoints": request.team.endpoints.order_by("name", "id")})


@form_view
@team_view(Right.MANAGE_WEBHOOKS, whole_request=False)
def new_endpoint(request: TeamRequest) -> HttpResponse:
    """Outside any transaction, since the form queries DNS."""
    form = EndpointForm(request.POST or None, instance=Endpoint(team=request.team))
    if not form.is_valid():
        return endpoint_page(request, "new_endpoint", {"form": form})
    endpoint = form.instance
    try:
        secret = add_endpoint(endpoint, request.member, token=form.cleaned_data["token"])
    except TooManyEndpoints as error:
        form.add_error(None, str(error))
        return endpoint_page(request, "new_endpoint", {"form": form})
    _show_once(request, endpoint, secret)
    messages.success(request, f"{endpoint.name} now receives events.")
    return redirect("endpoint", request.team.slug, endpoint.id)


@form_view
@team_view(Right.MANAGE_WEBHOOKS, whole_request=False)
def edit_endpoint(request: TeamRequest, id: int) -> HttpResponse:
    with scope(request.team.id):
        saved, endpoint = find_endpoint(request, id), find_endpoint(request, id)
    form = EndpointForm(request.POST or None, instance=endpoint)
    if form.is_valid():
        if secret := change_endpoint(
            saved, endpoint, request.member, token=form.cleaned_data.get("token", "")
        ):
            _show_once(request, endpoint, secret)
        messages.success(request, "Saved.")
        return redirect("endpoint" if secret else "edit_endpoint", request.team.slug, id)
    readable = saved.readable_secrets()
    old_until = saved.old_secrets_until if readable[1:] and saved.old_secrets_until > timezone.now() else None
    context = {"form": form, "endpoint": saved, "readable": readable, "old_until": old_until}
    return endpoint_page(request, "edit_endpoint", context)


@require_GET
@never_cache
@webhook_view
def endpoint(request: TeamRequest, id: int) -> HttpResponse:
    """An endpoint's deliveries, and a new secret once. For htmx only the deliveries."""
    endpoint = find_endpoint(request, id)
    context = {
        "endpoint": endpoint,
        "page": DeliveryPage.read(endpoint, request.GET),
        "filters": DeliveryFilter,
        "secret": "" if request.htmx else _shown_once(request, endpoint),
        "now": timezone.now(),
    }
    if request.htmx:
        return render(request, "webhooks/endpoint.html#deliveries", context)
    return endpoint_page(request, "endpoint", context)


@require_POST
@webhook_view
def endpoint_activation(request: TeamRequest, id: int) -> HttpResponse:
    endpoint = find_endpoint(request, id, lock=True)
    if not endpoint.active:
        waiting = activate(endpoint, by=request.member)
        sending = f" Sending {event_count(waiting, 'waiting')}." if waiting else ""
        messages.success(request, f"{endpoint.name} is on.{sending}")
    return redirect("endpoint", request.team.slug, id)


@require_POST
@webhook_view
def endpoint_deactivation(request: TeamRequest, id: int) -> HttpResponse:
    endpoint = find_endpoint(request, id, lock=True)
    if endpoint.active:
        deactivate(endpoint, f"Turned off by {request.member}.", by=request.member)
        messages.success(request, f"{endpoint.name} is off. New events are not kept for it.")
    return redirect("endpoint", request.team.slug, id)


@require_POST
@webhook_view
def endpoint_deletion(request: TeamRequest, id: int) -> HttpResponse:
    endpoint = find_endpoint(request, id, lock=True)
    delete_endpoint(endpoint, by=request.member)
    messages.success(request, f"{endpoint.name} and its deliveries are deleted.")
    return redirect("endpoints", request.team.slug)


# -- secrets -----------------------------------------------------------------------------------------------------


@require_POST
@webhook_view
def endpoint_secret(request: TeamRequest, id: int) -> HttpResponse:
    """Create a secret or token. Current secrets stay valid for a day; a token is replaced at once."""
    endpoint = find_endpoint(request, id, lock=True)
    _show_once(request, endpoint, replace_secret(endpoint, request.member))
    return redirect("endpoint", request.team.slug, id)


@require_POST
@webhook_view
def old_secret_removal(request: TeamRequest, id: int) -> HttpResponse:
    endpoint = find_endpoint(request, id, lock=True)
    endpoint.drop_old_secrets()
    endpoint.save(update_fields=["secrets"])
    record_endpoint(endpoint, request.member, AuditAction.OLD_SECRETS_REMOVED)
    messages.success(request, "Old secrets were removed.")
    return redirect("edit_endpoint", request.team.slug, id)


def _show_once(request: TeamRequest, endpoint: Endpoint, secret: str) -> None:
    """Show a secret once, on the endpoint's page. It is encrypted because sessions are stored in the database."""
    if not secret:
        return
    request.session[f"secret of endpoint {endpoint.id}"] = encrypt(secret)


def _shown_once(request: TeamRequest, endpoint: Endpoint) -> str:
    encrypted = request.session.pop(f"secret of endpoint {endpoint.id}", None)
    return str(decrypt(encrypted)) if encrypted else ""
