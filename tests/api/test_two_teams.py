"""Tenant isolation of the API: no key learns anything about another team, not even that an ID exists."""

import json
import re
from typing import Any

import pytest

from api.models import KeyMode
from contacts.contact.models import Contact
from kernel.tenancy import scope
from tests.api.calls import UNKNOWN_PHONE, VALID_CALLS, ApiCall, TeamIds, item_errors, writes
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, Cast
from tests.held_transactions import held_transaction

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
    "trigger",
)
# Words that only one team's data has.
NORTHSIDE_WORDS = ("Northside", "Olivia", "Front Desk", "Monday", "Tom", "15105550100", "vip")
HARBOR_WORDS = ("Harbor", "Harriet", "Shop", "15105550300", "Lopez (blue", "brompton", "bike", "STOP")


@pytest.fixture(params=KeyMode)
def mode(request: pytest.FixtureRequest) -> KeyMode:
    return KeyMode(request.param)


@pytest.fixture
def ours(cast: Cast, mode: KeyMode) -> ApiClient:
    """Northside's app."""
    return create_client(cast.owner, mode=mode)


@pytest.fixture
def theirs(cast: Cast, mode: KeyMode) -> ApiClient:
    """Harbor's app."""
    return create_client(cast.outsider, name="Harbor CRM", mode=mode)


def with_id(team_ids: TeamIds, field: str, id: int) -> TeamIds:
    return TeamIds(**{**vars(team_ids), field: id})


def comparable(answer: Any, id: int) -> tuple[int, dict[str, str], str]:
    """The answer without its request ID, its rate limit and what was sent."""
    body = re.sub(r'"request_id": "[0-9a-f-]{36}"', "", answer.content.decode())
    body = re.sub(r'"contact": {.*?}, "error"', "", body)  # what was sent
    body = re.sub(rf"(?<!\d){id}(?!\d)", "ID", body)
    headers = {
        name: value for name, value in answer.items() if name not in ("X-Request-Id", "Content-Length")
    }
    return (
        answer.status_code,
        {name: value for name, value in headers.items() if "RateLimit" not in name},
        body,
    )


def data_of(client: ApiClient) -> list[Any]:
    """What the team's calls about changing data answer."""
    return [
        client.get("optouts"),
        *(client.post(path) for path in ("contacts", "conversations", "lists", "tags")),
    ]


@pytest.mark.usefixtures("_unlimited")
def test_another_teams_id_is_answered_like_an_unused_id(
    ours: ApiClient, theirs: ApiClient, mode: KeyMode, team_ids: TeamIds, harbor_ids: TeamIds,
    subtests: pytest.Subtests,
) -> None:  # fmt: skip
    before, compared = data_of(theirs), 0
    for operation, make_call in VALID_CALLS.items():
        with subtests.test(operation=operation), held_transaction(undone=True):
            for field in ID_FIELDS:
                id = getattr(harbor_ids, field)
                foreign = make_call(with_id(team_ids, field, id))
                unused = make_call(with_id(team_ids, field, UNUSED_ID))
                if foreign == unused:
                    continue  # the call has no such ID
                compared += 1
                if mode == KeyMode.COMPATIBLE:  # which may send its IDs as texts
                    foreign, unused = with_text(foreign, id), with_text(unused, UNUSED_ID)
                answer = ours.call(*foreign, **{"Idempotency-Key": f"{field} of Harbor"})
                same = ours.call(*unused, **{"Idempotency-Key": f"unused {field}"})
                assert comparable(answer, id) == comparable(same, UNUSED_ID)
                assert finds_nothing(answer, field)
            if writes(operation):
                assert data_of(theirs) == before
    assert compared > len(VALID_CALLS)


def with_text(call: ApiCall, id: int) -> ApiCall:
    """The call with this ID as a text in its body."""
    return call._replace(body=_with_text(call.body, id))


def _with_text(value: Any, id: int) -> Any:
    if isinstance(value, dict):
        return {name: _with_text(of, id) for name, of in value.items()}
    if isinstance(value, list):
        return [_with_text(item, id) for item in value]
    return str(id) if value == id else value


def finds_nothing(answer: Any, field: str) -> bool:
    """Whether it is an error, an empty list, a count of 0, or a batch whose items have such errors."""
    if answer.status_code != 200:
        return bool(answer.status_code == (422 if field == "field" else 404))
    body = answer.json()
    if body in ({"count": 0}, []):
        return True
    return all(
        error["error_code"].endswith(("_not_found", "invalid_custom_field")) for error in item_errors(body)
    )


@pytest.mark.usefixtures("_unlimited")
def test_no_answer_has_data_of_the_other_team(
    ours: ApiClient, theirs: ApiClient, team_ids: TeamIds, harbor_ids: TeamIds, subtests: pytest.Subtests
) -> None:
    for operation, make_call in VALID_CALLS.items():
        with subtests.test(operation=operation), held_transaction(undone=True):
            answer = ours.call(*make_call(team_ids))
            assert answer.status_code == 200
            assert not [word for word in HARBOR_WORDS if word in answer.content.decode()]
            answer = theirs.call(*make_call(harbor_ids))
            opted_out = operation in ("send_message", "schedule_message") and answer.status_code == 409
            assert answer.status_code == 200 or opted_out
            assert not [word for word in NORTHSIDE_WORDS if word in answer.content.decode()]


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
