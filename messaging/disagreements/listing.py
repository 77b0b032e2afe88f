"""Disagreements: numbers to which an inbox's carrier refuses texts, although our own standing does not explain it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, TextChoices, Value, When

from accounts.models import Inbox, Team
from contacts.contact.models import Contact
from kernel import keyset
from kernel.keyset import Cursor
from kernel.phone_numbers import display
from kernel.tenancy import scope
from messaging.carriers.error_codes import carrier_reason
from messaging.disagreements.repairs import carrier_list
from messaging.models import Message, MessageStatus
from optout.carrier_opt_outs.models import CarrierOptOut
from optout.models import Origin, Suppression, SuppressionKind

PAGE_SIZE = 50
COUNT_LIMIT = 10_000  # a higher count is shown as "more than"
_BY_CARRIER = Q(kind=SuppressionKind.OPT_OUT, origin=Origin.CARRIER)


class Disagreement(TextChoices):
    """What we say about a number, and what its carrier says."""

    REFUSED = "refused", "We say active, and the carrier refuses"
    ONE_INBOX = "one_inbox", "Opted out of one inbox, because its carrier refuses"
    MISSED = "missed", "Opted out by the carrier’s word alone"
    EXPECTED = "expected", "We say active, and the carrier will probably refuse"


def disagreements(team: Team, kind: str = "", inbox_id: int | None = None) -> QuerySet[CarrierOptOut]:
    """The open carrier opt-outs with `disagreement`; those that our standing explains are left out, newest first.

    One ends when the person texts START to the inbox, and when the carrier takes a later text.
    """
    rows = CarrierOptOut.objects.filter(team_id=team.id, ended_at=None)
    here = Suppression.objects.filter(
        team_id=team.id, number=OuterRef("number"), inbox_id=OuterRef("inbox_id")
    )
    everywhere = Suppression.objects.filter(team_id=team.id, number=OuterRef("number"), inbox=None)
    rows = rows.exclude(Exists(here.exclude(_BY_CARRIER))).exclude(Exists(everywhere.exclude(_BY_CARRIER)))
    rows = rows.exclude(Exists(_taken_since(team)))
    rows = rows.annotate(
        disagreement=Case(
            When(Exists(here), then=Value(Disagreement.ONE_INBOX)),
            When(Exists(everywhere), then=Value(Disagreement.MISSED)),
            When(refusals=0, then=Value(Disagreement.EXPECTED)),
            default=Value(Disagreement.REFUSED),
        )
    )
    rows = rows.filter(disagreement=kind) if kind else rows
    return (rows.filter(inbox_id=inbox_id) if inbox_id else rows).order_by("-last_at", "-id")


def _taken_since(team: Team) -> QuerySet[Message]:
    return Message.objects.filter(
        team_id=team.id,
        conversation__team_id=team.id,
        conversation__inbox_id=OuterRef("inbox_id"),
        conversation__number=OuterRef("number"),
        outbound=True,
        status__in=[MessageStatus.SENT, MessageStatus.DELIVERED],
        claimed_at__gt=OuterRef("last_at"),
    )


@dataclass(frozen=True)
class DisagreementRow:
    """A number with which a carrier and we disagree."""

    opt_out: Any  # a CarrierOptOut with `disagreement`
    inbox: Inbox
    contact: Contact | None
    refused: Message | None
    team: Team

    @property
    def kind(self) -> Disagreement:
        return Disagreement(self.opt_out.disagreement)

    @property
    def is_stopped(self) -> bool:
        return self.kind in (Disagreement.ONE_INBOX, Disagreement.MISSED)

    @property
    def shown_number(self) -> str:
        return display(self.opt_out.number, self.team.country)

    @property
    def carrier_says(self) -> str:
        """The code of the last refusal in words."""
        if not self.opt_out.refusals:
            return "Nothing yet: it got a STOP and no START"
        code = self.refused.error_code if self.refused else ""
        return f"{carrier_reason(code)} ({code})" if code else "The person opted out there"

    @property
    def repair(self) -> str:
        return f"The person texts START to {display(self.inbox.number, self.team.country)}."

    @property
    def more_repairs(self) -> list[str]:
        """What else there is to do or to know."""
        missed = "Its STOP did not arrive here: see the Connection page of the inbox."
        return [*([missed] if self.kind is Disagreement.MISSED else []), carrier_list(self.inbox)]


def read_rows(team: Team, opt_outs: Any) -> list[DisagreementRow]:
    """The rows with what belongs to them, in the same order, in the scope of the team."""
    found = list(opt_outs)
    numbers, texts = [row.number for row in found], [row.message_id for row in found if row.message_id]
    contacts = {
        contact.number: contact for contact in Contact.objects.filter(team_id=team.id, number__in=numbers)
    }
    refused = Message.objects.filter(team_id=team.id).in_bulk(texts)
    inboxes = team.inboxes.in_bulk({row.inbox_id for row in found})
    return [
        DisagreementRow(
            row, inboxes[row.inbox_id], contacts.get(row.number), refused.get(row.message_id or 0), team
        )
        for row in found
    ]


@dataclass(frozen=True)
class DisagreementPage:
    rows: list[DisagreementRow]
    next: Cursor | None


def fetch_page(team: Team, kind: str, inbox_id: int | None, after: Cursor | None) -> DisagreementPage:
    """The page after the cursor."""
    found: QuerySet[Any] = disagreements(team, kind, inbox_id)
    if after:
        found = keyset.after(found, "last_at", after)
    rows = list(found[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    cursor = Cursor(shown[-1].id, shown[-1].last_at) if len(rows) > PAGE_SIZE else None
    return DisagreementPage(read_rows(team, shown), cursor)


def count_in_words(team: Team, kind: str, inbox_id: int | None) -> str:
    count = disagreements(team, kind, inbox_id).order_by().values("id")[: COUNT_LIMIT + 1].count()
    if count > COUNT_LIMIT:
        return f"more than {COUNT_LIMIT:,} numbers"
    return "1 number" if count == 1 else f"{count:,} numbers"


def all_rows(team: Team, kind: str, inbox_id: int | None, size: int) -> Iterator[list[DisagreementRow]]:
    """All that match, newest first, each batch read in its own scope."""
    last: Cursor | None = None
    while True:
        with scope(team.id):
            found: QuerySet[Any] = disagreements(team, kind, inbox_id)
            found = keyset.after(found, "last_at", last) if last else found
            batch = read_rows(team, found[:size])
        yield batch
        if len(batch) < size:
            return
        last = Cursor(batch[-1].opt_out.id, batch[-1].opt_out.last_at)
