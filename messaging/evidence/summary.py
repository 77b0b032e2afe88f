"""Summary of a period as PDF: how many changes of each kind an inbox had, by month and by who made them."""

from collections import Counter
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from accounts.models import Member
from kernel.tenancy import scope
from messaging.evidence.pdf import SheetPDF
from messaging.evidence.printable import clock
from messaging.evidence.sheet import LedgerPeriod, newest_root, period_entries
from optout.ledger_hash import utc
from optout.models import Origin
from optout.roots.making import number_entries
from optout.roots.models import LedgerRoot
from optout.roots.tree import count_numbered
from optout.signing import signing_keys

type Counts = Counter[tuple[str, str, str]]  # by month, action and origin


def summary_pdf(member: Member, period: LedgerPeriod) -> Iterator[bytes]:
    """The file, in one piece."""
    number_entries(member.team_id)
    with scope(member.team_id):
        numbered, root = count_numbered(member.team_id), newest_root(member.team_id)
    counts = _count(member, period, numbered)
    pdf = SheetPDF(f"{member.team.name}: changes of consent in {period.inbox.name}")
    _write_head(pdf, member, period, counts)
    _write_counts(pdf, counts)
    _write_check(pdf, root)
    yield bytes(pdf.output())


def _count(member: Member, period: LedgerPeriod, numbered: int) -> Counts:
    zone = ZoneInfo(member.team.time_zone)
    counts: Counts = Counter()
    for events in period_entries(member.team_id, period, numbered):
        counts.update(
            (f"{event.recorded_at.astimezone(zone):%Y-%m}", event.action, event.origin) for event in events
        )
    return counts


def _write_head(pdf: SheetPDF, member: Member, period: LedgerPeriod, counts: Counts) -> None:
    pdf.line_of(member.team.name, size=10, style="")
    pdf.line_of(f"Changes of consent: {period.inbox.name}", size=18, style="B")
    pdf.ln(2)
    pdf.row("Inbox", f"{period.inbox.name} ({period.inbox.number})")
    pdf.row("From", clock(utc(period.start)))
    pdf.row("Until", f"{clock(utc(period.end))} (excluded)")
    pdf.row("By", str(member))
    pdf.row("Changes", f"{counts.total():,}")


def _write_counts(pdf: SheetPDF, counts: Counts) -> None:
    pdf.heading("Changes by month")
    for month in sorted({month for month, _, _ in counts}):
        pdf.line_of(month, style="B")
        for (of, action, origin), count in sorted(counts.items()):
            if of == month:
                by = Origin(origin).label
                pdf.line_of(f"{count:,} {action.replace('_', ' ')} by {by}")
        pdf.ln(1)


def _write_check(pdf: SheetPDF, root: LedgerRoot | None) -> None:
    pdf.heading("How to check this")
    pdf.line_of(
        "This page only counts. The signed JSON file of the same period has every change with its proof."
    )
    if root:
        pdf.row("Root", root.hash)
        pdf.row("Root of", f"{root.day}, over {root.entries:,} entries")
    pdf.row("Key", f"{signing_keys()[0].id} = {signing_keys()[0].public_key}")
