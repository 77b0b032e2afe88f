"""The program that makes a request, as the audit log names it."""

from accounts.audit.actions import ActorKind
from accounts.audit.recording import AuditActor
from api.router import ApiRequest


def audit_actor(request: ApiRequest) -> AuditActor:
    return AuditActor(ActorKind.API_KEY, request.key.name, request.key.id)
