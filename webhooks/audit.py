"""Webhooks and the audit log: what is recorded about endpoints, and the event that tells endpoints of new entries."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.models import AuditEntry
from accounts.audit.recording import AuditActor, Target, record_action, record_changes
from accounts.models import Member
from webhooks.models import Endpoint, EventType, PayloadFormat
from webhooks.outbox import Event, record_events
from webhooks.payloads import timestamp

SYSTEM = AuditActor(ActorKind.SYSTEM, str(ActorKind.SYSTEM.label))


def record_endpoint(endpoint: Endpoint, by: Member | AuditActor, action: AuditAction, **details: Any) -> None:
    record_action(endpoint.team_id, by, action, _target(endpoint), **details)


def record_edited_endpoint(before: Endpoint, after: Endpoint, by: Member) -> None:
    values = _values(before), _values(after)
    if before.url != after.url and values[0]["Host"] == values[1]["Host"]:
        values[1]["Host"] += ", another URL"
    record_changes(by, AuditAction.ENDPOINT_CHANGED, *values, _target(after))


def host_of(endpoint: Endpoint) -> str:
    """Its host alone: the rest of a URL is often a secret of the receiver."""
    return urlsplit(endpoint.url).hostname or ""


def _values(endpoint: Endpoint) -> dict[str, str]:
    events = ", ".join(EventType(kind).label for kind in endpoint.events)
    shown_format = PayloadFormat(endpoint.format).label.partition(":")[0]
    return {"Name": endpoint.name, "Host": host_of(endpoint), "Events": events, "Format": shown_format}


def _target(endpoint: Endpoint) -> Target:
    return Target(TargetType.ENDPOINT, endpoint.name, endpoint.id)


# -- the event ---------------------------------------------------------------------------------------------------


def record_audit_events(entries: Sequence[AuditEntry]) -> None:
    """The event of each entry, in its transaction, for the endpoints that want it."""
    events = [Event(EventType.AUDIT_RECORDED, "", audit_event_data(entry)) for entry in entries]
    record_events(entries[0].team_id, events)


def _change(entry: AuditEntry) -> dict[str, str] | None:
    """What was changed. That of evidence is the number of a person, whose erasure does not find this event."""
    if not entry.setting or entry.action == AuditAction.EVIDENCE_MADE:
        return None
    return {"setting": entry.setting, "before": entry.before, "after": entry.after}


def audit_event_data(entry: AuditEntry) -> dict[str, Any]:
    return {
        "audit_id": entry.id,
        "action": entry.action,
        "title": entry.get_action_display(),
        "actor": {"kind": entry.actor_kind, "id": entry.actor_id or None, "name": entry.actor_name},
        "ip_address": entry.ip_address,
        "target": {"type": entry.target_type, "id": entry.target_id, "name": entry.target_name}
        if entry.target_type
        else None,
        "change": _change(entry),
        "details": entry.details,
        "at": timestamp(entry.at),
    }
