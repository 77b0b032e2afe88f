"""Settings > API keys: list, create and revoke."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.settings_page import render_settings_page, settings_context
from api.forms import ApiKeyForm
from api.keys import create_key, revoke_key
from api.models import ApiKey
from kernel.form_views import form_view


@require_GET
@team_view(Right.MANAGE_API_KEYS)
def api_keys(request: TeamRequest) -> HttpResponse:
    keys = ApiKey.objects.filter(team_id=request.team.id).order_by("revoked_at", "-id")
    context = {
        "current": [key for key in keys if not key.revoked_at],
        "revoked": [key for key in keys if key.revoked_at],
    }
    return render_settings_page(request, "api/api_keys.html", "api_keys", context)


@form_view
@never_cache
@team_view(Right.MANAGE_API_KEYS)
def new_api_key(request: TeamRequest) -> HttpResponse:
    """No redirect after a valid form: its response is the only page that shows the secret."""
    form = ApiKeyForm(request.member, request.POST or None)
    if not form.is_valid():
        return render_settings_page(request, "api/new_api_key.html", "api_keys", {"form": form})
    name, kind, scopes, mode = form.chosen()
    created = create_key(name, kind, scopes, request.member, mode)
    context = {**settings_context(request, "api_keys"), "created": created}
    return render(request, "api/created_api_key.html", context)


@require_GET
@team_view(Right.MANAGE_API_KEYS)
def api_key(request: TeamRequest, id: int) -> HttpResponse:
    return render_settings_page(request, "api/api_key.html", "api_keys", {"key": _find(request, id)})


@require_POST
@team_view(Right.MANAGE_API_KEYS)
def api_key_revocation(request: TeamRequest, id: int) -> HttpResponse:
    key = _find(request, id)
    if not key.revoked_at:
        revoke_key(key, request.member)
    messages.success(request, f"{key} is revoked; it no longer works.")
    return redirect("api_keys", request.team.slug)


def _find(request: TeamRequest, id: int) -> ApiKey:
    return get_object_or_404(ApiKey, team_id=request.team.id, id=id)
