"""Settings > Members: the members of a team, and invitations to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, may, team_view
from accounts.invitations import (
    AlreadyMember,
    InvitationEmail,
    TooManyInvitations,
    invite,
    renew_invitation,
    withdraw_invitation,
)
from accounts.member_rows import InvitationRow, MemberRow
from accounts.membership_forms import InvitationForm, MembershipForm
from accounts.memberships import LastOwner, change_member
from accounts.roles.choices import RoleChoice, RoleGone
from accounts.settings_page import render_settings_page
from accounts.single_sign_on.removed_members import is_linked, removed_members
from accounts.two_factor.second_factors import has_second_factor, second_factors
from kernel.form_views import form_view
from kernel.revisions import locked_for_post
from kernel.tenancy import scope


@require_GET
@team_view()
def members(request: TeamRequest) -> HttpResponse:
    members = request.team.members.select_related("user", "custom_role").prefetch_related("seats__inbox")
    members = members.annotate(two_factor=has_second_factor("user_id"))
    invitations = request.team.invitations.select_related("custom_role").order_by("email")
    context = {
        "members": [MemberRow.of(member, request.member) for member in members.order_by("id")],
        "invitations": [InvitationRow.of(invitation, request.member) for invitation in invitations],
        "removed": removed_members(request.team),
        "may_manage": may(request.member, Right.MANAGE_MEMBERS),
    }
    return render_settings_page(request, "accounts/members.html", "members", context)


@form_view
@team_view(Right.MANAGE_MEMBERS)
def member(request: TeamRequest, id: int) -> HttpResponse:
    members = request.team.members.select_related("user", "team", "custom_role")
    member = get_object_or_404(locked_for_post(request, members), id=id)
    initial = {"role": RoleChoice.of(member).key, "inboxes": [seat.inbox_id for seat in member.seats.all()]}
    form = MembershipForm(request.member, request.POST or None, initial=initial, member=member)
    if form.is_valid():
        try:
            change_member(member, **form.cleaned_data, by=request.member)
            messages.success(request, f"Saved. The role of {member} is now {member.role_name}.")
            return redirect("members", request.team.slug)
        except (LastOwner, RoleGone) as error:
            form.add_error("role", str(error))
    may_reset = member.id != request.member.id and may(request.member, Right.MANAGE_SIGN_IN)
    factors = second_factors(member.user_id).exists()
    linked = may(request.member, Right.MANAGE_SIGN_IN) and is_linked(member)
    context = {"form": form, "member": member, "may_reset": may_reset and factors, "linked": linked}
    return render_settings_page(request, "accounts/member.html", "members", context)


@form_view
@team_view(Right.MANAGE_MEMBERS, whole_request=False)
def invitations(request: TeamRequest) -> HttpResponse:
    """Invite a person; the email is sent after the commit."""
    with scope(request.team.id):
        form = InvitationForm(request.member, request.POST or None)
        email = None
        if form.is_valid():
            try:
                email = invite(**form.cleaned_data, by=request.member)
            except (AlreadyMember, TooManyInvitations) as error:
                form.add_error("email", str(error))
            except RoleGone as error:
                form.add_error("role", str(error))
        if email is None:
            return render_settings_page(request, "accounts/new_invitation.html", "members", {"form": form})
    return _send(request, email)


@require_POST
@team_view(Right.MANAGE_MEMBERS, whole_request=False)
def invitation_email(request: TeamRequest, id: int) -> HttpResponse:
    """Send an invitation again, with a new link and its full lifetime."""
    with scope(request.team.id):
        invitation = get_object_or_404(request.team.invitations, id=id)
        try:
            email = renew_invitation(invitation, by=request.member)
        except TooManyInvitations as error:
            messages.error(request, str(error))
            return redirect("members", request.team.slug)
    return _send(request, email)


def _send(request: TeamRequest, email: InvitationEmail) -> HttpResponse:
    if email.send():
        messages.success(request, f"The invitation to {email.to} was sent.")
    else:
        sentence = f"The email to {email.to} could not be sent. Check the mail settings, then send it again."
        messages.error(request, sentence)
    return redirect("members", request.team.slug)


@require_POST
@team_view(Right.MANAGE_MEMBERS)
def invitation_revocation(request: TeamRequest, id: int) -> HttpResponse:
    invitation = get_object_or_404(request.team.invitations, id=id)
    withdraw_invitation(invitation, by=request.member)
    sentence = f"The invitation to {invitation.email} was withdrawn; its link no longer works."
    messages.success(request, sentence)
    return redirect("members", request.team.slug)
