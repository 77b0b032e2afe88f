"""Contacts below /v2, by UUID and channels, and what the node of n8n calls."""

from typing import Any
from uuid import UUID

import pytest

from contacts.api.uuids import MAX_ID, contact_id_of, contact_uuid
from contacts.lists.models import ContactList, ListEntry
from kernel.tenancy import scope
from messaging.text_templates.templates import make_template
from optout.number_state import standing
from tests.api.conftest import ApiClient
from tests.cast import MARIA, TOM, Cast

PHONE, NEW = MARIA.removeprefix("+"), "14155550177"


@pytest.mark.parametrize("id", [1, 4095, 4096, 98765, 2**31, MAX_ID])
def test_a_uuid_leads_back_to_its_contact_in_its_team_alone(id: int) -> None:
    text = contact_uuid(7, id)
    assert (UUID(text).version, UUID(text).variant) == (8, "specified in RFC 4122")
    assert contact_id_of(7, text) == contact_id_of(7, text.upper()) == id
    assert contact_id_of(8, text) is None
    changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    assert contact_id_of(7, changed) is None
    assert contact_id_of(7, "x") is None and contact_id_of(7, "5f1c0f9a-0d1e-5c64-9d3c-0c7fd1a7c2c1") is None


def test_a_contact_is_found_changed_and_deleted_by_its_uuid(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient
) -> None:
    uuid = crm.get(f"contact/{cast.maria.id}")["uuid"]
    found = crm.get(f"/v2/contact/{uuid}")
    assert found == crm.get(f"/v2/contact/{cast.maria.id}")
    assert (found["id"], found["contact_channels"]) == (
        cast.maria.id, [{"channel_type": "phone", "channel_id": PHONE}]
    )  # fmt: skip
    assert harbor_crm.refused("GET", f"/v2/contact/{uuid}") == (404, "contact_not_found")
    change = {"contact_channels": [{"channel_id": "maria@example.com"}], "last": "Ruiz"}
    assert crm.call("PUT", f"/v2/contact/{uuid}", change).json()["uuid"] == uuid
    found = crm.get(f"/v2/contact/{uuid}")
    assert (found["email"], found["last"], found["phone"]) == ("maria@example.com", "Ruiz", PHONE)
    assert [channel["channel_type"] for channel in found["contact_channels"]] == ["phone", "email"]
    assert crm.call("DELETE", f"/v2/contact/{uuid}").json() == "ok"
    for method in ("GET", "DELETE"):
        assert crm.refused(method, f"/v2/contact/{uuid}") == (404, "contact_not_found")


def test_contacts_are_created_and_searched_by_channels(cast: Cast, crm: ApiClient) -> None:
    channels = [{"channel_type": "phone", "channel_id": NEW}, {"channel_id": "Ada@Example.com"}]
    made = crm.post("/v2/contact", {"first": "Ada", "contact_channels": channels, "is_opted_out": True})
    with scope(cast.northside.id):
        assert standing(cast.northside.id, f"+{NEW}").state == "opt_out"
    for searched, expected in (
        ([{"channel_type": "phone", "channel_ids": [NEW, MARIA, "x"]}], {made["id"], cast.maria.id}),
        ([{"channel_ids": ["ada@example.com", TOM]}], {made["id"], cast.tom.id}),
        ([{"channel_type": "id", "channel_ids": [made["uuid"], "x"]}], {made["id"]}),
        ([{"channel_ids": [made["uuid"]]}], {made["id"]}),
        ([{"channel_ids": []}], set()),
    ):
        found = crm.post("/v2/contacts/search", {"contact_channels": searched})
        assert {contact["id"] for contact in found} == expected, searched
    listed = crm.post("/v2/contacts/list", {"limit": 1, "page": 1, "ascending": True})
    assert [contact["id"] for contact in listed] == [cast.tom.id]
    for wrong in (
        {"first": "Ada"}, {"contact_channels": [{"channel_id": "a@example.com"}]},
        {"phone": NEW, "contact_channels": [{"channel_type": "phone", "channel_id": TOM}]},
    ):  # fmt: skip
        assert crm.refused("POST", "/v2/contact", wrong) == (400, "bad_data"), wrong


# -- n8n ---------------------------------------------------------------------------------------------------------


def test_the_node_of_n8n_chooses_saves_and_sends(cast: Cast, crm: ApiClient) -> None:
    with scope(cast.northside.id):
        template = make_template(cast.northside.id, title="Welcome", body="Hi {{ first_name }}", owner=None)

    def calls(method: str, path: str, body: Any = None) -> Any:
        """As the node does: with its own header."""
        answer = crm.call(
            method,
            f"/n8n/v1/{path}",
            body,
            token="",
            **{"x-heymarket-api-key": crm.secret, "authorization": ""},
        )
        assert answer.status_code == 200, answer.json()
        return answer.json()

    assert calls("GET", "test_auth") == {"team_id": cast.northside.id, "team_name": "Northside Dental"}
    assert [inbox["name"] for inbox in calls("GET", "inboxes")] == ["Billing", "Front Desk"]
    assert calls("GET", "templates") == [{"id": template.id, "name": "Welcome"}]
    assert (calls("GET", "lists"), calls("GET", "contact_fields")) == ([], [])
    saved = calls("POST", "contacts", {"phone_number": f"+{NEW}", "first_name": "Ada", "note": "Likes texts"})
    assert (
        saved["created"]
        and not calls("POST", "contacts", {"phone_number": NEW, "first_name": "Ann"})["created"]
    )
    assert crm.get(f"contact/{saved['id']}")["first"] == "Ann"
    sent = {"inbox_id": cast.front_desk.id, "phone_number": f"+{NEW}"}
    assert calls("POST", "messages", {**sent, "text": "Hello"})["status"] == "queued"
    assert calls("POST", "messages", {**sent, "template_id": template.id})["status"] == "queued"
    made = calls("POST", "lists", {"title": "VIP", "phones": [f"+{NEW}"], "emails": []})
    for action in ("add", "add", "remove"):
        calls("POST", f"lists/{made['id']}/members", {"action": action, "phone_number": MARIA})
    with scope(cast.northside.id):
        entries = ListEntry.objects.filter(list=ContactList.objects.get())
        assert list(entries.values_list("contact_id", flat=True)) == [saved["id"]]


# -- many contacts, and channels ---------------------------------------------------------------------------------


def test_many_contacts_are_created_and_changed_and_each_may_be_refused(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient
) -> None:
    uuid = crm.get(f"contact/{cast.maria.id}")["uuid"]
    items: list[dict[str, Any]] = [
        {"first": "Ada", "contact_channels": [{"channel_type": "phone", "channel_id": NEW}], "is_opted_out": True},
        {"contact_id": uuid, "last": "Ruiz", "email": "maria@example.com"},
        {"contact_id": uuid.replace("8", "9", 1)},
        {"phone": "151"}, {"first": "Nobody"}, {"contact_id": uuid, "phone": TOM}, {"phone": NEW, "last": "Byron"},
        {"contact_id": uuid, "nickname": "M"},
    ]  # fmt: skip
    dry = crm.post("/v2/contacts", {"contacts": items}, **{"X-Heymarket-Dry-Run": "true"})["response"]
    assert crm.post("contacts/count") == {"count": 2}
    answer = crm.post("/v2/contacts", {"contacts": items})
    assert [contact["last"] for contact in dry["contacts"]] == [
        contact["last"] for contact in answer["contacts"]
    ]
    assert [contact["phone"] for contact in answer["contacts"]] == [NEW, PHONE, NEW]
    assert (
        answer["contacts"][0]
        == answer["contacts"][2]
        == crm.get(f"/v2/contact/{answer['contacts'][0]['id']}")
    )
    assert (answer["contacts"][0]["last"], answer["contacts"][0]["status"]) == ("Byron", "unsubscribed")
    assert answer["contacts"][1]["email"] == "maria@example.com"
    failed = [
        (item["index"], item["error"]["error_code"], item["error"]["field"])
        for item in answer["failed_contacts"]
    ]
    assert failed == [
        (2, "contact_not_found", "contact_id"), (3, "invalid_phone_number", "phone"),
        (4, "bad_data", "contact_channels"), (5, "number_taken", "phone"), (7, "bad_data", "nickname"),
    ]  # fmt: skip
    assert answer["failed_contacts"][1]["contact"] == {"phone": "151"}
    assert harbor_crm.post("/v2/contacts", {"contacts": [{"contact_id": uuid}]})["contacts"] == []


def test_many_contacts_are_deleted_all_or_none(cast: Cast, crm: ApiClient, harbor_crm: ApiClient) -> None:
    uuids = [crm.get(f"contact/{contact.id}")["uuid"] for contact in (cast.maria, cast.tom)]

    def delete(client: ApiClient, keys: list[str]) -> Any:
        body = {"contact_channels": [{"channel_type": "id", "channel_ids": keys}]}
        return client.call("DELETE", "/v2/contacts", body)

    for client, keys in ((crm, [*uuids, "987654321"]), (crm, [*uuids, "x"]), (harbor_crm, uuids[:1])):
        refused = delete(client, keys)
        assert (refused.status_code, refused.json()["error_code"]) == (404, "contact_not_found")
    assert crm.post("contacts/count") == {"count": 2}
    assert delete(crm, [*uuids, uuids[0]]).json() == "ok" and crm.post("contacts/count") == {"count": 0}
    assert delete(crm, uuids).status_code == 404


def test_the_channels_of_a_contact(cast: Cast, crm: ApiClient) -> None:
    crm.post("contact/set_status", {"phone": PHONE, "status": "unsubscribed"})
    address = f"/v2/contact/{crm.get(f'contact/{cast.maria.id}')['uuid']}"
    (phone,) = crm.get(f"{address}/channels")
    assert (phone["channel_type"], phone["channel_id"]) == ("phone", PHONE)
    assert crm.refused("GET", f"{address}/channel/email") == (404, "channel_not_found")
    email = {"channel_type": "email", "channel_id": "maria@example.com"}
    assert [channel["channel_id"] for channel in crm.post(f"{address}/channel", email)] == [
        PHONE,
        email["channel_id"],
    ]
    assert crm.post(f"{address}/channel", email) == crm.get(f"{address}/channels")
    for other in ({**email, "channel_id": "m@example.com"}, {"channel_type": "phone", "channel_id": NEW}):
        assert crm.refused("POST", f"{address}/channel", other) == (409, "not_possible")
    for method in ("POST", "PUT"):
        assert crm.refused(method, f"{address}/channel", {**email, "channel_id": "x"}) == (
            422,
            "invalid_email",
        )
        assert crm.refused(method, f"{address}/channel", {"channel_type": "phone", "channel_id": "x"}) == (
            422, "invalid_phone_number",
        )  # fmt: skip
    taken = {"channel_type": "phone", "channel_id": TOM}
    assert crm.refused("PUT", f"{address}/channel", taken) == (409, "number_taken")
    changed = crm.call("PUT", f"{address}/channel", {"channel_type": "phone", "channel_id": NEW}).json()
    assert changed[0]["channel_id"] == NEW and crm.get(f"contact/{NEW}/why")["may_text"] is False
    assert crm.refused("DELETE", f"{address}/channel/phone") == (409, "not_possible")
    assert crm.call("DELETE", f"{address}/channel/email").json() == "ok"
    assert crm.refused("DELETE", f"{address}/channel/email") == (404, "channel_not_found")
    assert crm.refused("GET", f"{address}/channel/fax") == (400, "bad_data")
