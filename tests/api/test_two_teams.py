"""Tenant isolation of the API: no key learns anything about another team, not even that an ID exists."""

import json
import re
from typing import Any

import pytest

from contacts.contact.models import Contact
from kernel.tenancy import scope
from tests.api.calls import UNKNOWN_PHONE, VALID_CALLS, ApiCall, TeamIds
from tests.api.conftest import ApiClient
from tests.cast import MARIA, Cast

UNUSED_ID = 2**62
ID_FIELDS = (
    "inbox",
    "member",
    "contact",
    "conversation",
    "tag",
    "field",
    "template",
    "schedule",
    "contact_list",
    "broadcast",
    "paused",
    "webhook",
)
# Words that only Harbor's data has.
HARBOR_WORDS = ("Harbor", "Harriet", "Shop", "15105550300", "Lopez (blue", "brompton", "bike", "STOP")


def with_id(team_ids: TeamIds, field: str, id: int) -> TeamIds:
    return TeamIds(**{**vars(team_ids), field: id})


def comparable(answer: Any, id: int) -> tuple[int, dict[str, str], str]:
    """The answer without its request ID, its rate limit and the ID that was sent."""
    body = re.sub(r'"request_id": "[0-9a-f-]{36}"', "", answer.content.decode()).replace(str(id), "ID")
    headers = {
        name: value for name, value in answer.items() if name not in ("X-Request-Id", "Content-Length")
    }
    return (
        answer.status_code,
        {name: value for name, value in headers.items() if "RateLimit" not in name},
        body,
    )


@pytest.mark.parametrize("operation", VALID_CALLS)
def test_another_teams_id_is_answered_like_an_unused_id(
    crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds, operation: str
) -> None:
    before = harbor_crm.get("optouts"), harbor_crm.post("contacts"), harbor_crm.post("conversations")
    for field in ID_FIELDS:
        foreign_id = getattr(harbor_ids, field)
        foreign = VALID_CALLS[operation](with_id(team_ids, field, foreign_id))
        unused = VALID_CALLS[operation](with_id(team_ids, field, UNUSED_ID))
        if foreign == unused:
            continue  # the call has no such ID
        answer = crm.call(*foreign, **{"Idempotency-Key": f"{field} of Harbor"})
        same = crm.call(*unused, **{"Idempotency-Key": f"unused {field}"})
        assert comparable(answer, foreign_id) == comparable(same, UNUSED_ID)
        assert answer.status_code == (422 if field == "field" else 404) or answer.status_code == 200
        if operation == "count_conversations" and answer.status_code == 200:
            assert answer.json() == {"count": 0}
        elif answer.status_code == 200:  # an empty list, or a batch, whose items have their own errors
            codes = [(item["error"] or {}).get("error_code") for item in answer.json()]
            assert all(str(code).endswith(("_not_found", "invalid_custom_field")) for code in codes)
    assert (
        harbor_crm.get("optouts"),
        harbor_crm.post("contacts"),
        harbor_crm.post("conversations"),
    ) == before


@pytest.mark.parametrize("operation", VALID_CALLS)
def test_no_answer_has_data_of_the_other_team(
    crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds, operation: str
) -> None:
    answer = crm.call(*VALID_CALLS[operation](team_ids))
    assert answer.status_code == 200
    assert not [word for word in HARBOR_WORDS if word in answer.content.decode()]
    answer = harbor_crm.call(*VALID_CALLS[operation](harbor_ids))
    assert answer.status_code == 200 or (
        operation in ("send_message", "schedule_message") and answer.status_code == 409
    )
    for word in ("Northside", "Olivia", "Front Desk", "Monday", "Tom", "15105550100", "vip"):
        assert word not in answer.content.decode()


def test_a_number_of_two_teams_has_two_contacts_and_two_standings(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds
) -> None:
    phone = MARIA.removeprefix("+")
    ours, theirs = (client.post("contact/status", {"phone": phone}) for client in (crm, harbor_crm))
    assert (ours["id"], ours["unsubscribed"]) == (team_ids.contact, False)
    assert (theirs["id"], theirs["unsubscribed_contact"]) == (harbor_ids.contact, True)

    for status in ("blocked", "active", "unsubscribed"):
        crm.post("contact/set_status", {"phone": phone, "status": status})
    assert harbor_crm.post("contact/status", {"phone": phone}) == theirs
    crm.call("PUT", f"contact/{team_ids.contact}", {"first": "Mary", "phone": UNKNOWN_PHONE})
    crm.call("DELETE", f"contact/{team_ids.contact}")
    with scope(cast.harbor.id):
        remaining = Contact.objects.get(team_id=cast.harbor.id, number=MARIA)
    assert (remaining.id, remaining.display_name) == (harbor_ids.contact, "M. Lopez (blue Brompton)")
    assert harbor_crm.get(f"contact/{phone}/why")["may_text"] is False


def test_a_local_id_of_two_teams_is_two_texts(
    crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds
) -> None:
    for client, ids in ((crm, team_ids), (harbor_crm, harbor_ids)):
        sent = {"inbox_id": ids.inbox, "phone_number": UNKNOWN_PHONE, "text": "Hello", "local_id": "order-1"}
        first = client.post("message/send", sent)
        assert client.post("message/send", sent) == first


def test_the_feed_has_only_the_teams_own_changes(
    crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds
) -> None:
    harbors = harbor_crm.get("optouts")
    assert [change["words"] for change in harbors["changes"]] == ["STOP"]
    crm.post("contact/set_status", {"phone": UNKNOWN_PHONE, "status": "blocked"})
    ours = crm.get("optouts")
    assert [change["position"] for change in ours["changes"]] == [1, 2, 3], "positions per team"
    assert "STOP" not in json.dumps(ours)
    assert harbor_crm.get(f"optouts?since={harbors['next']}")["changes"] == []


def test_a_number_of_another_team_is_unknown(
    crm: ApiClient, harbor_crm: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds
) -> None:
    harbor_crm.post("contact/set_status", {"phone": UNKNOWN_PHONE, "status": "unsubscribed"})
    why = crm.get(f"contact/{UNKNOWN_PHONE}/why")
    assert (why["may_text"], why["decided_by"]) == (True, None)
    assert crm.refused(*ApiCall("POST", "contact/get", {"phone": UNKNOWN_PHONE})) == (
        404,
        "contact_not_found",
    )
    assert (
        crm.get(f"messages?phoneNumber={team_ids.phone}&inboxID={team_ids.inbox}")[0]["text"]
        == "See you on Monday"
    )
