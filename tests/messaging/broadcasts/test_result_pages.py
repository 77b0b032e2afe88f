"""Result pages of a broadcast: progress, pause, cancel; figures that add up to the list, the rows and the exports."""

import csv
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.figures import figures_of
from messaging.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus, PauseReason
from messaging.broadcasts.outcomes import RecipientOutcome
from messaging.broadcasts.recipient_list import RecipientQuery
from messaging.broadcasts.recipient_views import count_people
from messaging.carriers.base import InboundText
from messaging.erasure import erase_messages
from messaging.inbound import receive
from messaging.models import Message, MessageStatus
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.html import flat
from tests.messaging.broadcasts.conftest import reload
from tests.messaging.fake_twilio import FakeTwilio, new_sid

type ClientOf = Callable[[Member], Client]
PEOPLE = [f"+1415555{n:04d}" for n in range(1000, 1008)]
STATUSES = ["delivered", "delivered", "delivered", "undelivered", "failed", "unknown", "sent", "delivered"]


def url(name: str, *args: Any) -> str:
    return reverse(name, args=["northside-dental", *args])


def sent_broadcast(
    cast: Cast,
    make_list: Callable[..., ContactList],
    make_broadcast: Callable[..., Broadcast],
    send: Callable[[Broadcast], Broadcast],
) -> Broadcast:
    """A finished broadcast to eight people, with each kind of outcome; two were left out."""
    everybody, friends = make_list([*PEOPLE, MARIA, TOM]), make_list(PEOPLE[:2], "Friends")
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.owner), reason="")
        consent.block(cast.northside.id, TOM, Actor.of(cast.owner), reason="")
    found = send(make_broadcast(everybody, friends))
    with scope(cast.northside.id):
        texts = Message.objects.filter(team=cast.northside, broadcast_id=found.id).order_by("number")
        for text, status in zip(texts, STATUSES, strict=True):
            code = {"undelivered": "30005", "failed": "30006"}.get(status, "")
            Message.objects.filter(team=cast.northside, id=text.id).update(status=status, error_code=code)
    for number, words in (
        (PEOPLE[0], "Thanks!"),
        (PEOPLE[1], "STOP"),
        (PEOPLE[2], "take me off your list please"),
    ):
        receive(cast.front_desk, InboundText(new_sid(), number, words))
    return found


def rows_of(export: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(b"".join(export.streaming_content).decode("utf-8-sig"))))


def test_the_result_adds_up(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, make_list: Any, make_broadcast: Any, send: Any
) -> None:
    found, admin = sent_broadcast(cast, make_list, make_broadcast, send), as_client(cast.admin)
    with scope(cast.northside.id):
        figures = figures_of(found, exact=True)
        assert BroadcastRecipient.objects.count() == figures.audience == 10
    assert (figures.recipients, figures.handed_over, figures.delivered, figures.failed) == (8, 8, 4, 2)
    assert (figures.replied, figures.opted_out, figures.understood) == (1, 2, 1), "an opt-out is no reply"
    assert figures.percent == 100
    outcomes = figures.by_outcome()
    assert outcomes == {
        RecipientOutcome.DELIVERED: 4,
        RecipientOutcome.SENT: 1,
        RecipientOutcome.UNKNOWN: 1,
        RecipientOutcome.FAILED: 2,
        RecipientOutcome.LEFT_OUT: 2,
    }
    assert figures.left_out == {"opted_out": 1, "blocked": 1}

    page = flat(admin.get(url("broadcast", found.id)))
    for words in (
        "Unknown number, or no longer in service",
        "A landline, or a network that does not accept texts",
        "1 understood as opt-out",
        "<bdi>Friends</bdi>",
        "By hour",
    ):
        assert words in page, words
    export = rows_of(admin.get(url("export_broadcast_recipients", found.id)))
    assert Counter(row["Outcome"] for row in export) == {
        str(key.label): count for key, count in outcomes.items()
    }
    queries: list[dict[str, Any]] = [
        *({"state": outcome} for outcome in outcomes),
        {"state": "left_out", "reason": "blocked"},
        {"state": "failed", "code": "30005"},
        *({"state": effect} for effect in ("replied", "opted_out", "understood")),
        {},
        {"state": "nonsense", "reason": "nonsense", "code": "1"},
    ]
    for query in queries:
        shown = admin.get(url("broadcast_recipients", found.id), query)
        wanted = count_people(figures, RecipientQuery.read(shown.wsgi_request.GET))
        exported = rows_of(admin.get(url("export_broadcast_recipients", found.id), query))
        assert len(shown.context["page"].rows) == shown.context["count"] == wanted == len(exported), query
    everybody = flat(admin.get(url("broadcast_recipients", found.id)))
    assert everybody.count('class="stopped"') == 4, "three opted out, one blocked"
    assert everybody.count("data-stopped") == 2 * 4, "name and number"
    assert as_client(cast.member).get(url("broadcast", found.id)).status_code == 403

    report = flat(admin.get(url("broadcast_report")))
    assert "Opening" in report and "Without a template" in report
    (row,) = rows_of(admin.get(url("export_broadcasts")))
    assert (row["Audience"], row["Left Out"], row["Sent"], row["Delivered"]) == ("10", "2", "8", "4")
    assert (row["Replied"], row["Opted Out"], row["Understood As Opt-out"]) == ("1", "2", "1")


def test_replies_are_a_folder_of_the_inbox_and_the_thread_marks_the_text(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, make_list: Any, make_broadcast: Any, send: Any
) -> None:
    found, admin = sent_broadcast(cast, make_list, make_broadcast, send), as_client(cast.admin)
    receive(cast.front_desk, InboundText(new_sid(), "+14155559999", "Hello"))
    folder = admin.get(url("broadcast_replies", found.id), follow=True)
    assert [row.number for row in folder.context["listing"].conversations] == [PEOPLE[0]]
    other = admin.get(url("inbox"), {"folder": "replies", "broadcast": str(found.id + 1)})
    assert not other.context["listing"].conversations
    conversation = folder.context["listing"].conversations[0]
    assert "Broadcast: <bdi>Opening</bdi>" in flat(admin.get(url("conversation", conversation.id)))


def test_erased_people_keep_their_outcome_and_lose_their_number(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, make_list: Any, make_broadcast: Any, send: Any
) -> None:
    found, admin = sent_broadcast(cast, make_list, make_broadcast, send), as_client(cast.admin)
    waiting = make_broadcast(make_list([PEOPLE[0]], "One"))
    with scope(cast.northside.id):
        row = BroadcastRecipient.objects.create(
            team=cast.northside, broadcast=waiting, number=PEOPLE[0], inbox=cast.front_desk
        )
        erase_messages(cast.northside.id, PEOPLE[:2])
        figures = figures_of(found, exact=True)
        row.refresh_from_db()
        assert not BroadcastRecipient.objects.filter(number__in=PEOPLE[:2]).exists()
    assert (row.state, row.reason) == ("left_out", "gone")
    assert (figures.audience, figures.delivered, figures.replied) == (10, 4, 0)
    shown = admin.get(url("broadcast_recipients", found.id), {"state": "delivered"})
    assert len(shown.context["page"].rows) == 4 and "Erased" in flat(shown)
    exported = rows_of(admin.get(url("export_broadcast_recipients", found.id)))
    assert len(exported) == 10 and sum(not line["Phone Number"] for line in exported) == 2


def test_effects_end_after_three_days(
    cast: Cast, carrier: FakeTwilio, make_list: Any, make_broadcast: Any, send: Any
) -> None:
    found = sent_broadcast(cast, make_list, make_broadcast, send)
    early = timezone.now() - timedelta(hours=73)
    with scope(cast.northside.id):
        Message.objects.filter(team=cast.northside, broadcast_id=found.id).update(at=early)
        figures = figures_of(found, exact=True)
    assert (figures.replied, figures.opted_out, figures.understood) == (0, 0, 0)


def test_pause_resume_and_cancel(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, make_list: Any, make_broadcast: Any, run: Any
) -> None:
    admin, found = as_client(cast.admin), make_broadcast(make_list(PEOPLE))
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside).update(broadcast_rate=60)  # one text a round
        lifecycle.confirm(found.id, found.team_id, author=cast.admin)
    run(most=3)
    assert reload(found).status == BroadcastStatus.SENDING
    progress = admin.get(url("broadcast_progress", found.id), headers={"HX-Request": "true"})
    assert 'hx-trigger="every 1s"' in progress.content.decode()
    admin.post(url("broadcast_pause", found.id))
    assert (reload(found).status, reload(found).pause_reason) == (BroadcastStatus.PAUSED, PauseReason.MEMBER)
    paused = flat(admin.get(url("broadcast", found.id)))
    assert "Paused by a member." in paused and "Resume" in paused, paused[4000:]
    ended = admin.get(url("broadcast_progress", found.id), headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Refresh"]) == (204, "true")
    assert "This broadcast is not paused." not in flat(
        admin.post(url("broadcast_resume", found.id), follow=True)
    )
    run(most=1)
    assert "is not paused" in flat(admin.post(url("broadcast_resume", found.id), follow=True))
    admin.post(url("broadcast_cancel", found.id))
    with scope(cast.northside.id):
        figures = figures_of(reload(found), exact=True)
    sent = len(carrier.sent)
    assert 0 < sent < len(PEOPLE) and figures.handed_over == sent
    assert figures.by_outcome()[RecipientOutcome.NOT_SENT] == len(PEOPLE) - sent == figures.audience - sent
    page = flat(admin.get(url("broadcast", found.id)))
    assert f"{sent} texts were sent, {len(PEOPLE) - sent} were not." in page or sent == 1
    assert MessageStatus.QUEUED not in {text.outcome for text in figures.texts}
