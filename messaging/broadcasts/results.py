"""Results of a broadcast as its page shows them: outcomes, reasons, effects by list and hour, earlier broadcasts."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.http import urlencode

from accounts.models import Team
from contacts.lists.models import ContactList
from messaging.broadcasts.audience import Audience, matching
from messaging.broadcasts.audience_form import describe_filter
from messaging.broadcasts.figures import (
    FiguresOfBroadcast,
    TextGroup,
    count_texts,
    figures_of,
    read_groups,
    texts_of,
)
from messaging.broadcasts.left_out import LeftOut
from messaging.broadcasts.models import ENDED, Broadcast
from messaging.broadcasts.outcomes import HANDED_OVER, RecipientOutcome
from messaging.broadcasts.wording import describe_refusal, describe_share
from messaging.carriers.error_codes import carrier_page_url, carrier_reason

EARLIER = 5  # broadcasts that the page compares with
MAX_LISTS = 20  # lists and filters that are counted one by one


@dataclass(frozen=True)
class ResultRow:
    """A number of people in words, and the query of the page that lists them."""

    label: str
    count: int
    share: str = ""
    query: str = ""
    code: str = ""  # the carrier's
    code_url: str = ""


@dataclass(frozen=True)
class EffectRow:
    """What texts achieved: those of an hour, of a list, or of a whole broadcast."""

    name: str
    sent: int
    delivered: str
    replied: str
    opted_out: str
    hour: datetime | None = None
    broadcast: Broadcast | None = None


@dataclass(frozen=True)
class ResultTable:
    """Rows under a heading; of effects, `head` is what they are of."""

    name: str
    title: str
    rows: list[ResultRow] | list[EffectRow]
    head: str = ""


def outcome_table(figures: FiguresOfBroadcast) -> ResultTable:
    """Each person of the audience once."""
    return ResultTable("outcomes", "Everybody", _outcome_rows(figures))


def reason_tables(figures: FiguresOfBroadcast) -> list[ResultTable]:
    """Why people were left out, and why texts did not arrive."""
    return [
        ResultTable("left-out", "Left out", _left_out_rows(figures)),
        ResultTable("failures", "Why not delivered", _failure_rows(figures)),
    ]


def effect_tables(broadcast: Broadcast, team: Team, figures: FiguresOfBroadcast) -> list[ResultTable]:
    """What the texts achieved, by list, by hour and beside earlier broadcasts."""
    earlier = _earlier_rows(broadcast) if broadcast.started_at else []
    return [
        ResultTable("lists", "By list and filter", _list_rows(broadcast, team), "List"),
        ResultTable("hours", "By hour", _hour_rows(figures), "Hour"),
        ResultTable("earlier", "Beside earlier broadcasts", earlier, "Broadcast"),
    ]


def _outcome_rows(figures: FiguresOfBroadcast) -> list[ResultRow]:
    """Each person of the audience once: the counts add up to it."""
    counts = figures.by_outcome()
    return [
        ResultRow(
            str(outcome.label), count, describe_share(count, figures.audience), urlencode({"state": outcome})
        )
        for outcome, count in counts.items()
    ]


def _left_out_rows(figures: FiguresOfBroadcast) -> list[ResultRow]:
    """Those who were left out by reason, in the order in which the reasons are looked at."""
    return [
        ResultRow(
            str(reason.label),
            figures.left_out[reason],
            query=urlencode({"state": RecipientOutcome.LEFT_OUT, "reason": reason}),
        )
        for reason in LeftOut
        if figures.left_out.get(reason)
    ]


def _failure_rows(figures: FiguresOfBroadcast) -> list[ResultRow]:
    """Failed texts by the carrier's code, and those that were refused at the last moment by the reason."""
    failed, refused = Counter[str](), Counter[str]()
    for group in figures.texts:
        if group.outcome == RecipientOutcome.FAILED:
            failed[group.error_code] += group.count
        if group.outcome == RecipientOutcome.REFUSED:
            refused[group.reason] += group.count
    rows = [
        ResultRow(
            carrier_reason(code),
            count,
            describe_share(count, figures.handed_over),
            urlencode({"state": RecipientOutcome.FAILED, "code": code}),
            code,
            carrier_page_url(code),
        )
        for code, count in failed.most_common()
    ]
    query = urlencode({"state": RecipientOutcome.REFUSED})
    return rows + [
        ResultRow(describe_refusal(reason), count, query=query) for reason, count in refused.most_common()
    ]


def _hour_rows(figures: FiguresOfBroadcast) -> list[EffectRow]:
    """The texts by the hour in which they went out, the first hour first."""
    hours = sorted({group.hour for group in figures.texts})
    return [
        effects_of("", [group for group in figures.texts if group.hour == hour], hour=hour) for hour in hours
    ]


def _list_rows(broadcast: Broadcast, team: Team) -> list[EffectRow]:
    """The texts by the lists and filters of the audience as they are now. A person may be on several."""
    audience = Audience.from_json(broadcast.audience)
    names = dict(ContactList.objects.filter(team_id=team.id, id__in=audience.lists).values_list("id", "name"))
    parts = [(names.get(id, "A deleted list"), Audience(lists=(id,))) for id in audience.lists]
    parts += [(describe_filter(team, query).words, Audience(filters=(query,))) for query in audience.filters]
    if len(parts) < 2:
        return []
    return [effects_of(name, _texts_to(broadcast, team, part)) for name, part in parts[:MAX_LISTS]]


def _texts_to(broadcast: Broadcast, team: Team, part: Audience) -> tuple[TextGroup, ...]:
    people = matching(team, part).order_by().filter(number=OuterRef("number"))
    texts = texts_of(broadcast).filter(Exists(people))
    rows = count_texts(texts, team.id)
    return read_groups([(hour.timestamp(), *rest) for hour, *rest in rows], broadcast)


def _earlier_rows(broadcast: Broadcast) -> list[EffectRow]:
    """This broadcast, and the latest of its category that ended before it."""
    rows = Broadcast.objects.filter(
        team_id=broadcast.team_id, category=broadcast.category, status__in=ENDED, started_at__isnull=False
    )
    before = rows.filter(started_at__lt=broadcast.started_at).order_by("-started_at", "-id")[:EARLIER]
    shown = [broadcast, *before]
    return (
        [effects_of(one.name, figures_of(one).texts, broadcast=one) for one in shown]
        if len(shown) > 1
        else []
    )


def effects_of(
    name: str,
    texts: list[TextGroup] | tuple[TextGroup, ...],
    *,
    hour: datetime | None = None,
    broadcast: Broadcast | None = None,
) -> EffectRow:
    def count(flag: str) -> int:
        return sum(group.count for group in texts if getattr(group, flag))

    sent = sum(group.count for group in texts if group.outcome in HANDED_OVER)
    delivered = sum(group.count for group in texts if group.outcome == RecipientOutcome.DELIVERED)
    return EffectRow(
        name,
        sent,
        describe_share(delivered, sent),
        describe_share(count("replied"), sent),
        describe_share(count("opted_out"), sent),
        hour,
        broadcast,
    )
