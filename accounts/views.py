"""Pages of people: the way into a team, and its settings."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import carrier_connection, memberships
from accounts import invitation_acceptance as accounts_invitation_acceptance
from accounts import invitations as accounts_invitations
from accounts.access import Right, TeamRequest, may, require_right, team_view
from accounts.forms import (
    InboxForm,
    InvitationForm,
    InvitedSignupForm,
    MembershipForm,
    NewInboxForm,
    ProfileForm,
    TeamForm,
)
from accounts.models import Inbox, Member, Role, Team, User
from accounts.settings_page import render_settings_page
from kernel.tenancy import scope

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _form_status(request: HttpRequest) -> int:
    """A form that comes back was not valid."""
    return 422 if request.method == "POST" else 200


# -- into a team -------------------------------------------------------------------------------------------------


@form_page
@login_required
def new_team(request: Any) -> HttpResponse:
    form = TeamForm(request.POST or None, instance=Team())
    if form.is_valid():
        team = Team.objects.create_with_owner(owner=request.user, **form.cleaned_data)
        messages.success(request, f"{team.name} is ready. Add the number that you text from.")
        return redirect("new_inbox", team.slug)
    return render(request, "accounts/new_team.html", {"form": form}, status=_form_status(request))


@form_page
@login_required
def profile(request: Any) -> HttpResponse:
    """One's own name; e-mail address and password have pages of their own beside it."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=_form_status(request))


@form_page
@never_cache
def invitation(request: Any, token: str) -> HttpResponse:
    """What is offered; a newcomer signs up right here, everybody else joins by `invitation_acceptance`."""
    try:
        team_id, id = accounts_invitation_acceptance.find_invitation(token)
        with scope(team_id):
            offered = accounts_invitation_acceptance.load_invitation(
                team_id, id, lock=request.method == "POST"
            )
            form = InvitedSignupForm(offered.email, request.POST or None)
            guest = accounts_invitation_acceptance.identify_visitor(offered, request.user)
            if guest == accounts_invitation_acceptance.Visitor.WITHOUT_ACCOUNT and form.is_valid():
                return _enter(
                    request,
                    accounts_invitation_acceptance.sign_up(offered, **form.cleaned_data),
                    signed_up=True,
                )
            context = {"invitation": offered, "form": form, "guest": guest, "token": token}
            return render(request, "accounts/invitation.html", context, status=_form_status(request))
    except accounts_invitation_acceptance.InvalidInvitation as gone:
        return render(request, "accounts/invalid_invitation.html", {"sentence": gone}, status=410)


@require_POST
@login_required
def invitation_acceptance(request: Any, token: str) -> HttpResponse:
    try:
        team_id, id = accounts_invitation_acceptance.find_invitation(token)
        with scope(team_id):
            offered = accounts_invitation_acceptance.load_invitation(team_id, id, lock=True)
            if not accounts_invitation_acceptance.is_addressed_to(offered, request.user):
                return redirect("invitation", token)
            member = accounts_invitation_acceptance.accept(offered, request.user)
    except accounts_invitation_acceptance.InvalidInvitation as gone:
        return render(request, "accounts/invalid_invitation.html", {"sentence": gone}, status=410)
    return _enter(request, member)


def _enter(request: Any, member: Member, *, signed_up: bool = False) -> HttpResponse:
    """Show a member the team that was just joined."""
    if signed_up:
        get_adapter().login(request, member.user)
    messages.success(request, f"Welcome to {member.team.name}.")
    return redirect("inbox", member.team.slug)


# -- settings: the team ------------------------------------------------------------------------------------------


@require_GET
@team_view()
def settings(request: TeamRequest) -> HttpResponse:
    """To the first page that this member may see."""
    first = "team_settings" if may(request.member, Right.MANAGE_TEAM) else "members"
    return redirect(first, request.team.slug)


@form_page
@team_view(Right.MANAGE_TEAM)
def team_settings(request: TeamRequest) -> HttpResponse:
    # A team of its own for the form, since the page around it goes on showing what is saved.
    form = TeamForm(request.POST or None, instance=Team.objects.get(pk=request.team.pk))
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("team_settings", request.team.slug)
    return render_settings_page(request, "accounts/team_settings.html", "team_settings", {"form": form})


# -- settings: members -------------------------------------------------------------------------------------------


@require_GET
@team_view()
def members(request: TeamRequest) -> HttpResponse:
    context = {
        "members": request.team.members.select_related("user")
        .prefetch_related("seats__inbox")
        .order_by("id"),
        "invitations": request.team.invitations.order_by("email"),
        "may_manage": may(request.member, Right.MANAGE_MEMBERS),
        "may_manage_owners": may(request.member, Right.MANAGE_OWNERS),
    }
    return render_settings_page(request, "accounts/members.html", "members", context)


@form_page
@team_view(Right.MANAGE_MEMBERS)
def member(request: TeamRequest, id: int) -> HttpResponse:
    member = get_object_or_404(request.team.members.select_related("user", "team"), id=id)
    initial = {"role": member.role, "inboxes": [seat.inbox_id for seat in member.seats.all()]}
    form = MembershipForm(request.member, request.POST or None, initial=initial, member=member)
    if form.is_valid():
        try:
            memberships.change_member(member, **form.cleaned_data, by=request.member)
            messages.success(request, f"Saved. {member} is {member.get_role_display().lower()} now.")
            return redirect("members", request.team.slug)
        except memberships.LastOwner as problem:
            form.add_error("role", str(problem))
    context = {"form": form, "member": member}
    return render_settings_page(request, "accounts/member.html", "members", context)


@require_POST
@team_view()
def member_removal(request: TeamRequest, id: int) -> HttpResponse:
    """Take somebody out of the team, or leave it."""
    member = get_object_or_404(request.team.members.select_related("user"), id=id)
    try:
        memberships.remove_member(member, by=request.member)
    except memberships.LastOwner as problem:
        messages.error(request, str(problem))
        return redirect("members", request.team.slug)
    if member.user_id == request.user.pk:
        messages.success(request, f"You have left {request.team.name}.")
        return redirect("home")
    messages.success(request, f"{member} is no longer in the team. What they wrote keeps their name.")
    return redirect("members", request.team.slug)


@form_page
@team_view(Right.MANAGE_MEMBERS, whole_request=False)
def invitations(request: TeamRequest) -> HttpResponse:
    """Invite somebody; the letter leaves after the commit."""
    with scope(request.team.id):
        form = InvitationForm(request.member, request.POST or None)
        letter = None
        if form.is_valid():
            try:
                letter = accounts_invitations.invite(**form.cleaned_data, by=request.member)
            except accounts_invitations.AlreadyMember as problem:
                form.add_error("email", str(problem))
        if letter is None:
            return render_settings_page(request, "accounts/new_invitation.html", "members", {"form": form})
    return _send(request, letter)


@require_POST
@team_view(Right.MANAGE_MEMBERS, whole_request=False)
def invitation_email(request: TeamRequest, id: int) -> HttpResponse:
    """Send an invitation once more, with a new link and its full time."""
    with scope(request.team.id):
        waiting = get_object_or_404(request.team.invitations, id=id)
        letter = accounts_invitations.renew_invitation(waiting, by=request.member)
    return _send(request, letter)


def _send(request: TeamRequest, letter: accounts_invitations.InvitationEmail) -> HttpResponse:
    if letter.send():
        messages.success(request, f"The invitation to {letter.to} is on its way.")
    else:
        messages.error(
            request,
            f"The letter to {letter.to} could not be sent. Check the mail settings, then send it again.",
        )
    return redirect("members", request.team.slug)


@require_POST
@team_view(Right.MANAGE_MEMBERS)
def invitation_revocation(request: TeamRequest, id: int) -> HttpResponse:
    waiting = get_object_or_404(request.team.invitations, id=id)
    if waiting.role == Role.OWNER:
        require_right(request.member, Right.MANAGE_OWNERS)
    waiting.delete()
    messages.success(request, f"The invitation to {waiting.email} is withdrawn; its link leads nowhere now.")
    return redirect("members", request.team.slug)


# -- settings: inboxes -------------------------------------------------------------------------------------------


@require_GET
@team_view(Right.MANAGE_INBOXES)
def inboxes(request: TeamRequest) -> HttpResponse:
    found = request.team.inboxes.prefetch_related("seats__member__user").order_by("name", "id")
    return render_settings_page(request, "accounts/inboxes.html", "inboxes", {"inboxes": found})


@form_page
@team_view(Right.MANAGE_INBOXES)
def new_inbox(request: TeamRequest) -> HttpResponse:
    form = NewInboxForm(request.POST or None, instance=Inbox(team=request.team))
    if form.is_valid():
        inbox = form.save()
        messages.success(request, f"{inbox.name} is saved. One thing is left to do: tell the carrier.")
        return redirect("inbox_connection", request.team.slug, inbox.id)
    return render_settings_page(request, "accounts/new_inbox.html", "inboxes", {"form": form})


@form_page
@team_view(Right.MANAGE_INBOXES)
def edit_inbox(request: TeamRequest, id: int) -> HttpResponse:
    inbox = get_object_or_404(request.team.inboxes, id=id)
    saved = carrier_connection.SavedCredentials.of(inbox)
    form = InboxForm(request.POST or None, instance=inbox)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        return redirect("edit_inbox", request.team.slug, id)
    context = {"form": form, "inbox": inbox, "saved": saved}
    return render_settings_page(request, "accounts/edit_inbox.html", "inboxes", context)


@require_POST
@team_view(Right.MANAGE_INBOXES)
def old_tokens_removal(request: TeamRequest, id: int) -> HttpResponse:
    """End a rotation: webhooks that are signed with an older auth token are refused from now on."""
    inbox = get_object_or_404(request.team.inboxes, id=id)
    inbox.drop_old_tokens()
    inbox.save(update_fields=["auth_tokens"])
    messages.success(request, "Only the newest auth token is kept.")
    return redirect("edit_inbox", request.team.slug, id)


@require_GET
@team_view(Right.MANAGE_INBOXES)
def inbox_connection(request: TeamRequest, id: int) -> HttpResponse:
    """What to set at the carrier, and whether it reaches us."""
    inbox = get_object_or_404(request.team.inboxes, id=id)
    context = {
        "inbox": inbox,
        "findings": carrier_connection.connection_findings(inbox),
        "webhook_url": carrier_connection.carrier_webhook_url(),
    }
    return render_settings_page(request, "accounts/inbox_connection.html", "inboxes", context)
