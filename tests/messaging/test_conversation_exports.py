"""Export of conversations: every entry once and in order, formula-safe, only of inboxes that the member sees."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.conversation_exports import rows as export_rows
from messaging.models import Conversation, Message, MessagePurpose
from messaging.teamwork.assignment import assign, set_closed
from messaging.teamwork.notes import write_note
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid

type ClientOf = Callable[[Member], Client]


@pytest.fixture
def talked(cast: Cast) -> Conversation:
    """Maria's conversation, with everything that may be in one, and a text of Tom to another inbox."""
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "=HYPERLINK(1)"))
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.select_related("inbox").get(
            team=cast.northside, number=MARIA
        )
        away = compose_text(cast.front_desk, MARIA, "We are closed", author=None)
        Message.objects.filter(id=away.id).update(purpose=MessagePurpose.AWAY)
        write_note(found, "She is allergic", cast.member)
        assign(found, cast.member, cast.admin)
        compose_text(cast.front_desk, MARIA, "Good morning", author=cast.member, by_hand=True)
        set_closed(found, True, cast.member)
    inbound.receive(cast.billing, InboundText(new_sid(), TOM, "My invoice?"))
    return found


def file_of(client: Client, **query: Any) -> Any:
    today = timezone.now()
    days = {"first": f"{today - timedelta(days=2):%Y-%m-%d}", "last": f"{today + timedelta(days=2):%Y-%m-%d}"}
    url = reverse("export_conversations", args=["northside-dental"])
    return client.get(url, {**days, "format": "csv", **query})


def table(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


EXPECTED = [
    ("text received", "", "", "'=HYPERLINK(1)", ""),
    ("text sent", "away text", "", "We are closed", ""),
    ("private note", "", "Maya Chen", "She is allergic", ""),
    ("assigned", "", "Amir Adams", "", "Maya Chen"),
    ("text sent", "", "Maya Chen", "Good morning", ""),
    ("closed", "", "Maya Chen", "", ""),
]


def test_every_entry_is_a_row_in_order(cast: Cast, talked: Conversation, as_client: ClientOf) -> None:
    rows = table(file_of(as_client(cast.admin)))
    assert [row["inbox"] for row in rows] == ["Billing"] + ["Front Desk"] * 6
    names = ("kind", "automatic", "by", "text", "assignee")
    assert [tuple(row[name] for name in names) for row in rows[1:]] == EXPECTED
    assert {(row["conversation"], row["phone"], row["name"]) for row in rows[1:]} == {
        (str(talked.id), MARIA[1:], "Maria Lopez")
    }
    assert rows[1]["at"].endswith(("-05:00", "-04:00")), "the team's time zone"


def test_json_has_the_values_as_they_are(cast: Cast, talked: Conversation, as_client: ClientOf) -> None:
    answer = file_of(as_client(cast.admin), format="jsonl", inbox=cast.front_desk.id)
    assert answer["Content-Disposition"].endswith('.jsonl"')
    lines = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [line["text"] for line in lines][:3] == ["=HYPERLINK(1)", "We are closed", "She is allergic"]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_batches_change_nothing(
    cast: Cast, talked: Conversation, as_client: ClientOf, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = table(file_of(as_client(cast.admin)))
    assert len(whole) == 7
    monkeypatch.setattr(export_rows, "BATCH_SIZE", size)
    monkeypatch.setattr(export_rows, "CONVERSATIONS", size)
    assert table(file_of(as_client(cast.admin))) == whole


def test_days_and_inboxes_are_filters(cast: Cast, talked: Conversation, as_client: ClientOf) -> None:
    admin = as_client(cast.admin)
    assert table(file_of(admin, first="2020-01-01", last="2020-01-31")) == []
    assert {row["inbox"] for row in table(file_of(admin, inbox=cast.billing.id))} == {"Billing"}
    for wrong in ({"inbox": cast.shop.id}, {"first": "x"}, {"last": "2020-01-01"}, {"format": "pdf"}):
        assert file_of(admin, **wrong).status_code == 422


def test_members_may_not_export(cast: Cast, talked: Conversation, as_client: ClientOf) -> None:
    assert file_of(as_client(cast.member)).status_code == 403
    page = reverse("conversation_exports", args=["northside-dental"])
    assert as_client(cast.member).get(page).status_code == 403
    assert as_client(cast.admin).get(page).status_code == 200
