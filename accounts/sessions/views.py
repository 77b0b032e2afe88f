"""Sign-in and security: how a user signs in, and where the user is signed in."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.audit.accounts import record_account_action
from accounts.audit.actions import AuditAction
from accounts.audit.sign_ins import describe_browser
from accounts.frame import framed
from accounts.models import Team
from accounts.scope_lookups import missing_two_factor
from accounts.sessions.ending import end_all_sessions, end_session, sessions_of
from accounts.two_factor.requirement import days_until
from accounts.two_factor.second_factors import SecondFactors


@require_GET
@login_required
@never_cache
@framed
def sign_in_security(request: Any) -> HttpResponse:
    sessions = [
        (session, describe_browser(session.user_agent), session.session_key == request.session.session_key)
        for session in sessions_of(request.user)
    ]
    context = {
        "second_factors": SecondFactors.of(request.user),
        "requirements": [
            (team, days_until(team.due))
            for team in missing_two_factor(request.user.pk)
            if not _is_met_by_issuer(request, team.slug)
        ],
        "sessions": sessions,
        "clock": _clock(request),
    }
    return render(request, "accounts/sign_in_security.html", context)


def _is_met_by_issuer(request: Any, slug: str) -> bool:
    """Whether the team of the frame lets this session in without a second factor, since its issuer asked for one."""
    return hasattr(request, "team") and request.team.slug == slug and request.two_factor_due is None


def _clock(request: Any) -> Team:
    """Whose clock times are written by: the team of the frame, or none."""
    if hasattr(request, "team"):
        return request.team
    nowhere = Team(time_zone="UTC")
    nowhere.clock = nowhere.clock_of(request.user)
    return nowhere


@require_POST
@login_required
def session_end(request: Any, id: int) -> HttpResponse:
    session = get_object_or_404(sessions_of(request.user), pk=id)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    end_session(session)
    record_account_action(request.user, AuditAction.SIGNED_OUT, browser=describe_browser(session.user_agent))
    messages.success(request, "That browser was signed out.")
    return redirect("sign_in_security")


@require_POST
@login_required
def sessions_end(request: Any) -> HttpResponse:
    """Sign out everywhere, here too."""
    record_account_action(request.user, AuditAction.SIGNED_OUT, browser="all")
    end_all_sessions(request.user)
    logout(request)
    messages.success(request, "You were signed out everywhere. Sign in again to continue here.")
    return redirect("account_login")
