"""Sign-ins in the audit log of each team of the person: those that succeeded, and those with a wrong password."""

import re
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from accounts.addresses import account_of
from accounts.audit.actions import ActorKind, AuditAction, TargetType
from accounts.audit.client import client_ip
from accounts.audit.models import AuditEntry
from accounts.audit.recording import AuditActor, Target, new_entry, write_entries
from accounts.models import Member, User
from accounts.scope_lookups import teams_of_user
from kernel.background import BatchQueue
from kernel.tenancy import scope

# The first that matches; most browsers also name those that come after them here.
_BROWSERS = {
    "Edge": r"Edg(?:e|A|iOS)?/(\d+)",
    "Opera": r"OPR/(\d+)",
    "Samsung Internet": r"SamsungBrowser/(\d+)",
    "Firefox": r"(?:Firefox|FxiOS)/(\d+)",
    "Chrome": r"(?:Chrome|CriOS)/(\d+)",
    "Safari": r"Version/(\d+)[\d.]* .*Safari/",
}
_SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "ChromeOS": "CrOS",
    "macOS": "Macintosh", "Linux": "Linux",
}  # fmt: skip


def describe_browser(user_agent: str) -> str:
    """ "Firefox 146 on Windows" for a User-Agent header; its beginning if it names no browser known here. Pure."""
    found = ((name, re.search(pattern, user_agent)) for name, pattern in _BROWSERS.items())
    browser = next((f"{name} {match[1]}" for name, match in found if match), "")
    system = next((name for name, word in _SYSTEMS.items() if word in user_agent), "")
    return " on ".join(filter(None, (browser, system))) or re.sub(r"[^ -~]", "", user_agent)[:80]


def record_sign_in(request: HttpRequest, user: User) -> None:
    """Record it once the transaction has committed, if there is one: it may be in the scope of another team."""
    columns = _columns(request)
    transaction.on_commit(lambda: _record(user.pk, AuditAction.SIGNED_IN, columns))


def record_failed_sign_in(request: HttpRequest, email: str) -> None:
    """Record it in the background, so that the response takes as long for an address without an account."""
    _failures.put((email, _columns(request)))


def _columns(request: HttpRequest) -> dict[str, Any]:
    browser = describe_browser(request.headers.get("User-Agent", ""))
    return {"ip_address": client_ip(), "details": {"browser": browser} if browser else {}}


def _record(user_id: int, action: AuditAction, columns: dict[str, Any]) -> None:
    for team in teams_of_user(user_id):
        with scope(team.id):
            member = Member.objects.select_related("user").filter(team_id=team.id, user_id=user_id).first()
            if member:
                write_entries([_entry(member, action, columns)])


def _entry(member: Member, action: AuditAction, columns: dict[str, Any]) -> AuditEntry:
    by = (
        member
        if action == AuditAction.SIGNED_IN
        else AuditActor(ActorKind.NOBODY, str(ActorKind.NOBODY.label))
    )
    target = Target(TargetType.MEMBER, str(member), member.id)
    return new_entry(member.team_id, by, action, target, **columns)


def _record_failures(failures: list[tuple[str, dict[str, Any]]]) -> None:
    for email, columns in failures:
        if user := account_of(email):
            _record(user.pk, AuditAction.SIGN_IN_FAILED, columns)


_failures: BatchQueue[tuple[str, dict[str, Any]]] = BatchQueue(_record_failures)
