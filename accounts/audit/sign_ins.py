"""Sign-ins in the audit log of each team of the person: those that succeeded, and those with a wrong password."""

import re
from typing import Any

from django.http import HttpRequest

from accounts.addresses import account_of
from accounts.audit.accounts import record_account_action, record_in_teams
from accounts.audit.actions import ActorKind, AuditAction
from accounts.audit.client import client_ip
from accounts.audit.recording import AuditActor
from accounts.models import User
from kernel.background import BatchQueue

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


def browser_of(request: HttpRequest) -> str:
    """The browser in words; empty if the request does not name it."""
    return describe_browser(request.headers.get("User-Agent", ""))


def record_sign_in(request: HttpRequest, user: User) -> None:
    record_account_action(user, AuditAction.SIGNED_IN, **details_of_sign_in(request))


def record_failed_sign_in(request: HttpRequest, email: str, **details: str) -> None:
    """Record it in the background, so that the response takes as long for an address without an account."""
    columns = {"ip_address": client_ip(), "details": details_of_sign_in(request) | details}
    _failures.put((email, columns))


def details_of_sign_in(request: HttpRequest) -> dict[str, Any]:
    browser = browser_of(request)
    return {"browser": browser} if browser else {}


def _record_failures(failures: list[tuple[str, dict[str, Any]]]) -> None:
    nobody = AuditActor(ActorKind.NOBODY, str(ActorKind.NOBODY.label))
    for email, columns in failures:
        if user := account_of(email):
            record_in_teams(user.pk, AuditAction.SIGN_IN_FAILED, columns, nobody)


_failures: BatchQueue[tuple[str, dict[str, Any]]] = BatchQueue(_record_failures)
