"""Pages of a user and of a team: a new team, the profile, and the team's own settings."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, team_view
from accounts.audit.models import SettingsSection
from accounts.forms import ProfileForm, TeamForm, TeamSettingsForm
from accounts.frame import framed
from accounts.models import Team, User
from accounts.new_teams import create_team
from accounts.rate_limits import rate_limited
from accounts.settings_audit import record_form, settings_changes
from accounts.settings_page import render_settings_page
from accounts.single_sign_on.marks import own_sign_in_needed
from kernel.form_views import form_view, render_form
from kernel.revisions import locked_for_post


@form_view
@login_required
@own_sign_in_needed
@rate_limited("new_team")
def new_team(request: Any) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=Team())
    if form.is_valid():
        chosen = {name: value for name, value in form.cleaned_data.items() if value}
        team = create_team(owner=request.user, **chosen)
        return redirect("first_steps", team.slug)
    return render_form(request, "accounts/new_team.html", {"form": form})


@form_view
@login_required
@framed
def profile(request: Any) -> HttpResponse:
    """The user's name; email address and password have pages of their own."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("profile")
    return render_form(request, "accounts/profile.html", {"form": form})


@require_GET
@team_view()
def settings(request: TeamRequest) -> HttpResponse:
    """Redirect to the first settings page that this member may see."""
    first = "team_settings" if may(request.member, Right.MANAGE_TEAM) else "members"
    return redirect(first, request.team.slug)


@form_view
@team_view(Right.MANAGE_TEAM)
def team_settings(request: TeamRequest) -> HttpResponse:
    # The form changes another instance, since the frame of the page shows what is saved.
    team = locked_for_post(request, Team.objects.filter(pk=request.team.pk)).get()
    before = TeamSettingsForm(instance=team)
    form = TeamSettingsForm(request.POST or None, instance=team)
    if form.is_valid():
        record_form(request.member, SettingsSection.TEAM, before, TeamSettingsForm(instance=form.save()))
        messages.success(request, "Saved.")
        return redirect("team_settings", request.team.slug)
    context = {"form": form, "changes": settings_changes(request.team, SettingsSection.TEAM)}
    return render_settings_page(request, "accounts/team_settings.html", "team_settings", context)
