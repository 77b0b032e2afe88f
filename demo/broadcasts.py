"""Broadcasts of the demo: one that is finished, one that waits for its time, and one that paused itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from contacts.contact.models import Contact
from contacts.lists.models import ContactList
from demo.dialogues import DemoTeam, DemoText, moment_of
from messaging.broadcasts.audience import Audience
from messaging.broadcasts.models import (
    Broadcast,
    BroadcastCategory,
    BroadcastLane,
    BroadcastRecipient,
    BroadcastStatus,
    PauseReason,
)
from messaging.models import MessageStatus

SECONDS_APART = 2


@dataclass(frozen=True)
class DemoBroadcast:
    """A broadcast to a list. `sent` is how many texts went out; the statuses are those that were not delivered."""

    name: str
    category: BroadcastCategory
    inbox: str
    author: str
    body: str
    list: str
    begins: str  # as that of a dialogue; "-2 10:00" is in two days
    status: BroadcastStatus
    sent: int = 1000
    statuses: dict[str, str] = field(default_factory=dict)
    without: str = ""
    pause: tuple[str, str] = ("", "")


BROADCASTS = (
    DemoBroadcast(
        "Winter storage", BroadcastCategory.MARKETING, "Front Desk", "ruth",
        "Hi {{ first_name | there }}, winter storage is open: $60 until March, with a tune-up. Reply to book a place",
        "Newsletter", "6 10:00", BroadcastStatus.FINISHED,
        statuses={"Zoe Campbell": "undelivered", "Ingrid Halvorsen": "sent", "Clara Jensen": "unknown"},
    ),
    DemoBroadcast(
        "Spring ride calendar", BroadcastCategory.MARKETING, "Front Desk", "daniel",
        "Hi {{ first_name | there }}, our ride calendar for spring is out: alderstreet.example/rides",
        "Newsletter", "1 15:30", BroadcastStatus.PAUSED, sent=9,
        statuses=dict.fromkeys(("Grace Kim", "Sofia Rossi", "Marcus Bell", "Elena Petrova"), "filtered"),
        pause=(PauseReason.SPAM_FILTER, "4 of the last 9 texts were filtered (30007)."),
    ),
    DemoBroadcast(
        "Closed on Monday", BroadcastCategory.INFORMATIONAL, "Front Desk", "ruth",
        "Hi {{ first_name | there }}, the shop is closed next Monday. Bikes that are ready can be picked up until "
        "Saturday at 6 pm.",
        "Newsletter", "-2 10:00", BroadcastStatus.SCHEDULED, without="Spring tune-up",
    ),
)  # fmt: skip


def plan_broadcasts(cast: DemoTeam) -> Iterator[DemoText]:
    """Write the broadcasts with their recipients, in the scope of the team; their texts are still to be written."""
    lists = dict(ContactList.objects.filter(team_id=cast.team.id).values_list("name", "id"))
    for plan in BROADCASTS:
        broadcast = _write(cast, plan, lists)
        if plan.status != BroadcastStatus.SCHEDULED:
            yield from _texts(cast, plan, broadcast, lists[plan.list])


def _write(cast: DemoTeam, plan: DemoBroadcast, lists: dict[str, int]) -> Broadcast:
    at, author = moment_of(cast, plan.begins), cast.members[plan.author]
    without = (lists[plan.without],) if plan.without else ()
    waits = plan.status == BroadcastStatus.SCHEDULED
    broadcast = Broadcast(
        team=cast.team, name=plan.name, category=plan.category, inbox=cast.inboxes[plan.inbox], body=plan.body,
        audience=Audience(lists=(lists[plan.list],), without_lists=without).to_json(),
        audience_text=f"{plan.list}; without {plan.without}" if plan.without else plan.list,
        status=plan.status, pause_reason=plan.pause[0], pause_detail=plan.pause[1],
        author_id=author.id, author_name=str(author),
        created_at=min(at, cast.now) - timedelta(hours=1), confirmed_at=min(at, cast.now) - timedelta(minutes=5),
    )  # fmt: skip
    if waits:
        broadcast.send_at = broadcast.due_at = at
    else:
        broadcast.started_at, broadcast.prepared_upto = at, None
        finished = plan.status == BroadcastStatus.FINISHED
        broadcast.ended_at = at + timedelta(minutes=2) if finished else None
    broadcast.save()
    if not waits:
        BroadcastLane.objects.create(team=cast.team, broadcast=broadcast, inbox=cast.inboxes[plan.inbox])
    return broadcast


def _texts(cast: DemoTeam, plan: DemoBroadcast, broadcast: Broadcast, list_id: int) -> Iterator[DemoText]:
    at = moment_of(cast, plan.begins)
    on_list = {"entries__team_id": cast.team.id, "entries__list_id": list_id}
    contacts = Contact.objects.filter(team_id=cast.team.id, **on_list).order_by("id")
    for index, contact in enumerate(contacts):
        recipient = BroadcastRecipient.objects.create(
            team=cast.team,
            broadcast=broadcast,
            number=contact.number,
            contact_id=contact.id,
            inbox=broadcast.inbox,
        )
        if index < plan.sent:
            status = plan.statuses.get(str(contact), MessageStatus.DELIVERED)
            when = at + timedelta(seconds=SECONDS_APART * index)
            yield DemoText(cast.inboxes[plan.inbox], contact.number, when, plan.author, "", status, recipient)
