"""Check of a recipient at the claim: everything that may forbid or delay a text of a broadcast is read again here.

`read_facts` reads it for many recipients at once, under the locks of their numbers; `find_reason` is pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Inbox
from contacts.contact.models import Contact
from kernel.sql import fetch
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import Broadcast, BroadcastCategory
from messaging.broadcasts.number_kinds import takes_broadcasts
from messaging.line_types.landlines import find_landlines
from messaging.sending_hours.holding import holds_of
from optout.consent_records.models import ConsentCategory
from optout.consent_records.on_record import numbers_with_consent
from optout.double_opt_in.answers import numbers_unconfirmed
from optout.models import Standing
from optout.number_state import standings
from optout.reviews import Review
from optout.suppression_lists.suppressed import numbers_suppressed

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Hold:
    """A text that may be sent later: when, and why not now, such as "held 9 h: Texas, Sunday before 12 PM"."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class RecipientFacts:
    """What is true of a recipient, under the number's lock."""

    number: str
    contact: Contact | None = None
    is_senders: bool = False  # the inbox's own number
    inbox_is_open: bool = True
    standing: Standing | None = None  # in the inbox; None: nothing forbids texts
    held: bool = False  # a text of the person may be an opt-out
    suppressed: bool = False  # on a suppression list of the team, and the broadcast is marketing
    lacks_consent: bool = False  # that the team requires for this broadcast
    unconfirmed: bool = False  # the inbox asked the person to confirm, who has not
    landline: bool = False  # as the carrier's lookup said
    texts_this_week: int = 0  # of broadcasts
    texted_today: bool = False  # by a list of this broadcast
    had_text: bool = False  # of the team, at any time
    weekly_limit: int = 7
    hold: Hold | None = None  # by sending hours


def find_reason(facts: RecipientFacts) -> LeftOut | Hold | None:
    """Why this recipient gets no text, or gets it later; None if it may be sent now. Pure."""
    if facts.is_senders or not takes_broadcasts(facts.number):
        return LeftOut.NOT_TEXTABLE
    if facts.contact is None:
        return LeftOut.GONE
    if facts.standing and facts.standing.blocked:
        return LeftOut.BLOCKED
    if facts.standing and not facts.standing.may_text:
        in_one_inbox = all(row.inbox_id for row in facts.standing.opt_outs)
        return LeftOut.ONE_INBOX if in_one_inbox else LeftOut.OPTED_OUT
    if facts.held:
        return LeftOut.HELD
    if facts.suppressed:
        return LeftOut.SUPPRESSED
    if facts.lacks_consent:
        return LeftOut.NO_CONSENT
    if facts.unconfirmed:
        return LeftOut.UNCONFIRMED
    if facts.landline:
        return LeftOut.LANDLINE
    if not facts.inbox_is_open:
        return LeftOut.NO_INBOX
    if facts.texted_today:
        return LeftOut.TEXTED_TODAY
    if facts.texts_this_week >= facts.weekly_limit:
        return LeftOut.TOO_OFTEN
    return facts.hold


def read_facts(
    broadcast: Broadcast, inbox: Inbox, numbers: Sequence[str], now: datetime
) -> dict[str, RecipientFacts]:
    """The facts about these numbers, whose locks are held, in a few statements. The inbox has its team loaded."""
    team_id = broadcast.team_id
    standing_of = standings(team_id, numbers)
    reviews = Review.objects.open().holds().filter(team_id=team_id, number__in=numbers)
    held = set(reviews.values_list("number", flat=True))
    contacts = {row.number: row for row in Contact.objects.filter(team_id=team_id, number__in=numbers)}
    marketing = broadcast.category == BroadcastCategory.MARKETING
    suppressed = numbers_suppressed(team_id, numbers) if marketing else set()
    asks = marketing and inbox.team.marketing_needs_consent
    consented = numbers_with_consent(team_id, numbers, ConsentCategory.MARKETING) if asks else set(numbers)
    unconfirmed = numbers_unconfirmed(inbox, numbers)
    landlines = find_landlines(inbox, numbers)
    counts, today = _earlier_broadcasts(broadcast, numbers, now, ZoneInfo(inbox.team.time_zone))
    texted = _had_text(team_id, numbers) if broadcast.append_words else set()
    holds = _holds(broadcast, inbox, contacts.values(), now)
    return {
        number: RecipientFacts(
            number=number,
            is_senders=number == inbox.number,
            contact=contacts.get(number),
            inbox_is_open=inbox.is_open,
            standing=standing_of[number].in_inbox(inbox.id) if number in standing_of else None,
            held=number in held,
            suppressed=number in suppressed,
            lacks_consent=number not in consented,
            unconfirmed=number in unconfirmed,
            landline=number in landlines,
            texts_this_week=counts.get(number, 0),
            texted_today=number in today,
            had_text=number in texted,
            weekly_limit=inbox.team.broadcasts_per_week,
            hold=holds.get(number),
        )
        for number in numbers
    }


def _holds(broadcast: Broadcast, inbox: Inbox, contacts: Iterable[Contact], now: datetime) -> dict[str, Hold]:
    """Who waits for their sending hours; laws that count texts count marketing alone."""
    customs = {contact.number: contact.custom for contact in contacts}
    marketing = broadcast.category == BroadcastCategory.MARKETING
    holds = holds_of(inbox.team, customs, now, marketing=marketing)
    return {number: Hold(hold.until, hold.sentence(now)) for number, hold in holds.items()}


# The texts of other broadcasts; whether one of their lists is among these.
_EARLIER = """
    SELECT r.number, r.at, b.audience -> 'lists' @> ANY($5::jsonb[])
    FROM messaging_broadcastrecipient r JOIN messaging_broadcast b ON b.team_id = $1 AND b.id = r.broadcast_id
    WHERE r.team_id = $1 AND r.number = ANY($2::text[]) AND r.state = 'texted' AND r.at > $3 AND r.broadcast_id <> $4
"""
_HAD_TEXT = """
    SELECT number FROM unnest($2::text[]) AS number WHERE EXISTS (
        SELECT FROM messaging_conversation c JOIN messaging_message m ON m.team_id = $1 AND m.conversation_id = c.id
        WHERE c.team_id = $1 AND c.number = number.number AND m.outbound AND m.purpose = 'text'
        AND m.status NOT IN ('refused', 'failed'))
"""


def _earlier_broadcasts(
    broadcast: Broadcast, numbers: Sequence[str], now: datetime, zone: ZoneInfo
) -> tuple[dict[str, int], set[str]]:
    """How many texts of broadcasts each number got in a week, and the numbers that got one of these lists today."""
    lists = [str(int(id)) for id in broadcast.audience.get("lists", ())]
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    counts: dict[str, int] = {}
    today = set()
    for number, at, same_list in fetch(
        _EARLIER, broadcast.team_id, list(numbers), now - WEEK, broadcast.id, lists
    ):
        counts[number] = counts.get(number, 0) + 1
        if same_list and at >= midnight:
            today.add(number)
    return counts, today


def _had_text(team_id: int, numbers: Sequence[str]) -> set[str]:
    return {number for (number,) in fetch(_HAD_TEXT, team_id, list(numbers))}
