"""Registration of endpoints: add one, change it, and give it a new secret."""

from accounts.audit.actions import AuditAction
from accounts.audit.recording import AuditActor
from accounts.models import Member
from kernel.tenancy import scope
from webhooks.audit import host_of, record_edited_endpoint, record_endpoint
from webhooks.models import Endpoint

MAX_ENDPOINTS = 20  # of a team
MAX_TRIGGERS = 50  # of n8n, whose workflows need one for each inbox


class TooManyEndpoints(Exception):
    """The team has as many endpoints, or triggers of n8n, as it may; the message says what to do."""

    def __init__(self, most: int, kind: str) -> None:
        super().__init__(f"A team has at most {most} {kind}. Delete one that you no longer need.")


def add_endpoint(endpoint: Endpoint, by: Member | AuditActor, *, token: str = "") -> str:
    """Save a new endpoint. The secret to show once; none if its receiver checks this `token`.

    Raises TooManyEndpoints.
    """
    secret = _set_secret(endpoint, token)
    with scope(endpoint.team_id):
        # Locked, so that two requests at once do not both add the last one.
        others = Endpoint.objects.select_for_update(no_key=True).filter(team_id=endpoint.team_id)
        _check_number(endpoint, sum(other.is_of_n8n == endpoint.is_of_n8n for other in others))
        endpoint.save()
        record_endpoint(endpoint, by, AuditAction.ENDPOINT_ADDED, host=host_of(endpoint))
    return secret


def _check_number(endpoint: Endpoint, others: int) -> None:
    most, kind = (MAX_TRIGGERS, "triggers of n8n") if endpoint.is_of_n8n else (MAX_ENDPOINTS, "endpoints")
    if others >= most:
        raise TooManyEndpoints(most, kind)


def change_endpoint(before: Endpoint, endpoint: Endpoint, by: Member, *, token: str = "") -> str:
    """Save an endpoint. The secret to show once, if another format needs a new one."""
    needs_secret = bool(token) or endpoint.format != before.format
    secret = _set_secret(endpoint, token) if needs_secret else ""
    with scope(endpoint.team_id):
        endpoint.save(update_fields=["name", "url", "events", "format"])
        record_edited_endpoint(before, endpoint, by)
        if needs_secret:
            _save_secret(endpoint, by)
    return secret


def replace_secret(endpoint: Endpoint, by: Member | AuditActor) -> str:
    """Give an endpoint, under its row lock, a new secret or token, which is to be shown once."""
    secret = endpoint.new_secret()
    _save_secret(endpoint, by)
    return secret


def _save_secret(endpoint: Endpoint, by: Member | AuditActor) -> None:
    endpoint.save(update_fields=["secrets", "rotated_at", "token"])
    record_endpoint(endpoint, by, AuditAction.SECRET_CREATED)


def _set_secret(endpoint: Endpoint, token: str) -> str:
    if not token:
        return endpoint.new_secret()
    endpoint.token = token
    return ""
