"""A team's own roles: their pages, who may give them, and their deletion while others give them."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.audit.actions import AuditAction
from accounts.audit.models import AuditEntry
from accounts.invitation_acceptance import accept
from accounts.invitations import invite
from accounts.memberships import change_member
from accounts.models import Invitation, Member, Role, Seat, Team
from accounts.rights import COMPOSABLE, RIGHTS, Right
from accounts.roles.choices import RoleChoice, RoleGone, own_choice
from accounts.roles.models import TeamRole
from accounts.roles.team_roles import change_role, create_role, delete_role
from accounts.single_sign_on.models import SingleSignOn
from kernel.tenancy import scope
from tests.cast import Cast

type AsClient = Callable[[Member], Client]
MANAGER = [Right.MANAGE_MEMBERS.value, Right.SEE_ALL_INBOXES.value]


def url_of(name: str, cast: Cast, *args: Any) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def add_role(team: Team, name: str, *rights: str) -> TeamRole:
    with scope(team.id):
        return TeamRole.objects.create(team=team, name=name, rights=list(rights))


def give(member: Member, role: TeamRole) -> None:
    """As a row, not as an operation."""
    with scope(member.team_id):
        Member.objects.filter(team_id=member.team_id, id=member.id).update(role=Role.MEMBER, custom_role=role)


def fresh(member: Member) -> Member:
    return Member.objects.select_related("team", "custom_role", "user").get(team=member.team_id, id=member.id)


def test_a_role_is_made_given_changed_and_deleted(cast: Cast, as_client: AsClient) -> None:
    owner, maya = as_client(cast.owner), as_client(cast.member)
    page = owner.get(url_of("new_role", cast), {"from": "admin"}).content.decode()
    assert "lift a person&#x27;s own opt-out." in page
    assert 'value="see_reports"' in page and 'value="delete_team"' not in page
    form = {
        "name": " Front  desk lead ",
        "description": "Runs the desk",
        "rights": ["send_texts", "see_reports"],
    }
    assert owner.post(url_of("new_role", cast), form).status_code == 302
    with scope(cast.northside.id):
        role = TeamRole.objects.get()
    assert (role.name, role.rights) == ("Front desk lead", ["send_texts", "see_reports"])
    assert (
        "has a role of this name already"
        in owner.post(url_of("new_role", cast), form | {"name": "front DESK lead"}).content.decode()
    )
    for taken in ("member", "Owner"):
        assert owner.post(url_of("new_role", cast), form | {"name": taken}).status_code == 422

    assert maya.get(url_of("reports", cast)).status_code == 403
    in_desk = {"role": str(role.id), "inboxes": [cast.front_desk.id]}
    assert owner.post(url_of("member", cast, cast.member.id), in_desk).status_code == 302
    assert maya.get(url_of("reports", cast)).status_code == 302  # to the first report
    assert maya.post(url_of("opt_out", cast, cast.tom.number), {"reason": "asked"}).status_code == 403
    assert "Front desk lead" in owner.get(url_of("members", cast)).content.decode()
    assert (
        "Front desk lead, the role in the team"
        in maya.get(url_of("member_rights", cast, cast.member.id)).content.decode()
    )
    assert maya.get(url_of("member_rights", cast, cast.second.id)).status_code == 403

    changed = form | {"name": "Desk", "rights": ["send_texts", "opt_out"]}
    assert owner.post(url_of("edit_role", cast, role.id), changed).status_code == 302
    assert maya.get(url_of("volume", cast)).status_code == 403
    assert maya.get(url_of("opt_out", cast, cast.tom.number)).status_code == 200

    refused = owner.post(url_of("role_deletion", cast, role.id))
    assert refused.status_code == 422 and "Choose the role that they get" in refused.content.decode()
    assert owner.post(url_of("role_deletion", cast, role.id), {"role": "admin"}).status_code == 422
    assert owner.post(url_of("role_deletion", cast, role.id), {"role": "member"}).status_code == 302
    with scope(cast.northside.id):
        assert (fresh(cast.member).role, fresh(cast.member).custom_role) == (Role.MEMBER, None)
        assert not TeamRole.objects.exists()
        recorded = [
            (AuditAction(entry.action), entry.setting, entry.before, entry.after)
            for entry in AuditEntry.objects.order_by("id")
        ]
    assert recorded == [
        (AuditAction.ROLE_CREATED, "", "", ""),
        (AuditAction.MEMBER_CHANGED, "Role", "Member", "Front desk lead"),
        (AuditAction.ROLE_CHANGED, "Name", "Front desk lead", "Desk"),
        (AuditAction.ROLE_CHANGED, "Rights", "send texts, see reports", "send texts, opt people out"),
        (AuditAction.MEMBER_CHANGED, "Role", "Desk", "Member"),
        (AuditAction.ROLE_DELETED, "", "", ""),
    ]


def test_an_invitation_brings_the_role_and_a_role_that_sees_all_needs_no_inbox(
    cast: Cast, as_client: AsClient
) -> None:
    role = add_role(cast.northside, "Auditor", "see_all_inboxes", "see_audit_log")
    form = {"email": "harriet@harbor.example", "role": str(role.id)}
    assert as_client(cast.admin).post(url_of("invitations", cast), form).status_code == 302
    with scope(cast.northside.id):
        invitation = Invitation.objects.select_related("team", "custom_role").get()
        member = accept(invitation, cast.outsider.user)
        assert (member.role, member.custom_role) == (Role.MEMBER, role)
    page = as_client(cast.outsider).get(url_of("audit_log", cast))
    assert page.status_code == 200


def test_needs_are_explained(cast: Cast, as_client: AsClient) -> None:
    form = {"name": "Exporter", "rights": ["export"]}
    answer = as_client(cast.owner).post(url_of("new_role", cast), form)
    assert answer.status_code == 422
    assert (
        "“Export data” needs “See every inbox”. The files have the data of all inboxes."
        in answer.content.decode()
    )


ESCALATIONS: dict[str, Callable[[Cast, Member, TeamRole, TeamRole], Any]] = {
    "creating a role with more": lambda cast, by, own, more: create_role(
        TeamRole(team=cast.northside, name="x", rights=["export", *MANAGER]), by=by
    ),
    "extending the own role": lambda cast, by, own, more: change_role(
        TeamRole(id=own.id, team=cast.northside, name="x", rights=["export", *MANAGER]), own, by=by
    ),
    "cutting a role with more": lambda cast, by, own, more: change_role(
        TeamRole(id=more.id, team=cast.northside, name="x", rights=[]), more, by=by
    ),
    "deleting a role with more": lambda cast, by, own, more: delete_role(more, None, by=by),
    "moving everybody to a role with more": lambda cast, by, own, more: delete_role(own, own_choice(more), by=by),
    "taking a role with more": lambda cast, by, own, more: change_member(fresh(by), own_choice(more), [], by=by),
    "giving a role with more": lambda cast, by, own, more: change_member(
        fresh(cast.second), own_choice(more), [], by=by
    ),
    "giving Member, which sends texts": lambda cast, by, own, more: change_member(
        fresh(by), RoleChoice(Role.MEMBER), [], by=by
    ),
    "becoming an admin": lambda cast, by, own, more: change_member(fresh(by), RoleChoice(Role.ADMIN), [], by=by),
    "demoting the owner": lambda cast, by, own, more: change_member(fresh(cast.owner), own_choice(own), [], by=by),
    "inviting an admin": lambda cast, by, own, more: invite("a@b.example", RoleChoice(Role.ADMIN), [], by=by),
    "inviting with more": lambda cast, by, own, more: invite("a@b.example", own_choice(more), [], by=by),
}  # fmt: skip


@pytest.mark.parametrize("attempt", ESCALATIONS)
def test_nobody_gives_or_takes_what_they_do_not_have(cast: Cast, attempt: str) -> None:
    """Maya changes members, and has no other right."""
    own = add_role(cast.northside, "Manager", *MANAGER)
    more = add_role(cast.northside, "More", "export", *MANAGER)
    give(cast.member, own)
    with scope(cast.northside.id):
        by = fresh(cast.member)
        with pytest.raises(PermissionDenied, match="and you may not"):
            ESCALATIONS[attempt](cast, by, own, more)


def test_forms_offer_and_accept_only_what_one_may_give(cast: Cast, as_client: AsClient) -> None:
    give(cast.member, add_role(cast.northside, "Manager", *MANAGER))
    maya = as_client(cast.member)
    invitation = maya.get(url_of("invitations", cast)).content.decode()
    assert (
        "Manager" in invitation and 'value="admin"' not in invitation and 'value="member"' not in invitation
    )
    answer = maya.post(url_of("new_role", cast), {"name": "Mine", "rights": ["block"]})
    assert answer.status_code == 422
    assert "You may not block numbers, so you cannot give this right." in answer.content.decode()
    assert maya.post(url_of("member", cast, cast.owner.id), {"role": "owner"}).status_code == 302  # as before
    assert maya.post(url_of("member_removal", cast, cast.owner.id)).status_code == 403


def test_an_archive_or_a_row_gives_nothing_that_no_role_may_have(cast: Cast, as_client: AsClient) -> None:
    give(cast.member, add_role(cast.northside, "Forged", *[right.value for right in Right]))
    maya = as_client(cast.member)
    assert maya.get(url_of("team_deletion", cast)).status_code == 403
    assert maya.get(url_of("team_settings", cast)).status_code == 200
    assert RIGHTS[Role.ADMIN] > COMPOSABLE


def test_a_role_that_is_deleted_while_it_is_given_is_not_given(cast: Cast) -> None:
    """The other transaction waits for the lock of the deletion, and then finds no role."""
    role, told = add_role(cast.northside, "Desk", "send_texts"), []
    deleting, deleted = threading.Event(), threading.Event()

    def assign() -> None:
        try:
            assert deleting.wait(10)
            with scope(cast.northside.id):
                change_member(fresh(cast.second), own_choice(role), [], by=fresh(cast.owner))
        except RoleGone as gone:
            told.append((str(gone), deleted.is_set()))
        finally:
            connection.close()

    giver = threading.Thread(target=assign)
    giver.start()
    with scope(cast.northside.id):
        delete_role(role, None, by=fresh(cast.owner))
        deleting.set()
        giver.join(0.5)
        assert giver.is_alive()  # waits
        deleted.set()
    giver.join(10)
    assert told == [("The role Desk was deleted a moment ago. Choose another one.", True)]


def test_a_role_is_deleted_with_its_invitations_and_seats_moved(cast: Cast) -> None:
    role = add_role(cast.northside, "Desk", "send_texts")
    with scope(cast.northside.id):
        invite("n@n.example", own_choice(role), [], by=fresh(cast.owner))
        Seat.objects.filter(team=cast.northside, member=cast.member).update(
            role=Role.MEMBER, custom_role=role
        )
        SingleSignOn.objects.create(team=cast.northside, role=Role.MEMBER, custom_role=role)
        delete_role(role, RoleChoice(Role.MEMBER), by=fresh(cast.owner))
        seat = Seat.objects.get(team=cast.northside, member=cast.member)
        assert (seat.role, seat.custom_role) == (Role.MEMBER, None)
        assert Invitation.objects.get().role_name == "Member"
        assert SingleSignOn.objects.get().custom_role is None
        assert AuditEntry.objects.get(setting="Their role").before == "Desk"
        entry = AuditEntry.objects.get(action=AuditAction.SEAT_CHANGED)
        assert (entry.setting, entry.before, entry.after) == ("Role in Front Desk", "Desk", "Member")


def test_a_role_of_an_earlier_release_changes_contacts(cast: Cast, owner: psycopg.Connection) -> None:
    """Its row does not name the right, which everybody had then; a role that is saved without it says so."""
    role = add_role(cast.northside, "Clerk", "see_reports")
    with scope(cast.northside.id):
        assert own_choice(TeamRole.objects.get()).rights == {Right.SEE_REPORTS}
        owner.execute("UPDATE accounts_teamrole SET rights = '{see_reports}'")
        role.refresh_from_db()
        assert own_choice(role).rights == {Right.SEE_REPORTS, Right.EDIT_CONTACTS}
        role.rights.remove("edit_contacts")
        role.save()
        assert own_choice(TeamRole.objects.get()).rights == {Right.SEE_REPORTS}
