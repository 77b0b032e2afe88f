"""Rows of the opt-out report: a change with its ledger entry, and with contact, standing and last text as of now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.do_not_text.listing import initiator_label
from kernel.phone_numbers import display
from messaging.models import Message
from optout.models import PERSONS_OWN, Action, ConsentEvent, Origin, StandingState, Suppression
from reports import wording


class ChangeRef(NamedTuple):
    """One row of IndexedChange."""

    id: int
    at: datetime
    event_id: int
    inbox_id: int
    last_message_id: int | None


class LastText(NamedTuple):
    """Our last text to the number before a change."""

    at: datetime
    body: str
    has_media: bool
    author: str


@dataclass(frozen=True)
class OptOutRow:
    change: ChangeRef
    event: ConsentEvent
    contact: Contact | None
    state: StandingState  # of the number now, in the inbox of the change if it has one
    inbox_name: str  # of that inbox today
    last: LastText | None
    team: Team
    only_in_inbox: bool = False  # that state is of this inbox alone

    @property
    def standing_now(self) -> str:
        return f"{self.state.label} of {self.inbox_name}" if self.only_in_inbox else str(self.state.label)

    @property
    def number(self) -> str:
        return self.event.number

    @property
    def shown_number(self) -> str:
        return display(self.number, self.team.country)

    @property
    def address(self) -> str:
        name = "contact" if self.contact else "standing"
        return reverse(name, args=[self.team.slug, self.number])

    @property
    def opted_out(self) -> bool:
        return self.event.action == Action.OPTED_OUT

    @property
    def action_label(self) -> str:
        of = (
            f" {'of' if self.opted_out else 'to'} {self.event.inbox_name}" if self.event.only_in_inbox else ""
        )
        return f"{'Opted out' if self.opted_out else 'Opted in'}{of}{'' if self.event.changed else ' again'}"

    @property
    def applies_to(self) -> str:
        """The only inbox that the change concerns, or all."""
        return self.event.inbox_name if self.event.only_in_inbox else "all inboxes"

    @property
    def initiator(self) -> str:
        return initiator_label(self.event.origin, self.event.actor_name)

    @property
    def by_person(self) -> bool:
        """Whether the person opted out or in, not the team."""
        return self.event.origin in PERSONS_OWN

    @property
    def initiator_group(self) -> str:
        """The initiator in a word."""
        words = {Origin.CARRIER: "Carrier", Origin.VENDOR_LIST: "Vendor list", Origin.LINKED: "Linked team"}
        return words.get(Origin(self.event.origin), "Person" if self.by_person else "Team")

    @property
    def inbox(self) -> str:
        """The name of the change's inbox at that time, else of the last text's inbox."""
        return self.event.inbox_name or self.inbox_name

    @property
    def inbox_is_of_last_text(self) -> bool:
        return not self.event.inbox_name and bool(self.inbox_name)

    @property
    def last_text_body(self) -> str:
        """The text in a file."""
        if self.last is None:
            return "(none)"
        return self.last.body or ("(attachment)" if self.last.has_media else "(erased)")

    @property
    def recorded_later(self) -> bool:
        return self.event.recorded_at - self.event.happened_at > timedelta(days=1)

    def local(self, at: datetime) -> str:
        return wording.format_local(at, ZoneInfo(self.team.time_zone))


def load_rows(team: Team, changes: Sequence[ChangeRef]) -> Iterator[OptOutRow]:
    """The rows of some changes, in the same order. Reads each table once."""
    events = ConsentEvent.objects.filter(team_id=team.id).in_bulk([change.event_id for change in changes])
    numbers = list({event.number for event in events.values()})
    contacts, suppressions = _contacts(team, numbers), _suppressions(team, numbers)
    texts = _last_texts(team, [change.last_message_id for change in changes if change.last_message_id])
    inboxes = dict(team.inboxes.values_list("id", "name"))
    for change in changes:
        event = events[change.event_id]
        rows = [row for row in suppressions.get(event.number, ()) if row[0] in (None, change.inbox_id)]
        kinds = [kind for _, kind in rows]
        # min(): "block" sorts before "opt_out".
        state = StandingState(min(kinds)) if kinds else StandingState.ACTIVE
        yield OptOutRow(
            change, event, contacts.get(event.number), state, inboxes.get(change.inbox_id, ""),
            texts.get(change.last_message_id), team, bool(rows) and all(inbox_id for inbox_id, _ in rows),
        )  # fmt: skip


def _contacts(team: Team, numbers: list[str]) -> dict[str, Contact]:
    contacts = Contact.objects.filter(team_id=team.id, number__in=numbers)
    return {
        contact.number: contact
        for contact in contacts.only("number", "first_name", "last_name", "display_name")
    }


def _suppressions(team: Team, numbers: list[str]) -> dict[str, list[tuple[int | None, str]]]:
    """The inbox and kind of each number's suppressions."""
    rows = Suppression.objects.filter(team_id=team.id, number__in=numbers)
    suppressions: dict[str, list[tuple[int | None, str]]] = {}
    for number, inbox_id, kind in rows.values_list("number", "inbox_id", "kind"):
        suppressions.setdefault(number, []).append((inbox_id, kind))
    return suppressions


def _last_texts(team: Team, ids: list[int]) -> dict[int | None, LastText]:
    rows = Message.objects.filter(team_id=team.id, id__in=ids)
    return {
        id: LastText(at, body, bool(media), author)
        for id, at, body, media, author in rows.values_list("id", "at", "body", "media", "author_name")
    }
