"""API calls about work in a team: assignments, closings, private notes, scheduled texts and templates."""

from typing import Any

from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.models import Conversation
from messaging.teamwork.models import Activity
from tests.api.conftest import ApiClient
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid

PHONE = MARIA.removeprefix("+")


def arrives(cast: Cast) -> Conversation:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    with scope(cast.northside.id):
        return Conversation.objects.select_related("inbox").get(team=cast.northside, number=MARIA)


def change(cast: Cast, **more: Any) -> dict[str, Any]:
    return {"inbox_id": cast.front_desk.id, "user_id": cast.admin.id, "target": PHONE, **more}


def sentences(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [activity.sentence for activity in Activity.objects.order_by("id")]


# -- conversations -----------------------------------------------------------------------------------------------


def test_a_conversation_is_assigned_and_listed_for_its_assignee(cast: Cast, crm: ApiClient) -> None:
    found = arrives(cast)
    assert crm.post("conversations")[0]["assigned"] is None
    assert crm.post("conversations/reassign", change(cast, reassign_id=cast.member.id)) == "ok"
    (listed,) = crm.post("conversations", {"filters": {"assigned": cast.member.id}})
    assert (listed["id"], listed["assigned"]) == (found.id, cast.member.id)
    assert listed["waiting_since"] is not None
    assert crm.post("conversations", {"filters": {"assigned": cast.admin.id}}) == []
    refused = crm.refused("POST", "conversations/reassign", change(cast, reassign_id=cast.second.id))
    assert refused == (404, "member_not_found"), "Sam does not see the inbox"
    assert sentences(cast) == ["Amir Adams assigned this conversation to Maya Chen"]


def test_closing_and_reopening_are_shown_in_the_thread(cast: Cast, crm: ApiClient) -> None:
    arrives(cast)
    for call in ("close", "close", "open"):
        assert crm.post(f"conversations/{call}", change(cast)) == "ok"
    assert sentences(cast) == ["Amir Adams closed this conversation", "Amir Adams reopened this conversation"]
    crm.post("conversations/close", change(cast))
    assert crm.post("conversations")[0]["waiting_since"] is None
