"""A CRM's calls about a person who opts out, from the first call to the consent feed."""

from tests.api.conftest import ApiClient
from tests.cast import STRANGER, Cast

PHONE = STRANGER.removeprefix("+")


def test_a_contact_is_created_opted_out_explained_refused_subscribed_and_texted(
    cast: Cast, crm: ApiClient
) -> None:
    created = crm.post("contact", {"phone": PHONE, "first": "Ada", "is_opted_out": True})
    assert created["created"] and created["rev"] == 1

    why = crm.get(f"contact/{PHONE}/why")
    assert (why["may_text"], why["status"]) == (False, "unsubscribed")
    assert why["sentence"] == "No. API key CRM opted this contact out (created as opted out)."

    text = {"inbox_id": cast.front_desk.id, "phone_number": PHONE, "text": "Hello"}
    assert crm.refused("POST", "message/send", text) == (409, "unsubscribed_number")

    assert crm.post("contact/set_status", {"phone": PHONE, "status": "subscribed"}) == "success"
    sent = crm.post("message/send", text)
    assert sent["status"] == "queued"

    feed = crm.get("optouts")
    assert [change["action"] for change in feed["changes"]] == ["opted_out", "opted_in"]
    assert crm.get(f"optouts?since={feed['next']}") == {"changes": [], "next": feed["next"], "more": False}
