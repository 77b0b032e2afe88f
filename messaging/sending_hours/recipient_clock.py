"""Clock of a recipient, for pages: what it shows where the person may be, and what sending hours say to a writer."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import Team
from kernel.clock import Clock
from kernel.loading import Loader, load
from messaging.models import Conversation
from messaging.sending_hours.holding import HoldQuestion, texts_lately
from messaging.sending_hours.hours import SendingHold, find_hold
from messaging.sending_hours.places import Place
from messaging.sending_hours.team_hours import places_of, team_hours

_WITH_ARTICLE = ("United", "Netherlands", "Philippines", "Dominican", "U.S.", "Northern", "Northwest")


@dataclass(frozen=True)
class RecipientClock:
    """The recipient's clock at a moment, and what sending hours say then. They never forbid a text by hand."""

    sentence: str
    hold: SendingHold | None
    differs: bool  # from the team's clock

    @property
    def is_shown(self) -> bool:
        """Whether it says something that the team's own clock does not."""
        return self.differs or self.hold is not None


def clock_for_writer(conversation: Conversation, at: datetime) -> RecipientClock:
    return load(clock_loader(conversation, at))


def clock_loader(conversation: Conversation, at: datetime) -> Loader[RecipientClock]:
    """For a member who writes now: a hold only if the person has not written within a day. Needs the inbox's team."""
    team = conversation.inbox.team
    question = HoldQuestion(
        team, conversation.number, answers_in=conversation.inbox_id, custom=_custom(conversation)
    )
    places = question.places
    hold = find_hold(places, team_hours(team), at)
    if hold:
        (lately,) = yield [texts_lately(question, at)[:1]]
        hold = None if lately else hold
    return RecipientClock(describe_clock(places, at, team.clock), hold, _differs(team, places, at))


def clock_at(conversation: Conversation, at: datetime) -> RecipientClock:
    """For a text that is to be sent at a time, as far as is known now: the person may write before."""
    team = conversation.inbox.team
    places = places_of(team, conversation.number, _custom(conversation))
    hold = find_hold(places, team_hours(team), at)
    return RecipientClock(
        describe_clock(places, at, team.clock, with_day=True), hold, _differs(team, places, at)
    )


def describe_clock(places: tuple[Place, ...], at: datetime, clock: Clock, *, with_day: bool = False) -> str:
    """7:42 PM in Texas; 14:42 to 19:42 in the United States; 20:42 in Florida or 17:42 in California."""
    return " or ".join(f"{_times(place, at, clock, with_day)} in {_in(place.name)}" for place in places)


def _differs(team: Team, places: tuple[Place, ...], at: datetime) -> bool:
    ours = at.astimezone(team.clock.zone).utcoffset()
    return any(at.astimezone(ZoneInfo(zone)).utcoffset() != ours for place in places for zone in place.zones)


def _times(place: Place, at: datetime, clock: Clock, with_day: bool) -> str:
    times = sorted({at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for zone in place.zones})
    shown = [
        f"{time:%a} {clock.write_time(time)}" if with_day else clock.write_time(time)
        for time in dict.fromkeys((times[0], times[-1]))
    ]
    return " to ".join(shown)


def _in(name: str) -> str:
    return f"the {name}" if name.startswith(_WITH_ARTICLE) else name


def _custom(conversation: Conversation) -> dict[str, object]:
    return dict(conversation.contact.custom) if conversation.contact else {}
