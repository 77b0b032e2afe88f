"""Loaders: querysets that are read together give what each would give alone, and loaders run side by side."""

from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from kernel.distribution.shards import runs_whole
from kernel.encryption import EncryptedValue
from kernel.loading import Loader, fetch_together, load, side_by_side
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation, Message
from optout.models import ConsentEvent
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.statements import counted


def querysets(cast: Cast) -> list[QuerySet[Any, Any]]:
    team_id = cast.northside.id
    conversations: Any = Conversation.objects.filter(team_id=team_id)
    texts = Message.objects.filter(team_id=team_id, conversation_id=OuterRef("id")).order_by("-at")
    newest = Subquery(texts.values(parts=JSONObject(body="body", media="media"))[:1])
    contacts = Contact.objects.filter(team_id=team_id)
    return [
        conversations.with_unread(cast.member).with_standing(cast.northside, inbox="inbox_id")
        .select_related("contact", "inbox").annotate(newest=newest, texts=ArraySubquery(texts.values("id")))
        .order_by("-last_message_at"),
        Message.objects.filter(team_id=team_id, body__contains="50 %").order_by("at", "id"),
        Message.objects.filter(team_id=team_id).order_by("at", "id")[1:3],
        ConsentEvent.objects.filter(team_id=team_id).order_by("position"),
        contacts.filter(id__in=[]),
        contacts.none(),
        contacts.filter(number=MARIA).union(contacts.filter(number=TOM), all=True).order_by("number"),
        contacts.order_by("number").values_list("number", "custom", "created_at"),
        contacts.order_by("number").values_list("number", flat=True),
        contacts.values("assignee").annotate(count=Count("id"), word=Value("x")),
        Member.objects.filter(team_id=team_id).select_related("user", "team").order_by("id")
        .annotate(seated=Exists(Inbox.objects.filter(team_id=team_id, seats__member_id=OuterRef("id")))),
        Inbox.objects.filter(team_id=team_id).only("name").order_by("name"),
    ]  # fmt: skip


def values_of(row: Any) -> Any:
    """An instance with everything that was loaded with it."""
    if not hasattr(row, "_meta"):
        return row
    loaded = {
        name: value.open() if isinstance(value, EncryptedValue) else value
        for name, value in row.__dict__.items()
        if name not in ("_state", "search_words")  # only PostgreSQL reads the words of the search
    }
    related = {name: values_of(value) for name, value in row._state.fields_cache.items()}
    return type(row), loaded, related


def test_querysets_read_together_give_what_each_gives_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = (("https://x.example/1", "image/jpeg"),)
    for number, body in ((MARIA, "50 % or {} $1 'quoted'"), (TOM, "STOP"), (MARIA, "é 🙂\\n")):
        receive(cast.front_desk, InboundText(new_sid(), number, body, media=media))
    with scope(cast.northside.id):
        Contact.objects.filter(number=MARIA).update(custom={"size": "12"})
        with counted(monkeypatch) as statements:
            together = fetch_together(querysets(cast))
        assert len(statements) == 1
        alone = [list(rows) for rows in querysets(cast)]
    assert [len(rows) for rows in alone] == [2, 1, 2, 1, 0, 0, 2, 2, 2, 1, 4, 2], (
        "nothing is compared in vain"
    )
    for found, expected in zip(together, alone, strict=True):
        assert [values_of(row) for row in found] == [values_of(row) for row in expected]
    assert together[0][0].last_message_at.tzinfo is UTC


def test_loaders_run_side_by_side(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each gets its own rows; a loader without a query takes no statement, and a longer one goes on alone."""

    def numbers(name: str) -> Loader[list[str]]:
        (inboxes,) = yield [cast.northside.inboxes.filter(name=name)]
        ids, nothing = yield [Inbox.objects.filter(id=inboxes[0].id).values_list("number", flat=True),
                              Inbox.objects.none()]  # fmt: skip
        return ids + nothing

    def constant() -> Loader[int]:
        yield from ()
        return 7

    def both() -> Loader[Sequence[Any]]:
        return (yield from side_by_side(numbers("Billing"), constant()))

    with scope(cast.northside.id), counted(monkeypatch) as statements:
        runs_whole()  # asks once whether there is Citus
        statements.clear()
        loaded = load(side_by_side(numbers("Front Desk"), constant(), both()))
    assert loaded == [["+15105550100"], 7, [["+15105550200"], 7]]
    assert len(statements) == 2
    with counted(monkeypatch) as statements:
        assert load(constant()) == 7 and not statements


def test_times_keep_their_microseconds(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=20_000, microseconds=1)
    with scope(cast.northside.id):
        Contact.objects.filter(number=MARIA).update(last_message_at=at)
        ((found,),) = fetch_together([Contact.objects.filter(number=MARIA)])
    assert found.last_message_at == at
