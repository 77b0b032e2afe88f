"""Rights of members: the table of all rights, the roles that every team has, and what a team's own roles may have."""

import enum
from collections.abc import Iterable
from typing import Self

from accounts.models import Role


class RightGroup(enum.StrEnum):
    """Rights that a page shows together."""

    INBOXES = "In the member’s inboxes"
    TEAM = "In the whole team"
    RECORDS = "Reports and records"
    SETTINGS = "Settings"
    OWNERS = "Owners alone"


class Right(enum.StrEnum):
    """A right of a member: an identifier, its group, the sentence that ends "You may not …", and a description."""

    group: RightGroup
    sentence: str
    description: str

    def __new__(cls, value: str, group: RightGroup, sentence: str, description: str) -> Self:
        right = str.__new__(cls, value)
        right._value_, right.group, right.sentence, right.description = value, group, sentence, description
        return right

    @property
    def label(self) -> str:
        return self.sentence[0].upper() + self.sentence[1:]

    SEND_TEXTS = (
        "send_texts", RightGroup.INBOXES, "send texts",
        "Write, schedule and take back texts, with drafts and templates.",
    )  # fmt: skip
    ORGANIZE = (
        "organize", RightGroup.INBOXES, "organize conversations",
        "Assign, close, snooze and tag them, and write private notes.",
    )  # fmt: skip
    OPT_OUT = (
        "opt_out", RightGroup.INBOXES, "opt people out",
        "Record opt-outs and consent, and decide about texts to review.",
    )  # fmt: skip
    BLOCK = "block", RightGroup.INBOXES, "block numbers", "Block and unblock."
    LIFT_RECORDED_BY_US = (
        "lift_recorded_by_us", RightGroup.INBOXES, "lift an opt-out that the team recorded",
        "With a reason. Never a person’s own opt-out.",
    )  # fmt: skip
    LIFT_PERSONS_OWN = (
        "lift_persons_own", RightGroup.INBOXES, "lift a person's own opt-out",
        "With fresh consent on record. Owners and admins alone.",
    )  # fmt: skip
    SEE_ALL_INBOXES = (
        "see_all_inboxes", RightGroup.TEAM, "see every inbox", "Also those that are added later, without a seat.",
    )  # fmt: skip
    SEND_BROADCASTS = (
        "send_broadcasts", RightGroup.TEAM, "send broadcasts", "From inboxes in which the member may send texts.",
    )  # fmt: skip
    MANAGE_TEMPLATES = (
        "manage_templates", RightGroup.TEAM, "change shared templates", "Everybody who sends texts may use them.",
    )  # fmt: skip
    EDIT_CONTACTS = (
        "edit_contacts", RightGroup.TEAM, "change contacts", "Add and change contacts, lists and tags, one or many.",
    )  # fmt: skip
    IMPORT_CONTACTS = (
        "import_contacts", RightGroup.TEAM, "import contacts",
        "Also vendor lists and suppression lists, and the undo of imports.",
    )  # fmt: skip
    DELETE_CONTACTS = (
        "delete_contacts", RightGroup.TEAM, "delete contacts",
        "Also merge contacts, erase a person’s texts, and delete lists and tags.",
    )  # fmt: skip
    MANAGE_FIELDS = "manage_fields", RightGroup.TEAM, "change custom fields", "Add, change and delete them."
    SEE_REPORTS = "see_reports", RightGroup.RECORDS, "see reports", "Figures of all inboxes."
    EXPORT = (
        "export", RightGroup.RECORDS, "export data",
        "Contacts, conversations, a person’s data, and files of what else the member sees.",
    )  # fmt: skip
    MAKE_EVIDENCE = (
        "make_evidence", RightGroup.RECORDS, "make evidence sheets", "Signed sheets of consent, and the daily roots.",
    )  # fmt: skip
    SEE_AUDIT_LOG = (
        "see_audit_log", RightGroup.RECORDS, "see the audit log", "Who did what in the team, apart from consent.",
    )  # fmt: skip
    MANAGE_TEAM = (
        "manage_team", RightGroup.SETTINGS, "change the team", "Its name, clock, retention, and views for everybody.",
    )  # fmt: skip
    MANAGE_MEMBERS = (
        "manage_members", RightGroup.SETTINGS, "change members",
        "Invite and remove people, change their roles and inboxes, and change the team’s own roles.",
    )  # fmt: skip
    MANAGE_INBOXES = (
        "manage_inboxes", RightGroup.SETTINGS, "change inboxes",
        "Numbers, carriers, replies, opt-out settings, hours, and roles in an inbox.",
    )  # fmt: skip
    MANAGE_API_KEYS = (
        "manage_api_keys", RightGroup.SETTINGS, "create or revoke API keys",
        "With the scopes whose rights the member has.",
    )  # fmt: skip
    MANAGE_WEBHOOKS = (
        "manage_webhooks", RightGroup.SETTINGS, "change webhooks", "Endpoints that are told of what happens.",
    )  # fmt: skip
    MANAGE_OWNERS = (
        "manage_owners",
        RightGroup.OWNERS,
        "add or remove owners",
        "A team always keeps an owner.",
    )
    LINK_TEAMS = "link_teams", RightGroup.OWNERS, "link teams", "So that they share people’s own opt-outs."
    SET_UP_TEAM = "set_up_team", RightGroup.OWNERS, "set up the team", "The first steps of a new team."
    EXPORT_TEAM = (
        "export_team", RightGroup.OWNERS, "export everything of the team", "For another installation.",
    )  # fmt: skip
    DELETE_TEAM = (
        "delete_team",
        RightGroup.OWNERS,
        "delete the team",
        "After a delay, which any owner may cancel.",
    )
    MANAGE_SIGN_IN = (
        "manage_sign_in", RightGroup.OWNERS, "decide how members sign in", "And reset a member’s second factor.",
    )  # fmt: skip


IN_INBOX = frozenset(right for right in Right if right.group == RightGroup.INBOXES)
_OWNERS = frozenset(right for right in Right if right.group == RightGroup.OWNERS)

# The roles that every team has are code: they are the same everywhere, and no row has to be made for each team.
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - _OWNERS,
    Role.MEMBER: IN_INBOX - {Right.LIFT_PERSONS_OWN} | {Right.EDIT_CONTACTS},
}
# What a team's own role may have. A person's own opt-out is lifted by owners and admins alone (docs/consent.md).
COMPOSABLE = RIGHTS[Role.ADMIN] - {Right.LIFT_PERSONS_OWN}

# What a right is worth nothing without, or would give by a detour; with the reason.
NEEDS: dict[Right, tuple[frozenset[Right], str]] = {
    Right.SEND_BROADCASTS: (
        frozenset({Right.SEND_TEXTS, Right.SEE_ALL_INBOXES}),
        "A broadcast is sent as a text, and its page has the replies in all inboxes.",
    ),
    Right.MANAGE_TEMPLATES: (frozenset({Right.SEND_TEXTS}), "Templates are for members who send texts."),
    Right.IMPORT_CONTACTS: (
        frozenset({Right.EDIT_CONTACTS, Right.OPT_OUT, Right.LIFT_RECORDED_BY_US}),
        "A file adds contacts, opts people out, and can lift what the team recorded.",
    ),
    Right.DELETE_CONTACTS: (
        frozenset({Right.EDIT_CONTACTS}), "A merge changes a contact, and the page that changes a list deletes it.",
    ),
    Right.EXPORT: (frozenset({Right.SEE_ALL_INBOXES}), "The files have the data of all inboxes."),
    Right.MAKE_EVIDENCE: (frozenset({Right.SEE_ALL_INBOXES}), "A sheet has the texts of all inboxes."),
    Right.MANAGE_MEMBERS: (
        frozenset({Right.SEE_ALL_INBOXES}), "Whoever gives inboxes to members can give them to themselves.",
    ),
    Right.MANAGE_INBOXES: (frozenset({Right.SEE_ALL_INBOXES}), "The settings are those of all inboxes."),
    Right.MANAGE_API_KEYS: (frozenset({Right.SEE_ALL_INBOXES}), "A key reaches all inboxes."),
    Right.MANAGE_WEBHOOKS: (frozenset({Right.SEE_ALL_INBOXES}), "An endpoint is told of the texts of all inboxes."),
}  # fmt: skip


def role_rights(role: str, composed: Iterable[str] | None) -> frozenset[Right]:
    """The rights of a role: of one that every team has, or those that a team composed.

    Names that are unknown, and rights that no team may give to a role, count for nothing, whatever the row says.
    """
    if composed is None or role != Role.MEMBER:
        return RIGHTS[role]
    return composable_rights(composed)


def composable_rights(names: Iterable[str]) -> frozenset[Right]:
    """The rights of these names that a team's own role may have."""
    named = set(names)
    return frozenset(right for right in COMPOSABLE if right.value in named)


def rights_in_inbox(
    role: str, rights: frozenset[Right], *, seated: bool, in_seat: frozenset[Right] | None
) -> frozenset[Right]:
    """The rights in one inbox of a member with this role and these rights in the team.

    `in_seat`: those of the role in this inbox, if there is one. It replaces the rights in inboxes, never those in the
    whole team. Owners and admins have the same rights in every inbox.
    """
    if role != Role.MEMBER:
        return rights
    if in_seat is not None:
        return (rights - IN_INBOX) | (in_seat & IN_INBOX)
    return rights if seated or Right.SEE_ALL_INBOXES in rights else rights - IN_INBOX


def missing_needs(rights: frozenset[Right]) -> list[tuple[Right, list[Right], str]]:
    """The rights that lack what they need, each with what is missing and why."""
    return [
        (right, [one for one in Right if one in needed - rights], reason)
        for right, (needed, reason) in NEEDS.items()
        if right in rights and needed - rights
    ]
