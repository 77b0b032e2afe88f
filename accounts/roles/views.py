"""Settings > Roles: what each role may do, the team's own roles, and what one member may do."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, may, require_right, rights_of, team_view
from accounts.models import Role
from accounts.rights import COMPOSABLE
from accounts.roles.choices import RoleChoice, RoleGone, own_choice, role_choices
from accounts.roles.granting import may_give, require_may_give
from accounts.roles.member_rights import rights_page
from accounts.roles.models import TeamRole
from accounts.roles.role_field import MoveToForm
from accounts.roles.role_form import TeamRoleForm
from accounts.roles.role_table import right_rows, role_rows
from accounts.roles.team_roles import (
    RoleInUse,
    RoleNotSaved,
    change_role,
    create_role,
    delete_role,
    holders_of,
)
from accounts.settings_page import render_settings_page
from kernel.form_views import form_view
from kernel.revisions import locked_for_post


@require_GET
@team_view()
def roles(request: TeamRequest) -> HttpResponse:
    choices = role_choices(request.team)
    context = {
        "roles": role_rows(request.member, choices),
        "choices": choices,
        "groups": right_rows(choices),
        "may_manage": may(request.member, Right.MANAGE_MEMBERS),
    }
    return render_settings_page(request, "accounts/roles.html", "roles", context)


@form_view
@team_view(Right.MANAGE_MEMBERS)
def new_role(request: TeamRequest) -> HttpResponse:
    """A new role; `from` names the role whose rights it begins with."""
    of = _named_choice(request)
    began_with = [right for right in Right if of and right in of.rights]
    kept = [right.value for right in began_with if right in COMPOSABLE & rights_of(request.member)]
    instance = TeamRole(team=request.team)
    form = TeamRoleForm(request.member, request.POST or None, initial={"rights": kept}, instance=instance)
    if form.is_valid():
        try:
            create_role(form.save(commit=False), by=request.member)
            messages.success(
                request, f"The role {form.instance} was created. Give it to people under Members."
            )
            return redirect("roles", request.team.slug)
        except RoleNotSaved as error:
            form.add_error("name", str(error))
    left_out = [right.sentence for right in began_with if right.value not in kept]
    context = {"form": form, "of": of, "left_out": left_out}
    return render_settings_page(request, "accounts/edit_role.html", "roles", context)


@form_view
@team_view(Right.MANAGE_MEMBERS)
def edit_role(request: TeamRequest, id: int) -> HttpResponse:
    role = get_object_or_404(locked_for_post(request, TeamRole.objects.filter(team=request.team)), id=id)
    require_may_give(request.member, own_choice(role))
    before, name = copy(role), role.name
    form = TeamRoleForm(request.member, request.POST or None, instance=role)
    if form.is_valid():
        try:
            change_role(form.save(commit=False), before, by=request.member)
            messages.success(request, f"Saved. Whoever has the role {role} has these rights from now on.")
            return redirect("roles", request.team.slug)
        except RoleNotSaved as error:
            form.add_error("name", str(error))
    context = {"form": form, "role": role, "name": name, "holders": holders_of(role)}
    return render_settings_page(request, "accounts/edit_role.html", "roles", context)


@form_view
@team_view(Right.MANAGE_MEMBERS)
def role_deletion(request: TeamRequest, id: int) -> HttpResponse:
    """Asks which role they get who have it; the POST deletes it."""
    role = get_object_or_404(TeamRole, team=request.team, id=id)
    require_may_give(request.member, own_choice(role))
    form = MoveToForm(_targets(request, role), request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            delete_role(role, form.cleaned_data["role"], by=request.member)
            messages.success(request, f"The role {role.name} was deleted.")
            return redirect("roles", request.team.slug)
        except RoleGone as error:
            form.add_error(None, str(error))
        except RoleInUse:
            form.add_error("role", "Somebody has this role. Choose the role that they get.")
    context = {"form": form, "role": role, "holders": holders_of(role)}
    return render_settings_page(request, "accounts/role_deletion.html", "roles", context)


@require_GET
@team_view()
def member_rights(request: TeamRequest, id: int) -> HttpResponse:
    """What one member may do, and why: the own rights for everybody, those of others for who changes members."""
    members = request.team.members.select_related("user", "team", "custom_role")
    member = get_object_or_404(members, id=id)
    if member.id != request.member.id:
        require_right(request.member, Right.MANAGE_MEMBERS)
    return render_settings_page(request, "accounts/member_rights.html", "members", rights_page(member))


def _named_choice(request: TeamRequest) -> RoleChoice | None:
    key = request.GET.get("from", "")
    return next((choice for choice in role_choices(request.team) if choice.key == key), None)


def _targets(request: TeamRequest, role: TeamRole) -> list[RoleChoice]:
    """The roles to which members may be moved: Member, and the team's own. Nobody becomes an admin by a deletion."""
    choices = role_choices(request.team)
    return [
        choice
        for choice in choices
        if choice.role == Role.MEMBER and choice.own != role and may_give(request.member, choice)
    ]
