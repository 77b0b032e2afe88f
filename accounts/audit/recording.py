"""Recording in the audit log, by the operations themselves and in their transactions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.client import client_ip
from accounts.audit.models import AuditEntry
from accounts.models import Member

# Told of entries that were just written, in their transaction. Higher packages register theirs here.
OBSERVERS: list[Callable[[Sequence[AuditEntry]], None]] = []


@dataclass(frozen=True)
class AuditActor:
    """Who acts, with the present name."""

    kind: ActorKind
    name: str
    id: int = 0

    @classmethod
    def of(cls, member: Member) -> "AuditActor":
        return cls(ActorKind.MEMBER, str(member), member.id)


class Target(NamedTuple):
    """What an action is done to, with its present name."""

    type: TargetType
    name: str
    id: int | None = None


def record_action(
    team_id: int, by: Member | AuditActor, action: AuditAction, target: Target | None = None, **details: Any
) -> AuditEntry:
    """Record an action, in the scope of the team. `details` are words, numbers and lists for people and programs."""
    entry = new_entry(team_id, by, action, target, details=details)
    write_entries([entry])
    return entry


def record_changes(
    by: Member,
    action: AuditAction,
    before: Mapping[str, str],
    after: Mapping[str, str],
    target: Target | None,
    **columns: Any,
) -> None:
    """Record each value that differs, by its name. Values are as pages show them."""
    write_entries(
        new_entry(
            by.team_id,
            by,
            action,
            target,
            setting=name[:120],
            before=before.get(name, ""),
            after=value,
            **columns,
        )
        for name, value in after.items()
        if value != before.get(name, "")
    )


def new_entry(
    team_id: int, by: Member | AuditActor, action: AuditAction, target: Target | None = None, **columns: Any
) -> AuditEntry:
    """An entry that is not written yet."""
    actor = AuditActor.of(by) if isinstance(by, Member) else by
    if target:
        columns |= {"target_type": target.type, "target_id": target.id, "target_name": target.name[:254]}
    return AuditEntry(
        team_id=team_id, action=action, actor_kind=actor.kind, actor_id=actor.id, actor_name=actor.name[:254],
        **{"ip_address": client_ip(), **columns},
    )  # fmt: skip


def write_entries(entries: Iterable[AuditEntry]) -> None:
    """Write entries, all of one team."""
    if written := AuditEntry.objects.bulk_create(entries):
        for observer in OBSERVERS:
            observer(written)
