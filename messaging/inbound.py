"""Receipt of an inbound text: its request changes the standing, its row is stored, and open pages refresh."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import Inbox
from kernel import change_tokens
from kernel.tenancy import scope
from kernel.writing import Writer, write, write_side_by_side
from messaging.arrival import Arrival, refusing_second_delivery
from messaging.automatic_texts import may_get_automatic_text
from messaging.carriers.base import InboundText
from messaging.inbound_requests import open_review, request_writer
from messaging.metrics import texts
from messaging.models import MessageStatus
from messaging.opt_in_answers import follow_text
from optout import holds, keywords
from optout.models import ConsentEvent
from optout.number_locks import lock_key, try_lock_numbers
from optout.number_state import NumberState, fetch_number_state, fetch_states_together
from optout.reader.outcome import Outcome, TextReading
from optout.reader.reading import read
from optout.reader_settings import reader_settings


@dataclass(frozen=True)
class ReadText:
    """An inbound text as it was read, before any lock."""

    inbox: Inbox
    text: InboundText
    found: TextReading
    outcome: Outcome  # with the carrier's own reading
    is_plain: bool  # conversation that nobody need look at as a possible request
    is_answered: bool  # may cause an automatic text
    replies: bool  # otherwise another inbox with the same number sends the automatic reply

    @property
    def is_ordinary(self) -> bool:
        """Whether it changes nothing but its conversation, and so takes no lock of its number."""
        return self.is_plain and not self.is_answered

    @property
    def may_share(self) -> bool:
        """Whether it may be stored together with others."""
        return self.is_ordinary or self.outcome is Outcome.OPT_OUT

    @property
    def lock(self) -> int | None:
        return None if self.is_ordinary else lock_key(self.inbox.team_id, self.text.sender)

    def arrive(self, before: NumberState) -> Arrival:
        return Arrival(self.inbox, self.text, self.found, self.outcome, before, self.is_answered)


def read_inbound(inbox: Inbox, text: InboundText, *, replies: bool = True) -> ReadText:
    found = read(text.body, reader_settings(inbox))
    outcome = keywords.stricter_outcome(found.outcome, text.opt_out_type)
    is_plain = outcome is Outcome.CONVERSATION and not (found.may_be_opt_out or found.wants_texts)
    is_answered = replies and is_plain and may_get_automatic_text(inbox, text, timezone.now())
    return ReadText(inbox, text, found, outcome, is_plain, is_answered, replies)


def receive(inbox: Inbox, text: InboundText, *, replies: bool = True) -> ConsentEvent | None:
    """Store a text, in one transaction of the inbox's team. Returns the ledger entry that it caused, if any.

    With `replies` false, another inbox with the same number sends the automatic reply. Raises AlreadyReceived, which
    rolls everything back.

    Locks are taken in this order: the number (unless the text is plain conversation that causes no automatic text), its
    conversation, the message.
    """
    return store(read_inbound(inbox, text, replies=replies))


def store(read: ReadText) -> ConsentEvent | None:
    """`receive`, for a text that was read."""
    team_id, text = read.inbox.team_id, read.text
    with scope(team_id, lock=read.lock), refusing_second_delivery(text):
        arrival = read.arrive(fetch_number_state(team_id, text.sender))
        event = write(_writer(read, arrival))
        _refresh_pages(team_id, [arrival])
    _count([read])
    return event


def store_together(read: Sequence[ReadText]) -> dict[int, ConsentEvent | None]:
    """`store` for texts of one team that may share, each of another number, in one transaction and few round trips.

    Returns the ledger entries by the positions of the texts that are stored: of all but requests of a number whose lock
    is not free, for which nobody waits. Any error stores none of them, also that one of them was received before.
    """
    team_id = read[0].inbox.team_id
    with scope(team_id):
        positions = _unlocked(team_id, read)
        read = [read[position] for position in positions]
        states = fetch_states_together(team_id, [each.text.sender for each in read])
        arrivals = [each.arrive(state) for each, state in zip(read, states, strict=True)]
        events = write_side_by_side(map(_writer, read, arrivals))
        _refresh_pages(team_id, arrivals)
    _count(read)
    return dict(zip(positions, events, strict=True))


def _unlocked(team_id: int, read: Sequence[ReadText]) -> list[int]:
    """The positions of the texts to store, in the order in which their conversations are locked.

    The locks of requests' numbers are taken first, those that are free. So a batch waits for no lock of a number, and
    two batches cannot wait for each other.
    """
    asking = [each.text.sender for each in read if not each.is_ordinary]
    ours = try_lock_numbers(team_id, asking) if asking else set()
    found = (n for n, each in enumerate(read) if each.is_ordinary or each.text.sender in ours)
    return sorted(found, key=lambda n: read[n].text.sender)


def _refresh_pages(team_id: int, arrivals: Iterable[Arrival]) -> None:
    if not all(arrival.blocked for arrival in arrivals):
        change_tokens.renew_on_commit(team_id)


def _count(read: Iterable[ReadText]) -> None:
    for each in read:
        texts.labels("inbound", each.inbox.carrier, MessageStatus.RECEIVED.value).inc()


def _writer(read: ReadText, arrival: Arrival) -> Writer[ConsentEvent | None]:
    """Writer of a text's rows, and of what follows from them. Returns the ledger entry that it caused, if any."""
    event = None
    written = yield from arrival.writer()
    if read.outcome.is_request:
        event = yield from request_writer(arrival, written, read.replies)
    elif not read.is_plain and (
        kind := holds.review_kind(read.inbox, read.text.body, read.found, read.outcome, arrival.before)
    ):
        event = open_review(arrival, written, kind)
    if not (read.is_ordinary or arrival.blocked):
        follow_text(arrival, written)
    return event
