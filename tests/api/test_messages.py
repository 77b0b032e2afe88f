"""API calls that list texts: their fields, all texts of a team page by page, and their count."""

from typing import Any

import pytest
from django.utils import timezone

from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.erasure import erase_messages
from messaging.models import Conversation, Message
from tests.api.conftest import ApiClient
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = MARIA.removeprefix("+")


def receive(cast: Cast, number: str, body: str) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), number, body))


def test_a_text_has_its_local_id_and_its_conversation(cast: Cast, crm: ApiClient) -> None:
    receive(cast, MARIA, "Are you open?")
    sent = {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Yes.", "local_id": "order-1"}
    answer = crm.post("message/send", sent)
    newest, oldest = crm.get(f"messages?phoneNumber={PHONE}&inboxID={cast.front_desk.id}")
    assert (newest["id"], newest["local_id"], oldest["local_id"]) == (answer["id"], "order-1", "")
    assert newest["conversation"] == {
        "id": answer["chat_id"], "inbox": cast.front_desk.id, "target": PHONE
    }  # fmt: skip
    assert (newest["broadcast_id"], newest["private"]) == (None, False)
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [MARIA])
        assert not Message.objects.exclude(local_id="").exists(), "a program's ID may name the person"


def test_all_texts_are_read_page_by_page(cast: Cast, crm: ApiClient, harbor_crm: ApiClient) -> None:
    at = timezone.now()
    for n in range(4):
        receive(cast, MARIA, f"At one time {n}")
    with scope(cast.northside.id):
        Message.objects.filter(team=cast.northside).update(at=at)
    receive(cast, TOM, "Later")
    receive(cast, STRANGER, "Will be erased")
    with scope(cast.northside.id):
        assert Conversation.objects.count() == 3
        erase_messages(cast.northside.id, [STRANGER])
    everything = crm.post("messages/all")
    assert [text["text"] for text in everything] == ["Later", *(f"At one time {n}" for n in (3, 2, 1, 0))]
    read: list[Any] = []
    more: dict[str, Any] = {}
    while page := crm.post("messages/all", {"limit": 2, **more}):
        read += [text["id"] for text in page]
        more = {"created_at": page[-1]["date"]}
    assert read == [text["id"] for text in everything]
    assert [text["id"] for text in crm.post("messages/all", {"ascending": True})] == read[::-1]
    assert crm.post("messages/all/count") == {"count": 5}
    assert crm.post("messages/all/count", {"date": everything[0]["date"]}) == {"count": 4}
    assert (harbor_crm.post("messages/all"), harbor_crm.post("messages/all/count")) == ([], {"count": 0})


@pytest.mark.parametrize(
    "body", [{"order": "updated_at"}, {"date": "2026-11-25T10:42:00Z", "created_at": "2026-11-25T10:42:00Z"}]
)
def test_an_order_that_there_is_not_and_two_times_are_refused(crm: ApiClient, body: dict[str, str]) -> None:
    assert crm.refused("POST", "messages/all", body) == (400, "bad_data")
