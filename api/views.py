"""Settings, API keys: those that there are, a new one, and its end."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.settings_page import render_settings_page, settings_context
from api import keys
from api.forms import ApiKeyForm
from api.models import ApiKey


@require_GET
@team_view(Right.MANAGE_API_KEYS)
def api_keys(request: TeamRequest) -> HttpResponse:
    found = ApiKey.objects.filter(team_id=request.team.id).order_by("revoked_at", "-id")
    context = {
        "current": [key for key in found if not key.revoked_at],
        "revoked": [key for key in found if key.revoked_at],
    }
    return render_settings_page(request, "api/api_keys.html", "api_keys", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@team_view(Right.MANAGE_API_KEYS)
def new_api_key(request: TeamRequest) -> HttpResponse:
    """The answer to a good form is the one page that ever shows the secret, so it is no redirect."""
    form = ApiKeyForm(request.POST or None)
    if not form.is_valid():
        return render_settings_page(request, "api/new_api_key.html", "api_keys", {"form": form})
    name, kind, scopes = form.chosen()
    made = keys.create_key(name, kind, scopes, request.member)
    return render(
        request, "api/created_api_key.html", {**settings_context(request, "api_keys"), "made": made}
    )


@require_GET
@team_view(Right.MANAGE_API_KEYS)
def api_key(request: TeamRequest, id: int) -> HttpResponse:
    return render_settings_page(request, "api/api_key.html", "api_keys", {"key": _find(request, id)})


@require_POST
@team_view(Right.MANAGE_API_KEYS)
def api_key_revocation(request: TeamRequest, id: int) -> HttpResponse:
    key = _find(request, id)
    if not key.revoked_at:
        keys.revoke_key(key, request.member)
    messages.success(request, f"{key} is revoked; it opens nothing any more.")
    return redirect("api_keys", request.team.slug)


def _find(request: TeamRequest, id: int) -> ApiKey:
    return get_object_or_404(ApiKey, team_id=request.team.id, id=id)
