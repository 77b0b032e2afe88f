"""Entries of the audit log as the page and the file show them: in words, with links to what still exists."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import models
from django.urls import reverse

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.models import AuditEntry, SettingsSection
from accounts.models import Inbox, Invitation, Member, Team
from accounts.roles.models import TeamRole
from api.models import ApiKey
from contacts.bulk.models import BulkActionRun
from contacts.contact.models import Contact
from contacts.imports.models import Import
from contacts.vendor_lists.models import VendorListImport
from optout.suppression_lists.models import SuppressionList
from webhooks.models import Endpoint


class TargetPage(NamedTuple):
    """The page of a type of target: the model of the target, the URL, and the field that the URL names, if any."""

    model: type[models.Model]
    url: str
    field: str | None = "id"


PAGES = {
    TargetType.CONTACT: TargetPage(Contact, "contact", "number"),
    TargetType.BULK_ACTION: TargetPage(BulkActionRun, "bulk_action"),
    TargetType.IMPORT: TargetPage(Import, "import"),
    TargetType.VENDOR_LIST: TargetPage(VendorListImport, "vendor_list"),
    TargetType.SUPPRESSION_LIST: TargetPage(SuppressionList, "suppression_list"),
    TargetType.INBOX: TargetPage(Inbox, "edit_inbox"),
    TargetType.MEMBER: TargetPage(Member, "member"),
    TargetType.INVITATION: TargetPage(Invitation, "members", None),
    TargetType.ROLE: TargetPage(TeamRole, "edit_role"),
    TargetType.API_KEY: TargetPage(ApiKey, "api_key"),
    TargetType.ENDPOINT: TargetPage(Endpoint, "endpoint"),
}
SECTION_PAGES = {
    SettingsSection.OPT_OUT: "opt_out_settings",
    SettingsSection.SENDING_HOURS: "sending_hours",
    SettingsSection.EVIDENCE: "evidence",
    SettingsSection.LINKED_TEAMS: "linked_teams",
    SettingsSection.TEAM: "team_settings",
    SettingsSection.INBOXES: "inboxes",
    SettingsSection.RETENTION: "retention",
}


@dataclass(frozen=True)
class ShownEntry:
    entry: AuditEntry
    link: str  # to the target, or the page of the setting; empty if it is gone

    @property
    def what(self) -> str:
        return str(self.entry.get_action_display())

    @property
    def target(self) -> str:
        """The name of the target; for one without a name its type and ID."""
        entry = self.entry
        if entry.target_name or not entry.target_type:
            return entry.target_name
        return f"{entry.get_target_type_display()} {entry.target_id}"

    @property
    def section(self) -> str:
        """The page under Settings, for entries without another target."""
        return "" if self.entry.target_type else str(self.entry.get_section_display())

    @property
    def is_change(self) -> bool:
        return bool(self.entry.setting) and self.entry.action != AuditAction.EVIDENCE_MADE

    @property
    def details(self) -> list[tuple[str, str]]:
        return [(name.replace("_", " ").capitalize(), words(value)) for name, value in self._stated()]

    def _stated(self) -> Iterator[tuple[str, Any]]:
        for name, value in self.entry.details.items():
            if value not in ("", [], None) and name != "start":
                yield name, value


def words(value: Any) -> str:
    """A value of an entry's details for people."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:,}" if isinstance(value, int) else str(value)


def shown_entries(team: Team, entries: Sequence[AuditEntry]) -> list[ShownEntry]:
    """The entries with their links, in the same order; a query for each type of target."""
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.target_id:
            ids[entry.target_type].add(entry.target_id)
    links = {
        kind: _links(team, PAGES[TargetType(kind)], found) for kind, found in ids.items() if kind in PAGES
    }
    return [
        ShownEntry(entry, links.get(entry.target_type, {}).get(entry.target_id) or _section_link(team, entry))
        for entry in entries
    ]


def _links(team: Team, page: TargetPage, ids: set[int]) -> dict[int | None, str]:
    rows = page.model._default_manager.filter(team_id=team.id, id__in=ids)
    if page.model is Inbox:
        rows = rows.filter(deleted_at=None)
    values = rows.values_list("id", page.field or "id")
    return {id: reverse(page.url, args=[team.slug, *([value] if page.field else [])]) for id, value in values}


def _section_link(team: Team, entry: AuditEntry) -> str:
    if entry.target_type or not entry.section:
        return ""
    return reverse(SECTION_PAGES[SettingsSection(entry.section)], args=[team.slug])


def actor_choices(team: Team) -> list[tuple[str, str]]:
    """Who can be chosen: the members, all API keys, the product, and those who were not signed in."""
    members = Member.objects.filter(team_id=team.id).select_related("user").by_name()
    keys = ApiKey.objects.filter(team_id=team.id).order_by("name", "id")
    return [
        *((f"{ActorKind.MEMBER}-{member.id}", str(member)) for member in members),
        *((f"{ActorKind.API_KEY}-{key.id}", f"{key} (API key)") for key in keys),
        *((kind.value, str(kind.label)) for kind in (ActorKind.SYSTEM, ActorKind.NOBODY)),
    ]
