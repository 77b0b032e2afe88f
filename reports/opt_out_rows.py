"""An opt-out or opt-in as a page and an export show it: with its line of the ledger, and what is known of it now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.do_not_text.listing import initiator_label
from kernel.phone_numbers import display
from kernel.sql import fetch_unprepared, instance_from_row
from optout.models import PERSONS_OWN, Action, ConsentEvent, Origin, StandingState


class ChangeRef(NamedTuple):
    """What the index of changes tells."""

    id: int
    at: datetime
    event_id: int
    inbox_id: int
    last_message_id: int | None


class LastText(NamedTuple):
    """The last text that we had sent this number before it."""

    at: datetime
    body: str
    has_media: bool
    author: str

    @property
    def erased(self) -> bool:
        return not (self.body or self.has_media)


@dataclass(frozen=True)
class OptOutRow:
    entry: ChangeRef
    event: ConsentEvent
    contact: Contact | None
    state: StandingState  # of the number now, in the line's inbox if it has one
    box: str  # the name of that inbox today
    last: LastText | None
    team: Team

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
    def what(self) -> str:
        return f"{'Opted out' if self.opted_out else 'Opted in'}{'' if self.event.changed else ', again'}"

    @property
    def who(self) -> str:
        return initiator_label(self.event.origin, self.event.actor_name)

    @property
    def by_person(self) -> bool:
        """Whether it was the person's own will rather than recorded by the team."""
        return self.event.origin in PERSONS_OWN

    @property
    def initiator_group(self) -> str:
        """Who initiated it, in a word."""
        words = {Origin.CONTACT: "Person", Origin.CARRIER: "Carrier", Origin.VENDOR_LIST: "Moved in"}
        return words.get(Origin(self.event.origin), "Team")

    @property
    def inbox(self) -> str:
        """Where it was heard, as it was called then; else where the last text was."""
        return self.event.inbox_name or self.box

    @property
    def inbox_is_of_last_text(self) -> bool:
        return not self.event.inbox_name and bool(self.box)

    @property
    def last_text_body(self) -> str:
        """As a cell of a file."""
        if self.last is None:
            return "(none)"
        return self.last.body or ("(attachment)" if self.last.has_media else "(erased)")

    @property
    def recorded_later(self) -> bool:
        return self.event.recorded_at - self.event.happened_at > timedelta(days=1)

    def local(self, at: datetime) -> str:
        """2026-11-22 16:01:05-08:00, by the team's clock."""
        return at.astimezone(ZoneInfo(self.team.time_zone)).isoformat(" ", "seconds")


def load_rows(team: Team, entries: Sequence[ChangeRef]) -> Iterator[OptOutRow]:
    """Each with whatever is shown beside it, in their order; each table is read once."""
    events = {
        event.id: event
        for event in ConsentEvent.select_rows(
            "team_id = $1 AND id = ANY($2)", team.id, [one.event_id for one in entries]
        )
    }
    numbers = list({event.number for event in events.values()})
    people, stopped = _people(team, numbers), _stopped(team, numbers)
    texts = _texts(team, [one.last_message_id for one in entries if one.last_message_id])
    boxes = dict(team.inboxes.values_list("id", "name"))
    for one in entries:
        event = events[one.event_id]
        kinds = [kind for box, kind in stopped.get(event.number, ()) if box in (None, one.inbox_id)]
        state = (
            StandingState(min(kinds)) if kinds else StandingState.ACTIVE
        )  # "block" stands before "opt_out"
        yield OptOutRow(
            one, event, people.get(event.number), state, boxes.get(one.inbox_id, ""),
            texts.get(one.last_message_id), team,
        )  # fmt: skip


_NAMES = ("number", "first_name", "last_name", "display_name")  # in the order of the model
_NAMED = [Contact._meta.get_field(name) for name in _NAMES]


def _people(team: Team, numbers: list[str]) -> dict[str, Contact]:
    rows = fetch_unprepared(
        f"SELECT {', '.join(_NAMES)} FROM contacts_contact WHERE team_id = $1 AND number = ANY($2::text[])",
        team.id, numbers,
    )  # fmt: skip
    return {row[0]: instance_from_row(Contact, _NAMED, row) for row in rows}


def _stopped(team: Team, numbers: list[str]) -> dict[str, list[tuple[int | None, str]]]:
    """What takes the right to text away from each number, and in which inbox."""
    stopped: dict[str, list[tuple[int | None, str]]] = {}
    for number, box, kind in fetch_unprepared(
        "SELECT number, inbox_id, kind FROM optout_suppression WHERE team_id = $1 AND number = ANY($2::text[])",
        team.id, numbers,
    ):  # fmt: skip
        stopped.setdefault(number, []).append((box, kind))
    return stopped


def _texts(team: Team, ids: list[int]) -> dict[Any, LastText]:
    rows = fetch_unprepared(
        "SELECT id, at, body, media <> '[]', author_name FROM messaging_message"
        " WHERE team_id = $1 AND id = ANY($2::bigint[])",
        team.id, ids,
    )  # fmt: skip
    return {id: LastText(*rest) for id, *rest in rows}
