"""Audit log of the demo: what its members did in three weeks, apart from consent."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.models import SettingsSection
from accounts.audit.recording import AuditActor, Target, new_entry, write_entries
from accounts.models import Inbox, Member, Team
from accounts.roles.choices import own_choice
from accounts.roles.models import TeamRole
from accounts.roles.team_roles import sentences, target_of
from api.models import ApiKey
from contacts.vendor_lists.models import VendorListImport
from demo import story

_OFFICE, _PHONE = "198.51.100.24", "203.0.113.81"  # addresses for documentation (RFC 5737)
_FIREFOX, _SAFARI = {"browser": "Firefox 146 on Windows"}, {"browser": "Safari 26 on iPhone"}


class _Done(NamedTuple):
    """One action: how many hours ago, by whom, to what, and the columns of its entry."""

    hours_ago: float
    by: str
    action: AuditAction
    target: Target | None = None
    columns: dict[str, Any] = {}
    ip: str | None = _OFFICE


def record_past_actions(team: Team, members: dict[str, Member], now: datetime) -> None:
    """In the scope of the team, after its inboxes, keys and vendor list were written."""
    nobody = AuditActor(ActorKind.NOBODY, str(ActorKind.NOBODY.label))
    actors: dict[str, Member | AuditActor] = {**members, "nobody": nobody}
    write_entries(
        new_entry(
            team.id, actors[done.by], done.action, done.target,
            at=now - timedelta(hours=done.hours_ago), ip_address=done.ip, **done.columns,
        )
        for done in sorted(_actions(team, members), key=lambda done: -done.hours_ago)
    )  # fmt: skip


def _actions(team: Team, members: dict[str, Member]) -> list[_Done]:
    workshop = Inbox.objects.get(team=team, name="Workshop")
    key = ApiKey.objects.get(team=team, name="CRM")
    run = VendorListImport.objects.get(team=team)
    role = TeamRole.objects.get(team=team)
    rights = sentences(own_choice(role).rights)
    desk, crm = (
        Target(TargetType.INBOX, workshop.name, workshop.id),
        Target(TargetType.API_KEY, key.name, key.id),
    )
    vendor_list = Target(TargetType.VENDOR_LIST, run.source, run.id)
    people = {name: Target(TargetType.MEMBER, str(member), member.id) for name, member in members.items()}
    moved, author = 24 * story.VENDOR_LIST_DAYS_AGO, story.VENDOR_LIST_IMPORTED_BY
    return [
        _Done(moved + 0.2, author, AuditAction.VENDOR_LIST_STARTED, vendor_list, {"details": {"file": run.file_name}}),
        _Done(moved, author, AuditAction.VENDOR_LIST_ENDED, vendor_list,
              {"details": {"state": "done", **run.counts}}, None),
        _Done(300, "ruth", AuditAction.INBOX_ADDED, desk,
              {"details": {"number": workshop.number, "carrier": "Twilio"}}),
        _Done(299, "ruth", AuditAction.INVITATION_SENT, Target(TargetType.INVITATION, members["luis"].user.email),
              {"details": {"role": "Member", "inboxes": ["Front Desk", "Workshop"]}}),
        _Done(290, "luis", AuditAction.MEMBER_JOINED, people["luis"],
              {"details": {"role": "Member", "invited_by": str(members["ruth"])}}, _PHONE),
        _Done(210, "ruth", AuditAction.KEY_CREATED, crm, {"details": {"kind": key.kind, "scopes": key.scopes}}),
        _Done(180, "ruth", AuditAction.ROLE_CREATED, target_of(role), {"details": {"rights": rights}}),
        _Done(179.9, "ruth", AuditAction.MEMBER_CHANGED, people["luis"],
              {"setting": "Role", "before": "Member", "after": role.name}),
        _Done(96, "daniel", AuditAction.SETTING_CHANGED, None, {
            "section": SettingsSection.TEAM, "setting": "Answer within, in minutes of business hours",
            "before": "–", "after": str(story.WAITING_GOAL)}),
        _Done(70, "daniel", AuditAction.EXPORT_STARTED, Target(TargetType.EXPORT, "contacts"),
              {"details": {"format": "csv", "filter": ["Status: Active", "List: Spring tune-up"]}}),
        _Done(69.99, "daniel", AuditAction.EXPORT_ENDED, Target(TargetType.EXPORT, "contacts"),
              {"details": {"rows": 14, "complete": True}}),
        _Done(46, "maya", AuditAction.SIGNED_IN, people["maya"], {"details": _FIREFOX}),
        _Done(27, "nobody", AuditAction.SIGN_IN_FAILED, people["luis"], {"details": _SAFARI}, _PHONE),
        _Done(26.98, "luis", AuditAction.SIGNED_IN, people["luis"], {"details": _SAFARI}, _PHONE),
    ]  # fmt: skip
