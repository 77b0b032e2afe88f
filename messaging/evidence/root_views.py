"""Pages of daily roots, and the public pages with which anybody checks a sheet: the keys and the checker."""

from pathlib import Path

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import SettingsSection
from accounts.models import Team
from accounts.rate_limits import rate_limited
from accounts.settings_audit import record_changes
from accounts.settings_page import render_settings_page
from kernel.revisions import locked_for_post
from messaging.evidence.views import evidence_page
from optout import verify
from optout.roots.confirmation import InvalidConfirmation, ask_to_confirm, confirm, read_confirmation
from optout.roots.emails import root_json
from optout.roots.forms import RootEmailForm
from optout.roots.models import LedgerRoot
from optout.signing import signing_keys

SHOWN_ROOTS = 400


@require_GET
@team_view(Right.MAKE_EVIDENCE)
def ledger_roots(request: TeamRequest) -> HttpResponse:
    roots = LedgerRoot.objects.filter(team=request.team).order_by("-day")[:SHOWN_ROOTS]
    return render_settings_page(request, "evidence/roots.html", "evidence", {"roots": roots})


@require_GET
@team_view(Right.MAKE_EVIDENCE)
def ledger_root_file(request: TeamRequest, id: int) -> HttpResponse:
    root = get_object_or_404(LedgerRoot, team=request.team, id=id)
    name = f"{request.team.slug}-root-{root.day}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(root_json(root), content_type="application/json", headers=headers)


@require_POST
@rate_limited("root_email")
@team_view(Right.MAKE_EVIDENCE)
def root_email(request: TeamRequest) -> HttpResponse:
    """Where each root is sent."""
    team = locked_for_post(request, Team.objects.filter(pk=request.team.pk)).get()
    before = team.root_email
    form = RootEmailForm(request.POST, instance=team)
    if not form.is_valid():
        return evidence_page(request, email=form)
    form.save()
    label = "Each root is sent to"
    record_changes(request.member, SettingsSection.EVIDENCE, {label: before}, {label: team.root_email})
    transaction.on_commit(lambda: ask_to_confirm(team))
    messages.success(request, "Saved.")
    return redirect("evidence", request.team.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limited("open_link")
def root_email_confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Public: the owner of the address has the link. A GET confirms nothing, since mail scanners follow links."""
    try:
        team = read_confirmation(token)
    except InvalidConfirmation:
        return render(request, "evidence/root_email_confirmation.html", {"team": None}, status=410)
    if request.method == "POST":
        confirm(team)
    context = {"team": team, "confirmed": request.method == "POST"}
    return render(request, "evidence/root_email_confirmation.html", context)


@require_GET
def evidence_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of this installation. Public: whoever has a sheet needs them."""
    return render(request, "evidence/keys.html", {"keys": signing_keys()})


@require_GET
def evidence_checker(request: HttpRequest) -> HttpResponse:
    """The checker, one file of plain Python. Public."""
    headers = {"Content-Disposition": 'inline; filename="verify.py"'}
    return HttpResponse(Path(verify.__file__).read_bytes(), content_type="text/plain", headers=headers)
