"""Evidence sheets: all that is on record about a number's consent, or the changes of an inbox in a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.audit.actions import AuditAction
from accounts.audit.models import SettingsSection
from accounts.audit.recording import new_entry, write_entries
from accounts.models import Inbox, Member
from kernel.phone_numbers import display
from kernel.tenancy import scope
from messaging.evidence.entries import Part, entry_parts
from messaging.evidence.refused_sends import refused_parts
from optout import ledger
from optout.ledger_hash import utc
from optout.models import ConsentEvent
from optout.roots.making import number_entries
from optout.roots.models import LedgerRoot
from optout.roots.tree import RootPaths, count_numbered

BATCH = 1000  # entries of the ledger that are looked at in one scope
HOW_TO_CHECK = (
    "Run `python verify.py FILE.json` with the checker from {url}/evidence/verify.py, one file of plain Python."
    " Compare the key with {url}/evidence/keys, and the root with the copy that the business received on its day."
)


@dataclass(frozen=True)
class LedgerPeriod:
    """The changes of one inbox, recorded from `start` (included) to `end` (excluded)."""

    inbox: Inbox
    start: datetime
    end: datetime


def newest_root(team_id: int) -> LedgerRoot | None:
    return LedgerRoot.objects.filter(team_id=team_id).order_by("-day").first()


def number_parts(member: Member, number: str) -> list[Part]:
    """The parts of a number's sheet, in the scope of the team."""
    events = list(ledger.entries(member.team_id, number).order_by("position"))
    root = newest_root(member.team_id)
    paths = RootPaths.to(root) if root else None
    subject = {"number": number, "shown": display(number)}
    return [
        about_part(member, subject, entries=len(events)),
        *([root_part(root)] if root else []),
        *entry_parts(member.team_id, events, paths),
        *refused_parts(member.team_id, number),
    ]


def about_part(member: Member, subject: dict[str, Any], **more: Any) -> Part:
    team, url = member.team, settings.PUBLIC_URL
    return {
        "kind": "about",
        "business": {"id": team.id, "name": team.name},
        "subject": subject,
        "made": {"at": utc(timezone.now()), "by": str(member), "member": member.id},
        "installation": url,
        "how_to_check": HOW_TO_CHECK.format(url=url),
        **more,
    }


def root_part(root: LedgerRoot) -> Part:
    return {"kind": "root", "statement": root.statement, "signature": root.signature}


def record_making(member: Member, subject: str, made_as: str) -> None:
    """Record who made a sheet, in the scope of the team."""
    entry = new_entry(
        member.team_id, member, AuditAction.EVIDENCE_MADE, section=SettingsSection.EVIDENCE,
        setting=f"Evidence: {subject}"[:120], after=made_as,
    )  # fmt: skip
    write_entries([entry])


# -- periods -----------------------------------------------------------------------------------------------------


def period_parts(member: Member, period: LedgerPeriod) -> Iterator[Part]:
    """The parts of a period's sheet, in the order of the feed; each batch is read in a scope of its own."""
    number_entries(member.team_id)
    with scope(member.team_id):
        root, numbered = newest_root(member.team_id), count_numbered(member.team_id)
        paths = RootPaths.to(root) if root else None
    subject = {
        "inbox": {"id": period.inbox.id, "name": period.inbox.name, "number": period.inbox.number},
        "from": utc(period.start), "until": utc(period.end),
    }  # fmt: skip
    yield about_part(member, subject)
    if root:
        yield root_part(root)
    for events in period_entries(member.team_id, period, numbered):
        with scope(member.team_id):
            parts = entry_parts(member.team_id, events, paths)
        yield from parts


def period_entries(team_id: int, period: LedgerPeriod, numbered: int) -> Iterator[list[ConsentEvent]]:
    """The entries of a period in batches, none of them empty."""
    for start in range(0, numbered, BATCH):
        with scope(team_id):
            ids = ledger.ids_by_feed_position(team_id, start, start + BATCH)
            found = ConsentEvent.objects.filter(
                team_id=team_id, id__in=ids, inbox_id=period.inbox.id,
                recorded_at__gte=period.start, recorded_at__lt=period.end,
            ).order_by("id")  # fmt: skip
            events = list(found)
        if events:
            yield events
