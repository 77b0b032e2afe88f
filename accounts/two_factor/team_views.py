"""Two-factor sign-in of a team's members: Settings > Sign-in, and the reset of a lost second factor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Team
from accounts.rate_limits import rate_limited
from accounts.settings_audit import record_form, settings_changes
from accounts.settings_page import render_settings_page
from accounts.single_sign_on.models import SingleSignOn
from accounts.two_factor.confirmation import confirmed
from accounts.two_factor.requirement import due_at
from accounts.two_factor.requirement_form import TwoFactorRequirementForm
from accounts.two_factor.reset import InvalidReset, offer_reset, read_reset_link, reset_two_factor
from accounts.two_factor.second_factors import has_second_factor
from kernel.form_views import form_view
from kernel.revisions import locked_for_post


@form_view
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def team_sign_in(request: TeamRequest) -> HttpResponse:
    team = locked_for_post(request, Team.objects.filter(pk=request.team.pk)).get()
    before = TwoFactorRequirementForm(instance=team)
    form = TwoFactorRequirementForm(request.POST or None, instance=team)
    if request.POST and form.is_valid():
        after = TwoFactorRequirementForm(instance=form.save())
        record_form(request.member, SettingsSection.SIGN_IN, before, after)
        messages.success(request, "Saved.")
        return redirect("team_sign_in", request.team.slug)
    members = request.team.members.annotate(two_factor=has_second_factor("user_id")).select_related("user")
    context = {
        "form": form,
        "due": due_at(request.team),
        "sign_on": SingleSignOn.objects.filter(team_id=request.team.id).first(),
        "without": members.filter(two_factor=False).order_by("id"),
        "changes": settings_changes(request.team, SettingsSection.SIGN_IN),
    }
    return render_settings_page(request, "accounts/team_sign_in.html", "team_sign_in", context)


@require_POST
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def member_two_factor_reset(request: TeamRequest, id: int) -> HttpResponse:
    members = request.team.members.annotate(two_factor=has_second_factor("user_id"))
    member = get_object_or_404(members.select_related("user", "team"), id=id)
    if member.id == request.member.id:
        messages.error(request, "Not your own: use a recovery code, or ask another owner.")
    elif not member.two_factor:  # type: ignore[attr-defined]
        messages.error(request, f"{member} has no second factor to reset.")
    else:
        offer_reset(request, member, by=request.member)
        messages.success(request, f"{member} gets an email with a link that resets two-factor sign-in.")
    return redirect("member", request.team.slug, member.id)


@form_view
@rate_limited("open_link")
@never_cache
def two_factor_reset(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link."""
    try:
        user = read_reset_link(token)
    except InvalidReset as error:
        return render(request, "accounts/two_factor_reset.html", {"sentence": error}, status=410)
    if request.method == "GET":
        return render(request, "accounts/two_factor_reset.html", {"account": user})
    reset_two_factor(request, user)
    messages.success(request, "Two-factor sign-in was reset. Sign in with your password.")
    return redirect("account_login")
