"""Rights: the table of roles and rights, a team's own roles, and roles in an inbox. Pure functions."""

from itertools import combinations
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from accounts.access import may, require_right, rights_in, rights_of, rights_somewhere
from accounts.models import Inbox, Member, Role
from accounts.rights import (
    COMPOSABLE,
    IN_INBOX,
    NEEDS,
    RIGHTS,
    Right,
    RightGroup,
    missing_needs,
    role_rights,
)
from accounts.roles.models import TeamRole

# All rights, and whether owner, admin and member have them, and a team's own role may.
MATRIX = {
    #                          owner  admin  member own
    Right.SEND_TEXTS:          (True,  True,  True,  True),
    Right.ORGANIZE:            (True,  True,  True,  True),
    Right.OPT_OUT:             (True,  True,  True,  True),
    Right.BLOCK:               (True,  True,  True,  True),
    Right.LIFT_RECORDED_BY_US: (True,  True,  True,  True),
    Right.LIFT_PERSONS_OWN:    (True,  True,  False, False),
    Right.SEE_ALL_INBOXES:     (True,  True,  False, True),
    Right.SEND_BROADCASTS:     (True,  True,  False, True),
    Right.MANAGE_TEMPLATES:    (True,  True,  False, True),
    Right.EDIT_CONTACTS:       (True,  True,  True,  True),
    Right.IMPORT_CONTACTS:     (True,  True,  False, True),
    Right.DELETE_CONTACTS:     (True,  True,  False, True),
    Right.MANAGE_FIELDS:       (True,  True,  False, True),
    Right.SEE_REPORTS:         (True,  True,  False, True),
    Right.EXPORT:              (True,  True,  False, True),
    Right.MAKE_EVIDENCE:       (True,  True,  False, True),
    Right.SEE_AUDIT_LOG:       (True,  True,  False, True),
    Right.MANAGE_TEAM:         (True,  True,  False, True),
    Right.MANAGE_MEMBERS:      (True,  True,  False, True),
    Right.MANAGE_INBOXES:      (True,  True,  False, True),
    Right.MANAGE_API_KEYS:     (True,  True,  False, True),
    Right.MANAGE_WEBHOOKS:     (True,  True,  False, True),
    Right.MANAGE_OWNERS:       (True,  False, False, False),
    Right.LINK_TEAMS:          (True,  False, False, False),
    Right.SET_UP_TEAM:         (True,  False, False, False),
    Right.EXPORT_TEAM:         (True,  False, False, False),
    Right.DELETE_TEAM:         (True,  False, False, False),
    Right.MANAGE_SIGN_IN:      (True,  False, False, False),
}  # fmt: skip
ROLES = (Role.OWNER, Role.ADMIN, Role.MEMBER)
EVERYTHING = [right.value for right in Right]  # as a row may say, whoever wrote it
OWN, OTHER = Inbox(id=1, name="Own"), Inbox(id=2, name="Other")


def a_member(role: Role, composed: list[str] | None = None, *seats: dict[str, object]) -> Member:
    """A member as a request has it, with these seats."""
    member = Member(role=role, custom_role=None if composed is None else TeamRole(id=1, rights=composed))
    member.seat_rows = list(seats)  # type: ignore[attr-defined]
    return member


def seat(inbox: Inbox, role: str = "", composed: list[str] | None = None) -> dict[str, object]:
    return {"inbox_id": inbox.id, "role": role, "custom_role__rights": composed}


def test_table_names_all_rights_and_roles() -> None:
    assert list(MATRIX) == list(Right)
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize("role", ROLES)
def test_rights_by_role(role: Role) -> None:
    for right, row in MATRIX.items():
        member, allowed = a_member(role), row[ROLES.index(role)]
        assert may(member, right) == allowed, right
        if not allowed:
            with pytest.raises(PermissionDenied, match=f"You may not {right.sentence}. Ask an owner"):
                require_right(member, right)


def test_own_role_has_what_it_names_and_never_what_no_role_may_have() -> None:
    for right, row in MATRIX.items():
        assert rights_of(a_member(Role.MEMBER, [right.value])) == ({right} if row[3] else set()), right
    assert rights_of(a_member(Role.MEMBER, EVERYTHING)) == COMPOSABLE
    assert rights_of(a_member(Role.MEMBER, ["gone", ""])) == frozenset()


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_own_role_counts_for_nothing_beside_owner_or_admin(role: Role) -> None:
    """A release that knows no own roles may have written the other one."""
    assert rights_of(a_member(role, [])) == RIGHTS[role]


def expected_in(right: Right, role: Role, composed: bool, where: str, in_seat: str) -> bool:
    """Whether a member may, as docs/roles.md says it: a sentence for each case."""
    in_team = MATRIX[right][3 if composed else ROLES.index(role)]
    if right not in IN_INBOX or role != Role.MEMBER:
        return in_team  # rights in the whole team come from the role in the team alone
    if where == "own inbox" and in_seat == "member":
        return MATRIX[right][2]
    if where == "own inbox" and in_seat == "everything":
        return MATRIX[right][3]
    if where == "own inbox" and in_seat == "nothing":
        return False
    if where == "other inbox" and not composed:
        return False  # it is not seen
    return in_team


SEATS = {"": (None), "member": None, "everything": EVERYTHING, "nothing": []}


@pytest.mark.parametrize("in_seat", SEATS)
@pytest.mark.parametrize(("role", "composed"), [*((role, False) for role in ROLES), (Role.MEMBER, True)])
def test_rights_in_inboxes(role: Role, composed: bool, in_seat: str) -> None:
    """All rights x roles x (own inbox, other inbox) x role in the inbox. The own role sees every inbox."""
    row = seat(OWN, "member" if in_seat else "", SEATS[in_seat])
    member = a_member(role, EVERYTHING if composed else None, row)
    for right in Right:
        for where, inbox in (("own inbox", OWN), ("other inbox", OTHER)):
            expected = expected_in(right, role, composed, where, in_seat)
            assert may(member, right, inbox) == expected, (right, where)


def test_a_refusal_in_one_inbox_names_it() -> None:
    member = a_member(Role.MEMBER, None, seat(OWN, "member", []), seat(OTHER))
    with pytest.raises(PermissionDenied, match=r"You may not send texts in Own\. Ask"):
        require_right(member, Right.SEND_TEXTS, OWN)
    require_right(member, Right.SEND_TEXTS, OTHER)


def test_rights_somewhere() -> None:
    """Those of the team without seats; otherwise those of the seats, and of the inboxes that are seen without one."""
    reader, sender = seat(OWN, "member", []), seat(OTHER, "member", ["send_texts", "see_reports"])
    table = [
        (a_member(Role.MEMBER), True),
        (a_member(Role.MEMBER, None, reader), False),
        (a_member(Role.MEMBER, None, reader, sender), True),
        (a_member(Role.MEMBER, [], sender), True),
        (a_member(Role.MEMBER, [], seat(OWN)), False),
        (a_member(Role.MEMBER, ["send_texts", "see_all_inboxes"], reader), True),
        (a_member(Role.ADMIN, None, reader), True),
    ]
    for member, expected in table:
        assert (Right.SEND_TEXTS in rights_somewhere(member)) == expected
        assert (Right.SEE_REPORTS in rights_somewhere(member)) == (member.role == Role.ADMIN)


def test_groups_name_where_rights_hold() -> None:
    assert {right for right in Right if right.group == RightGroup.INBOXES} == IN_INBOX
    assert {right for right in Right if right.group == RightGroup.OWNERS} == RIGHTS[Role.OWNER] - RIGHTS[
        Role.ADMIN
    ]


def test_needs() -> None:
    """Every set of two rights lacks exactly what the table says; the roles that every team has lack nothing."""
    for pair in combinations(Right, 2):
        rights = frozenset(pair)
        expected = {right for right in pair if right in NEEDS and NEEDS[right][0] - rights}
        assert {right for right, _, _ in missing_needs(rights)} == expected
    assert [missing_needs(rights) for rights in RIGHTS.values()] == [[], [], []]
    assert all(needed <= COMPOSABLE and right in COMPOSABLE for right, (needed, _) in NEEDS.items())


def test_in_seat_without_role_is_the_role_in_the_team() -> None:
    member = a_member(Role.MEMBER, ["block"], seat(OWN))
    assert rights_in(member, OWN.id) == role_rights(Role.MEMBER, ["block"])


def test_docs_have_the_table_of_rights() -> None:
    lines = Path("docs/roles.md").read_text().splitlines()
    marks = {True: "yes", False: "–"}
    rows = [
        f"| {right.label} | {' | '.join(marks[has] for has in row)} | {right.description} |"
        for right, row in MATRIX.items()
    ]
    assert [row for row in rows if row not in lines] == []
    needs = [
        f"| {right.label} | {', '.join(one.label for one in Right if one in needed)} | {reason} |"
        for right, (needed, reason) in NEEDS.items()
    ]
    assert [row for row in needs if row not in lines] == []
