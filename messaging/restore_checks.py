"""Checks of a restored database, before people and carriers use it. They only read, apart from a sign-in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Max
from django.test import Client
from django.urls import reverse

from accounts.models import Team
from accounts.scope_lookups import team_ids_by_slug
from contacts.contact.models import Contact
from kernel.checks import unsafe_role_reasons
from kernel.tenancy import scope
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Message
from optout.models import ConsentEvent

LISTED = 20  # missing files that are named


@dataclass
class Contents:
    """What the database holds, of all teams together."""

    teams: int = 0
    contacts: int = 0
    texts: int = 0
    ledger_entries: int = 0
    newest: datetime | None = None  # the newest text or ledger entry

    def add(self, team_id: int) -> None:
        texts = Message.objects.filter(team_id=team_id)
        entries = ConsentEvent.objects.filter(team_id=team_id)
        self.teams += 1
        self.contacts += Contact.objects.filter(team_id=team_id).count()
        self.texts += texts.count()
        self.ledger_entries += entries.count()
        times = [
            texts.aggregate(at=Max("at"))["at"],
            entries.aggregate(at=Max("recorded_at"))["at"],
            self.newest,
        ]
        self.newest = max((at for at in times if at), default=None)


def contents() -> Contents:
    found = Contents()
    for team_id in team_ids_by_slug().values():
        with scope(team_id):
            found.add(team_id)
    return found


def faults(email: str = "", password: str = "") -> Iterator[str]:
    """What is wrong, in sentences. With an email address also whether its owner can sign in."""
    yield from (f"The database role {reason}." for reason in unsafe_role_reasons())
    yield from _isolation_faults()
    yield from _ledger_faults()
    yield from _missing_files()
    if email:
        yield from _sign_in_faults(email, password)


def _isolation_faults() -> Iterator[str]:
    """Policies are part of the backup, and would be missing without a word."""
    with transaction.atomic():
        if Team.objects.exists() or Message.objects.exists():
            yield "Rows are visible without a team in scope: the policies were not restored."


def _ledger_faults() -> Iterator[str]:
    try:
        call_command("verify_ledger", verbosity=0, stdout=_Silent())
    except CommandError as error:
        yield f"The ledger is not whole: {error}"


class _Silent:
    def write(self, text: str) -> None:
        pass


def _missing_files() -> Iterator[str]:
    missing = [name for name in _stored_files() if not storages["media"].exists(name)]
    for name in missing[:LISTED]:
        yield f"The file {name} of an attachment is missing."
    if len(missing) > LISTED:
        yield f"{len(missing) - LISTED} more files of attachments are missing."


def _stored_files() -> Iterator[str]:
    for team_id in team_ids_by_slug().values():
        with scope(team_id):
            stored = Attachment.objects.filter(team_id=team_id, state=AttachmentState.STORED)
            names = list(stored.values_list("file", flat=True))
        yield from names


def _sign_in_faults(email: str, password: str) -> Iterator[str]:
    browser = Client(raise_request_exception=False, SERVER_NAME=settings.PUBLIC_HOST)
    browser.post(reverse("account_login"), {"login": email, "password": password}, secure=settings.SECURE)
    if SESSION_KEY not in browser.session:
        yield f"{email} cannot sign in."
    elif (home := browser.get(reverse("home"), follow=True, secure=settings.SECURE)).status_code != 200:
        yield f"The first page of {email} is answered with {home.status_code}."
