"""API calls about lists."""

from typing import Any

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from kernel.phone_numbers import digits
from kernel.tenancy import scope
from tests.cast import MARIA, TOM, Cast

NEW = "14155550188"


def on_list(cast: Cast, id: int) -> dict[str, str]:
    with scope(cast.northside.id):
        rows = ListEntry.objects.filter(list_id=id).order_by("contact__number")
        return dict(rows.values_list("contact__number", "by_name"))


def test_lists_are_created_changed_read_and_deleted(cast: Cast, crm: Any) -> None:
    body = {"title": "Recall", "local_id": "l1", "contacts": [cast.maria.id], "phones": [NEW, digits(MARIA)]}
    saved = crm.call("POST", "list", body).json()
    assert crm.call("POST", "list", body).json() == saved  # once for each local_id
    assert on_list(cast, saved["id"]) == {MARIA: "CRM", f"+{NEW}": "CRM"}
    assert crm.call("POST", "list", {"title": "recall"}).json()["field"] == "title"
    got = crm.call("GET", f"list/{saved['id']}").json()
    assert (got["name"], got["live"], got["filter"], got["uuid"]) == ("Recall", False, None, saved["uuid"])
    assert [row["name"] for row in crm.call("POST", "lists", {}).json()] == ["Recall"]
    members = crm.call("POST", f"list/{saved['id']}/contacts", {}).json()
    assert {member["phone"] for member in members} == {NEW, digits(MARIA)}
    changes = {"title": "Recalls", "add_contacts": [cast.tom.id], "remove_phones": [NEW]}
    assert crm.call("PUT", f"list/{saved['id']}", changes).status_code == 200
    assert on_list(cast, saved["id"]) == {MARIA: "CRM", TOM: "CRM"}
    assert crm.call("PUT", f"list/{saved['id']}", {"contacts": [cast.tom.id]}).status_code == 200
    assert (
        crm.call(
            "PUT", f"list/{saved['id']}", {"remove_contacts": [cast.tom.id], "add_phones": [NEW]}
        ).status_code
        == 200
    )
    assert list(on_list(cast, saved["id"])) == [f"+{NEW}"]
    missing = crm.call(
        "PUT", f"list/{saved['id']}", {"title": "x", "add_contacts": [cast.maria_of_harbor.id]}
    )
    assert missing.json()["error_code"] == "contact_not_found"
    assert crm.call("DELETE", f"list/{saved['id']}").json() == "ok"
    assert crm.call("GET", f"list/{saved['id']}").json()["error_code"] == "list_not_found"
    with scope(cast.northside.id):
        assert Contact.objects.filter(number=f"+{NEW}").exists() and not ContactList.objects.exists()


def test_a_live_list_has_whoever_matches(cast: Cast, crm: Any) -> None:
    saved = crm.call("POST", "list", {"title": "Toms", "filter": "?q=tom&status="}).json()
    got = crm.call("GET", f"list/{saved['id']}").json()
    assert (got["live"], got["filter"]) == (True, "q=tom")
    members = crm.call("POST", f"list/{saved['id']}/contacts", {}).json()
    assert [member["phone"] for member in members] == [digits(TOM)]
    assert crm.call("PUT", f"list/{saved['id']}", {"filter": "q=maria"}).status_code == 200
    members = crm.call("POST", f"list/{saved['id']}/contacts", {}).json()
    assert [member["phone"] for member in members] == [digits(MARIA)]
    for refused in (
        {"filter": "tag=999"},
        {"filter": "shoe=43"},
        {"filter": f"list={saved['id']}"},
        {"add_contacts": [cast.tom.id]},
    ):
        assert crm.call("PUT", f"list/{saved['id']}", refused).json()["error_code"] == "bad_data", refused
    both = {"title": "Both", "filter": "q=tom", "contacts": [cast.tom.id]}
    assert crm.call("POST", "list", both).json()["field"] == "filter"
