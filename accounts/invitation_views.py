"""Pages of an invitation, for the invited person: the offer, and joining the team."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.access import visible_inbox_ids
from accounts.forms import InvitedSignupForm
from accounts.invitation_acceptance import (
    InvalidInvitation,
    Visitor,
    accept,
    find_invitation,
    identify_visitor,
    is_addressed_to,
    join,
    load_invitation,
)
from accounts.invitation_links import forget_email, may_send_email, read_copied_link
from accounts.invitations import InvitationEmail, email_again
from accounts.models import Invitation, Member
from accounts.rate_limits import rate_limited
from accounts.single_sign_on.marks import own_sign_in_needed
from kernel.form_views import form_view, render_form
from kernel.tenancy import scope


@form_view
@own_sign_in_needed
@rate_limited("open_link")
@never_cache
def invitation(request: Any, token: str) -> HttpResponse:
    """The offer. A person without an account signs up here; a user joins by `invitation_acceptance`."""
    try:
        team_id, id = find_invitation(token)
        with scope(team_id):
            invitation = load_invitation(team_id, id, lock=request.method == "POST")
            form = InvitedSignupForm(invitation.email, request.POST or None)
            visitor = identify_visitor(invitation, request.user)
            if visitor == Visitor.WITHOUT_ACCOUNT and form.is_valid():
                data = form.cleaned_data
                member = join(invitation, data["name"], data["password"], form.clock_settings)
                get_adapter().login(request, member.user)
                return _enter_team(request, member, invitation)
            join_url = reverse("invitation_acceptance", args=[token])
            context = {"invitation": invitation, "form": form, "visitor": visitor, "join_url": join_url}
            return render_form(request, "accounts/invitation.html", context)
    except InvalidInvitation as error:
        return _invalid(request, error)


@require_POST
@login_required
@own_sign_in_needed
def invitation_acceptance(request: Any, token: str) -> HttpResponse:
    try:
        team_id, id = find_invitation(token)
        with scope(team_id):
            invitation = load_invitation(team_id, id, lock=True)
            if not is_addressed_to(invitation, request.user):
                return redirect("invitation", token)
            return _enter_team(request, accept(invitation, request.user), invitation)
    except InvalidInvitation as error:
        return _invalid(request, error)


@form_view
@own_sign_in_needed
@rate_limited("open_link")
@never_cache
def copied_invitation(request: Any, token: str) -> HttpResponse:
    """The page of a copied link, which proves no address: a user joins, and others have the email sent to them."""
    try:
        team_id, id = read_copied_link(token)
        with scope(team_id):
            invitation = load_invitation(team_id, id, lock=request.method == "POST")
            visitor = identify_visitor(invitation, request.user)
            if request.method == "POST" and visitor == Visitor.INVITED_USER:
                return _enter_team(request, accept(invitation, request.user), invitation)
            asks, email = _asked_email(request, invitation, visitor)
    except InvalidInvitation as error:
        return _invalid(request, error)
    sent = asks and (email is None or _send(request, invitation, email))
    context = {"invitation": invitation, "visitor": visitor, "join_url": request.path, "sent": sent}
    return render(request, "accounts/invitation.html", context | {"copied": True})


def _asked_email(
    request: HttpRequest, invitation: Invitation, visitor: Visitor
) -> tuple[bool, InvitationEmail | None]:
    """Whether the visitor asks for the email, and the email unless it was sent a moment ago."""
    asks = request.method == "POST" and visitor == Visitor.WITHOUT_ACCOUNT
    return asks, email_again(invitation) if asks and may_send_email(invitation) else None


def _send(request: HttpRequest, invitation: Invitation, email: InvitationEmail) -> bool:
    """Whether the mail server accepted it; otherwise the page says so and offers it again."""
    if sent := email.send():
        return sent
    forget_email(invitation)
    messages.error(request, f"The email to {email.to} could not be sent. Try again later.")
    return False


def _enter_team(request: HttpRequest, member: Member, invitation: Invitation) -> HttpResponse:
    """To the inbox, in the team's scope."""
    messages.success(request, f"Welcome to {member.team.name}.")
    if visible_inbox_ids(member) == []:
        sentence = f"You see no conversations yet: ask {invitation.invited_by} to add you to an inbox."
        messages.warning(request, sentence)
    return redirect("inbox", member.team.slug)


def _invalid(request: HttpRequest, error: InvalidInvitation) -> HttpResponse:
    return render(request, "accounts/invalid_invitation.html", {"sentence": error}, status=410)
