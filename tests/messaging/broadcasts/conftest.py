"""Fixtures of the tests of broadcasts: a list of people, a broadcast to it, and its worker without waits."""

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from accounts.models import Inbox
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle, wakeups, worker
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from tests.cast import Cast


@pytest.fixture
def make_list(cast: Cast) -> Callable[..., ContactList]:
    """A list of Northside with a contact for each of these numbers."""

    def make(numbers: Sequence[str], name: str = "Customers") -> ContactList:
        with scope(cast.northside.id):
            of_team = {"team": cast.northside}
            listed = ContactList.objects.create(**of_team, name=name)
            Contact.objects.bulk_create(
                [Contact(**of_team, number=number, first_name=f"P{number[-4:]}") for number in numbers],
                ignore_conflicts=True,
            )
            found = Contact.objects.filter(**of_team, number__in=numbers).order_by("id")
            ListEntry.objects.bulk_create(
                [ListEntry(**of_team, list=listed, contact=contact) for contact in found]
            )
        return listed

    return make


@pytest.fixture
def make_broadcast(cast: Cast) -> Callable[..., Broadcast]:
    """A draft from the front desk, to lists."""

    def make(*lists: ContactList, inbox: Inbox | None = cast.front_desk, **columns: Any) -> Broadcast:
        columns = {"body": "Hi {{ first_name | there }}, we open at 9.", "append_words": False, **columns}
        with scope(cast.northside.id):
            Inbox.objects.filter(team=cast.northside).update(broadcast_rate=60_000)
            created: Broadcast = Broadcast.objects.create(
                team=cast.northside,
                name="Opening",
                inbox=inbox,
                audience={"lists": [listed.id for listed in lists]},
                **columns,
            )
        return created

    return make


@pytest.fixture
def send(cast: Cast, run: Callable[..., None]) -> Callable[[Broadcast], Broadcast]:
    """Confirm a broadcast and work until nothing is left to do."""

    def confirm_and_run(broadcast: Broadcast) -> Broadcast:
        with scope(cast.northside.id):
            lifecycle.confirm(broadcast.id, broadcast.team_id, author=cast.admin)
        run()
        return reload(broadcast)

    return confirm_and_run


@pytest.fixture
def due_now(owner: psycopg.Connection) -> Callable[[], None]:
    """Let every wait of the pace, of retries and of the sweep be over."""

    def make_due() -> None:
        owner.execute("UPDATE messaging_broadcastpace SET next_at = now() - interval '1 second'")
        owner.execute("UPDATE messaging_broadcastlane SET due_at = now() WHERE due_at IS NOT NULL")
        owner.execute(
            "UPDATE messaging_broadcast SET due_at = now() WHERE due_at < now() + interval '5 seconds'"
        )

    return make_due


@pytest.fixture
def run(due_now: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Rounds of the worker, as its sweep would start them, until nothing is due or `rounds` are over."""
    started: list[tuple[str, int, int]] = []
    monkeypatch.setattr(worker, "publish", lambda task, team, id, **_: started.append((task, team, id)))
    tasks = {
        wakeups.BROADCAST_TASK: worker.work_on_broadcast,
        wakeups.LANE_TASK: worker.work_on_lane,
        wakeups.RECONCILE_TASK: lambda team, id: None,
    }

    def rounds(most: int = 50) -> None:
        for _ in range(most):
            due_now()
            started.clear()
            worker.sweep()
            due = list(dict.fromkeys(started))
            if not due:
                return
            for task, team, id in due:
                tasks[task](team, id)

    return rounds


def reload(broadcast: Broadcast) -> Broadcast:
    with scope(broadcast.team_id):
        found: Broadcast = Broadcast.objects.get(team_id=broadcast.team_id, id=broadcast.id)
    return found


def recipients(broadcast: Broadcast) -> dict[str, str]:
    """The state of each recipient by number: the reason, where it was left out."""
    with scope(broadcast.team_id):
        rows = BroadcastRecipient.objects.filter(team_id=broadcast.team_id, broadcast_id=broadcast.id)
        return {row.number: row.reason or row.state for row in rows}


def is_finished(broadcast: Broadcast) -> bool:
    return reload(broadcast).status == BroadcastStatus.FINISHED
