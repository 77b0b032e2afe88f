"""Settings > Sign-in > Single sign-on: the issuer, claimed domains, what it counts for, and its removal."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.rate_limits import rate_limited
from accounts.roles.choices import RoleGone
from accounts.settings_audit import record_changes, record_form, settings_changes
from accounts.settings_page import render_settings_page
from accounts.single_sign_on import domains
from accounts.single_sign_on.attempts import redirect_address
from accounts.single_sign_on.discovery import discover
from accounts.single_sign_on.forms import (
    DomainForm,
    IssuerForm,
    SingleSignOnRulesForm,
    without_claimed_address,
)
from accounts.single_sign_on.models import ClaimedDomain, RemovedMember, SingleSignOn
from accounts.single_sign_on.removal import remove_single_sign_on
from accounts.single_sign_on.removed_members import let_in_again, unlink
from accounts.single_sign_on.trouble import SingleSignOnTrouble
from accounts.two_factor.confirmation import confirmed
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from kernel.tenancy import scope

_PAGE = "single_sign_on"


def _page(request: TeamRequest, **forms: Any) -> HttpResponse:
    """The whole page. Of its forms, those that were sent and are not valid come as arguments."""
    team, sign_on = request.team, _sign_on(request)
    context: dict[str, Any] = {
        "sign_on": sign_on,
        "issuer_form": IssuerForm(instance=sign_on or SingleSignOn(team=team)),
        "domain_form": DomainForm(),
        "rules_form": sign_on and SingleSignOnRulesForm(team, sign_on),
        "domains": team.claimeddomains.order_by("domain"),
        "without_address": without_claimed_address(team) if sign_on else [],
        "redirect_address": redirect_address(team.slug),
        "changes": settings_changes(team, SettingsSection.SIGN_IN),
    }
    template = "accounts/single_sign_on/settings.html"
    return render_settings_page(request, template, "team_sign_in", context | forms)


def _sign_on(request: TeamRequest) -> SingleSignOn | None:
    return SingleSignOn.objects.filter(team_id=request.team.id).first()


@form_view
@rate_limited("single_sign_on_test")
@sensitive_post_parameters("new_secret")
@team_view(Right.MANAGE_SIGN_IN, whole_request=False)
@confirmed
def single_sign_on(request: TeamRequest) -> HttpResponse:
    """The page, and the form of the issuer, which is asked what it says about itself before it is saved."""
    with scope(request.team.id):
        if request.method != "POST":
            return _page(request)
        form = IssuerForm(request.POST, instance=_sign_on(request) or SingleSignOn(team=request.team))
        before = IssuerForm(instance=_sign_on(request) or SingleSignOn(team=request.team))
        valid = form.is_valid()
    try:
        found = discover(form.cleaned_data["issuer"]) if valid else None
    except SingleSignOnTrouble as trouble:
        form.add_error("issuer", str(trouble))
        found = None
    with scope(request.team.id):
        if found is None:
            return _page(request, issuer_form=form)
        record_form(
            request.member, SettingsSection.SIGN_IN, before, IssuerForm(instance=form.save_found(found))
        )
        if form.cleaned_data["new_secret"]:
            record_changes(request.member, SettingsSection.SIGN_IN, {}, {"Client secret": "replaced"})
    messages.success(request, "The issuer answered as it should. Saved.")
    return redirect(_PAGE, request.team.slug)


@require_POST
@rate_limited("single_sign_on_test")
@team_view(Right.MANAGE_SIGN_IN, whole_request=False)
def single_sign_on_test(request: TeamRequest) -> HttpResponse:
    """Ask the issuer what it says about itself now."""
    with scope(request.team.id):
        sign_on = get_object_or_404(SingleSignOn, team_id=request.team.id)
    try:
        found = discover(sign_on.issuer)
    except SingleSignOnTrouble as trouble:
        messages.error(request, str(trouble))
        return redirect(_PAGE, request.team.slug)
    with scope(request.team.id):
        SingleSignOn.objects.filter(team_id=request.team.id, issuer=found.issuer).update(
            configuration=found.as_json()
        )
    messages.success(
        request,
        "The issuer answers, and its keys can be read. Sign in by it once to prove client ID and secret.",
    )
    return redirect(_PAGE, request.team.slug)


@require_POST
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def single_sign_on_rules(request: TeamRequest) -> HttpResponse:
    sign_on = get_object_or_404(
        locked_for_post(request, SingleSignOn.objects.filter(team_id=request.team.id))
    )
    before = SingleSignOnRulesForm(request.team, sign_on)
    form = SingleSignOnRulesForm(request.team, sign_on, request.POST)
    old = before.shown_values()
    if not form.is_valid():
        return _page(request, rules_form=form)
    try:
        form.save()
    except RoleGone as error:
        form.add_error("role", str(error))
        return _page(request, rules_form=form)
    after = SingleSignOnRulesForm(request.team, sign_on)
    record_changes(request.member, SettingsSection.SIGN_IN, old, after.shown_values())
    messages.success(request, "Saved.")
    return redirect(_PAGE, request.team.slug)


@form_view
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def single_sign_on_removal(request: TeamRequest) -> HttpResponse:
    sign_on = _sign_on(request)
    if sign_on is None:  # removed meanwhile
        return redirect(_PAGE, request.team.slug)
    if request.method != "POST":
        template = "accounts/single_sign_on/removal.html"
        return render_settings_page(request, template, "team_sign_in", {"sign_on": sign_on})
    remove_single_sign_on(sign_on, by=request.member)
    messages.success(request, "Single sign-on was removed. Members sign in with their password or a passkey.")
    return redirect("team_sign_in", request.team.slug)


# -- domains -----------------------------------------------------------------------------------------------------


@require_POST
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def claimed_domains(request: TeamRequest) -> HttpResponse:
    """Add a domain to those that the team claims."""
    form = DomainForm(request.POST)
    if not form.is_valid():
        return _page(request, domain_form=form)
    try:
        added = domains.claim(request.team, form.cleaned_data["domain"], by=request.member)
    except ValueError as error:
        form.add_error("domain", str(error))
        return _page(request, domain_form=form)
    messages.success(request, f"Add the record of {added} to its DNS now, then check it here.")
    return redirect(_PAGE, request.team.slug)


@require_POST
@rate_limited("single_sign_on_test")
@team_view(Right.MANAGE_SIGN_IN, whole_request=False)
def claimed_domain_check(request: TeamRequest, id: int) -> HttpResponse:
    with scope(request.team.id):
        get_object_or_404(ClaimedDomain, team_id=request.team.id, id=id)
    found = domains.check(request.team.id, id, request.member)
    tell = messages.success if found.good else messages.error
    tell(request, found.sentence)
    return redirect(_PAGE, request.team.slug)


@require_POST
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def claimed_domain_removal(request: TeamRequest, id: int) -> HttpResponse:
    domain = get_object_or_404(ClaimedDomain, team_id=request.team.id, id=id)
    domains.remove(domain, by=request.member)
    messages.success(request, f"{domain} is no longer claimed.")
    return redirect(_PAGE, request.team.slug)


# -- members -----------------------------------------------------------------------------------------------------


@require_POST
@team_view(Right.MANAGE_SIGN_IN)
@confirmed
def member_identity_removal(request: TeamRequest, id: int) -> HttpResponse:
    member = get_object_or_404(request.team.members.select_related("user"), id=id)
    unlink(member, by=request.member)
    messages.success(
        request, f"{member} is no longer linked. The next single sign-on links the address anew."
    )
    return redirect("member", request.team.slug, member.id)


@require_POST
@team_view(Right.MANAGE_MEMBERS)
def removed_member_return(request: TeamRequest, id: int) -> HttpResponse:
    removed = get_object_or_404(RemovedMember, team_id=request.team.id, id=id)
    let_in_again(removed, by=request.member)
    messages.success(request, f"{removed} may become a member again by single sign-on.")
    return redirect("members", request.team.slug)
