"""List of a broadcast's people: pages and batches of them with their outcome, narrowed to an outcome or an effect."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.models import Team
from contacts.contact.models import Contact
from kernel.keyset import Cursor
from kernel.phone_numbers import display
from kernel.tenancy import scope
from messaging.broadcasts.erasure import ERASED
from messaging.broadcasts.figures import texts_of, with_effects
from messaging.broadcasts.left_out import LeftOut, describe_left_out
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus, RecipientState
from messaging.broadcasts.outcomes import STATUSES, RecipientOutcome, outcome_of
from messaging.broadcasts.wording import describe_refusal
from messaging.models import Message
from optout.models import StandingState
from optout.number_state import standings

PAGE_SIZE = 50
REPLIED, OPTED_OUT, UNDERSTOOD = "replied", "opted_out", "understood"
EFFECTS = {REPLIED: "Replied", OPTED_OUT: "Opted out within 72 hours", UNDERSTOOD: "Understood as opt-out"}


@dataclass(frozen=True)
class RecipientQuery:
    """Which people a page lists: those of an outcome, with a reason or a carrier's code; or those with an effect."""

    state: str = ""  # a RecipientOutcome, or a key of EFFECTS
    reason: str = ""  # a LeftOut
    code: str | None = None  # of a failed text; None for all

    @classmethod
    def read(cls, data: QueryDict) -> "RecipientQuery":
        """From an address; what cannot be read asks for nothing."""
        state, reason = data.get("state", ""), data.get("reason", "")
        known = state in RecipientOutcome.values or state in EFFECTS
        return cls(
            state=state if known else "",
            reason=reason if reason in LeftOut.values and state == RecipientOutcome.LEFT_OUT else "",
            code=data.get("code", "")[:12] if "code" in data and state == RecipientOutcome.FAILED else None,
        )

    @property
    def query(self) -> str:
        parts = {"state": self.state, "reason": self.reason}
        kept = {name: value for name, value in parts.items() if value}
        return urlencode(kept | ({"code": self.code} if self.code is not None else {}))

    @property
    def label(self) -> str:
        if self.reason:
            return f"Left out: {LeftOut(self.reason).label}"
        if self.state in EFFECTS:
            return EFFECTS[self.state]
        return str(RecipientOutcome(self.state).label) if self.state else "Everybody"


@dataclass(frozen=True)
class ListedRecipient:
    """One person of a broadcast with what became of the text."""

    recipient: BroadcastRecipient
    contact: Contact | None
    message: Message | None
    outcome: RecipientOutcome
    team: Team
    inbox: str = ""  # the name of the inbox that texted or would have texted
    state: StandingState = StandingState.ACTIVE  # of the number now, in the inbox of the broadcast; on pages

    @property
    def is_erased(self) -> bool:
        return self.recipient.number.startswith(ERASED)

    @property
    def shown_number(self) -> str:
        return "Erased" if self.is_erased else display(self.recipient.number, self.team.country)

    @property
    def reason(self) -> str:
        """Why there was no text, or why it did not arrive; empty if nothing is wrong."""
        if self.outcome == RecipientOutcome.LEFT_OUT:
            return describe_left_out(self.recipient.reason, self.inbox)
        if self.outcome == RecipientOutcome.HELD:
            return self.recipient.held_reason
        if self.message and self.outcome == RecipientOutcome.REFUSED:
            return describe_refusal(self.message.reason)
        return self.message.trouble if self.message else ""

    @property
    def at(self) -> Any:
        return self.message.at if self.message else self.recipient.at


@dataclass(frozen=True)
class RecipientPage:
    rows: list[ListedRecipient]
    next: Cursor | None


def fetch_page(broadcast: Broadcast, team: Team, query: RecipientQuery, after: int) -> RecipientPage:
    """The page behind an ID, in the scope of the team. A page of texts is in the order of the texts."""
    rows = _fetch(broadcast, team, query, after, PAGE_SIZE + 1)
    page = _with_states(rows[:PAGE_SIZE])
    more = len(rows) > PAGE_SIZE
    return RecipientPage(page, Cursor(_key(page[-1], query)) if more else None)


def _with_states(rows: list[ListedRecipient]) -> list[ListedRecipient]:
    found = standings(rows[0].team.id, [row.recipient.number for row in rows]) if rows else {}
    return [
        replace(row, state=standing.in_inbox(row.recipient.inbox_id).state)
        if (standing := found.get(row.recipient.number))
        else row
        for row in rows
    ]


def read_batches(
    broadcast: Broadcast, team: Team, query: RecipientQuery, size: int
) -> Iterator[list[ListedRecipient]]:
    """All rows in batches, each read in a scope of its own."""
    after: int | None = 0
    while after is not None:
        with scope(team.id):
            rows = _fetch(broadcast, team, query, after, size)
        yield rows
        after = _key(rows[-1], query) if len(rows) == size else None


def _key(row: ListedRecipient, query: RecipientQuery) -> int:
    by_text = _texts(row.recipient.broadcast, query) is not None
    return row.message.id if by_text and row.message else row.recipient.id


def _fetch(
    broadcast: Broadcast, team: Team, query: RecipientQuery, after: int, size: int
) -> list[ListedRecipient]:
    pairs = _pairs(broadcast, team.id, query, after, size)
    numbers = [recipient.number for recipient, _ in pairs]
    contacts = Contact.objects.filter(team_id=team.id, number__in=numbers)
    by_number = {contact.number: contact for contact in contacts}
    inboxes = dict(team.inboxes.values_list("id", "name"))
    for recipient, _ in pairs:
        recipient.broadcast = broadcast
    return [
        ListedRecipient(
            recipient,
            by_number.get(recipient.number),
            text,
            outcome_of(broadcast.status, recipient.state, text.status if text else ""),
            team,
            inboxes.get(recipient.inbox_id or 0, ""),
        )
        for recipient, text in pairs
    ]


def _pairs(
    broadcast: Broadcast, team_id: int, query: RecipientQuery, after: int, size: int
) -> list[tuple[BroadcastRecipient, Message | None]]:
    """Recipients with their texts: in the order of the texts if the query asks for texts."""
    recipients = BroadcastRecipient.objects.filter(team_id=team_id, broadcast_id=broadcast.id)
    texts = _texts(broadcast, query)
    if texts is None:
        rows = list(_without_text(recipients, broadcast, query).filter(id__gt=after).order_by("id")[:size])
        ids = [row.message_id for row in rows if row.message_id]
        messages = {text.id: text for text in Message.objects.filter(team_id=team_id, id__in=ids)}
        return [(row, messages.get(row.message_id or 0)) for row in rows]
    found = list(texts.filter(id__gt=after).order_by("id")[:size])
    numbers = [text.number for text in found if text.number]
    rows = list(recipients.filter(number__in=numbers)) if numbers else []
    if erased := [text.id for text in found if not text.number]:
        rows += recipients.filter(message_id__in=erased)
    by_text = {row.message_id: row for row in rows}
    return [(by_text[text.id], text) for text in found if text.id in by_text]


def _texts(broadcast: Broadcast, query: RecipientQuery) -> QuerySet[Message] | None:
    """The texts that the query asks for; None if it asks for people without a text, or for everybody."""
    texts = texts_of(broadcast)
    if query.state in EFFECTS:
        return with_effects(texts, broadcast.team_id).filter(**{query.state: True})
    if query.state in STATUSES:
        found = texts.filter(status__in=STATUSES[RecipientOutcome(query.state)])
        return found if query.code is None else found.filter(error_code=query.code)
    return None


def _without_text(
    recipients: QuerySet[BroadcastRecipient], broadcast: Broadcast, query: RecipientQuery
) -> QuerySet[BroadcastRecipient]:
    cancelled = broadcast.status == BroadcastStatus.CANCELLED
    match query.state:
        case RecipientOutcome.LEFT_OUT:
            found = recipients.filter(state=RecipientState.LEFT_OUT)
            return found.filter(reason=query.reason) if query.reason else found
        case RecipientOutcome.NOT_SENT:
            states = [RecipientState.WAITING, RecipientState.HELD] if cancelled else []
            return recipients.filter(state__in=states)
        case RecipientOutcome.WAITING:
            return recipients.filter(state__in=[] if cancelled else [RecipientState.WAITING])
        case RecipientOutcome.HELD:
            return recipients.filter(state__in=[] if cancelled else [RecipientState.HELD])
    return recipients
