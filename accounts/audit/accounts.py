"""What a person does to the own account, in the audit log of each team of the person."""

from typing import Any

from django.db import transaction

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.client import client_ip
from accounts.audit.models import AuditEntry
from accounts.audit.recording import AuditActor, Target, new_entry, write_entries
from accounts.models import Member, User
from accounts.scope_lookups import teams_of_user
from kernel.tenancy import scope


def record_account_action(user: User, action: AuditAction, **details: Any) -> None:
    """Record it once the transaction has committed, if there is one: it may be in the scope of another team."""
    columns = {"ip_address": client_ip(), "details": details}
    transaction.on_commit(lambda: record_in_teams(user.pk, action, columns))


def record_in_teams(
    user_id: int, action: AuditAction, columns: dict[str, Any], by: AuditActor | None = None
) -> None:
    """Record it in each team, by the person, or by somebody else to the person."""
    for team in teams_of_user(user_id):
        with scope(team.id):
            member = Member.objects.select_related("user").filter(team_id=team.id, user_id=user_id).first()
            if member:
                write_entries([_entry(member, action, columns, by)])


def _entry(member: Member, action: AuditAction, columns: dict[str, Any], by: AuditActor | None) -> AuditEntry:
    target = Target(TargetType.MEMBER, str(member), member.id)
    return new_entry(member.team_id, by or member, action, target, **columns)
