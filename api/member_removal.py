"""Removal of a member: its page lists the member's API keys, which are handed over or stop."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.access import Right, TeamRequest, may, require_right, team_view
from accounts.memberships import LastOwner, remove_member
from accounts.models import Member
from accounts.settings_page import render_settings_page
from api.keys import hand_over_keys, keys_of_member, revoke_key
from kernel.form_views import form_view


@form_view
@team_view()
def member_removal(request: TeamRequest, id: int) -> HttpResponse:
    """Remove a member from the team, or leave it. Without a choice the member's API keys stop."""
    member = get_object_or_404(request.team.members.select_related("user", "team"), id=id)
    leaves = member.user_id == request.user.pk
    if not leaves:
        require_right(request.member, Right.MANAGE_MEMBERS)
    keys = keys_of_member(member)
    if request.method != "POST":
        may_hand_over = not leaves and may(request.member, Right.MANAGE_API_KEYS)
        context = {"member": member, "keys": keys, "leaves": leaves, "may_hand_over": may_hand_over}
        return render_settings_page(request, "api/member_removal.html", "members", context)
    try:
        remove_member(member, by=request.member)
    except LastOwner as error:
        messages.error(request, str(error))
        return redirect("members", request.team.slug)
    _settle_keys(request, member, hand_over=not leaves and request.POST.get("keys") == "hand_over")
    if leaves:
        messages.success(request, f"You have left {request.team.name}.")
        return redirect("home")
    messages.success(request, f"{member} is no longer in the team. Their texts keep their name.")
    return redirect("members", request.team.slug)


def _settle_keys(request: TeamRequest, member: Member, *, hand_over: bool) -> None:
    if hand_over:
        require_right(request.member, Right.MANAGE_API_KEYS)
        hand_over_keys(member, to=request.member)
        return
    for key in keys_of_member(member):
        revoke_key(key, request.member)
