"""Calls that apps of the Heymarket API make: members, tags, and pages of lists."""

import json
from typing import Any

import pytest

from accounts.audit.models import AuditEntry
from accounts.models import Member
from api.models import KeyMode, KeyScope
from kernel.tenancy import scope
from tests.api.calls import TeamIds
from tests.api.conftest import ApiClient, create_client
from tests.cast import Cast


@pytest.fixture
def old_app(cast: Cast) -> ApiClient:
    """An app with a compatible key."""
    return create_client(cast.owner, name="Old app", mode=KeyMode.COMPATIBLE)


# -- members -----------------------------------------------------------------------------------------------------


def emails(found: dict[str, Any]) -> list[str]:
    return [membership["email"] for membership in found["memberships"]]


def test_members_are_found_by_their_addresses(cast: Cast, crm: ApiClient, old_app: ApiClient) -> None:
    everybody = [member["email"] for member in crm.get("team")["members"]]
    assert everybody == emails(crm.get("users/get")) and len(everybody) == 4
    (maya,) = crm.get("users/get?email=MAYA@northside.example")["memberships"]
    assert (maya["id"], maya["role"], maya["role_id"]) == (cast.member.id, "member", 4)
    for unknown in ("email=harriet@harbor.example", "email=%20,x", "phone=15105553344"):
        assert emails(crm.get(f"users/get?{unknown}")) == []
    assert crm.refused("GET", "users/get?email=%00") == (400, "bad_data")
    assert crm.refused("GET", f"users/get?email={',' * 100}") == (400, "bad_data")


def test_a_key_changes_what_the_team_calls_a_member_and_nothing_else(
    cast: Cast, crm: ApiClient, harbor_crm: ApiClient
) -> None:
    def update(*users: dict[str, Any]) -> list[str]:
        return [found["name"] for found in crm.post("users/update", {"users": list(users)})["memberships"]]

    maya, sam = {"id": cast.member.id}, {"id": cast.second.id}
    both = update({**sam, "name": " Samuel  Silva "}, {**maya, "last_name": "Chen-Li", "role_id": 4})
    assert both == ["Maya Chen-Li", "Samuel Silva"]
    assert update({**maya, "first_name": "May", "email": "MAYA@northside.example"}) == ["May Chen-Li"]
    assert "May Chen-Li" in [member["name"] for member in crm.get("team")["members"]]
    for refused, expected in (
        ({**maya, "role_id": 1}, (409, "not_possible")), ({**maya, "email": "m@example.com"}, (409, "not_possible")),
        ({"id": cast.outsider.id, "name": "X"}, (404, "member_not_found")),
        ({**maya, "name": "\u200b"}, (400, "bad_data")),
        ({**maya, "first_name": "x" * 80}, (400, "bad_data")), ({**maya, "phone": "15105553344"}, (400, "bad_data")),
    ):  # fmt: skip
        body = {"users": [{**sam, "name": "Nobody"}, refused]}
        assert crm.refused("POST", "users/update", body) == expected, refused
    assert harbor_crm.refused("POST", "users/update", {"users": [maya]}) == (404, "member_not_found")
    assert update({**sam, "name": ""}, {**maya, "first_name": "Maya", "last_name": "Chen"}) == [
        "Maya Chen",
        "Sam Silva",
    ]
    with scope(cast.northside.id):
        recorded = AuditEntry.objects.filter(team=cast.northside, action="member_changed").order_by("id")
        changes = [(row.actor_kind, row.actor_name, row.setting, row.before, row.after) for row in recorded]
        members = Member.objects.filter(team=cast.northside).select_related("user")
        assert {(member.name, str(member) == member.user.name) for member in members} == {("", True)}
    assert changes[0] == ("api_key", "CRM", "Name", "Sam Silva", "Samuel Silva") and len(changes) == 5
    for app in (create_client(cast.owner, KeyScope.READ), create_client(cast.second)):
        assert app.refused("POST", "users/update", {"users": [maya]}) == (403, "denied")


def test_parameters_of_get_may_come_in_the_body(
    cast: Cast, crm: ApiClient, old_app: ApiClient, team_ids: TeamIds
) -> None:
    body = {"email": ["maya@northside.example", "sam@northside.example"], "phone": []}
    for app in (crm, old_app):
        found = app.call("GET", "users/get", body).json()
        assert emails(found) == ["maya@northside.example", "sam@northside.example"]
        texts = app.call("GET", "messages", {"phoneNumber": team_ids.phone, "inboxID": team_ids.inbox}).json()
        assert texts == app.get(f"messages?phoneNumber={team_ids.phone}&inboxID={team_ids.inbox}") != []
        assert app.call("GET", "team", []).status_code == 200
    assert crm.refused("GET", "team", {"limt": 1}) == (400, "bad_data")
    assert old_app.call("GET", "team", {"limt": 1})["X-Heymarket-Ignored"] == "limt"


# -- tags --------------------------------------------------------------------------------------------------------


def test_tags_are_created_listed_and_deleted(cast: Cast, crm: ApiClient, team_ids: TeamIds) -> None:
    made = crm.post("tag", {"tag": "  Gold   members "})
    again = crm.post("tag", {"tag": "gold members"})
    assert (made["created"], again) == (True, {**made, "created": False})
    assert [tag["tag"] for tag in crm.post("tags")] == ["Gold members", "vip"]
    assert crm.get(f"tag/{made['id']}")["tag"] == "Gold members"
    crm.post("contact", {"phone": "14155550177", "tags": [{"tag_id": made["id"]}, "VIP"]})
    assert crm.call("DELETE", f"tag/{made['id']}").json() == "ok"
    assert [tag["name"] for tag in crm.post("contact/get", {"phone": "14155550177"})["tags"]] == ["vip"]
    assert crm.refused("GET", f"tag/{made['id']}") == (404, "tag_not_found")
    assert crm.refused("POST", "tag", {"tag": " \u200b "}) == (400, "bad_data")
    reader = create_client(cast.owner, KeyScope.READ)
    assert reader.post("tags") and reader.refused("POST", "tag", {"tag": "x"}) == (403, "denied")


# -- pages -------------------------------------------------------------------------------------------------------


def test_lists_have_pages_of_the_size_that_is_asked_for(
    cast: Cast, crm: ApiClient, old_app: ApiClient
) -> None:
    for n in range(5):
        crm.post("tag", {"tag": f"Tag {n}"})
    ids = [tag["id"] for tag in crm.post("tags")]
    read: list[int] = []
    more: dict[str, Any] = {}
    while page := crm.post("tags", {"limit": 2, **more}):
        read += [tag["id"] for tag in page]
        more = {"date": page[-1]["updated"]}
    assert read == ids
    assert [tag["id"] for n in range(3) for tag in crm.post("tags", {"limit": 2, "page": n})] == ids
    assert [tag["id"] for tag in crm.post("tags", {"ascending": True})] == ids[::-1]
    empty = {"date": "", "limit": 0, "page": 0, "order": "", "archived": False, "filter": "", "parent_id": 0}
    assert [tag["id"] for tag in old_app.post("tags", {**empty, "assigned": 0, "id": 0})] == ids
    assert [tag["id"] for tag in old_app.post("tags", {"limit": "2", "page": "1"})] == ids[2:4]
    assert crm.refused("POST", "tags", {"limit": "2"}) == (400, "bad_data")


def test_contacts_have_two_orders(cast: Cast, crm: ApiClient) -> None:
    crm.call("PUT", f"contact/{cast.maria.id}", {"first": "Mary"})
    crm.post("contact", {"phone": "14155550177"})
    crm.call("PUT", f"contact/{cast.maria.id}", {"first": "Maria"})
    by_change = [contact["first"] for contact in crm.post("contacts")]
    assert by_change[0] == "Maria"
    newest, *_ = first = crm.post("contacts", {"order": "created_at", "limit": 1})
    assert newest["phone"] == "14155550177"
    rest = crm.post("contacts", {"order": "created_at", "date": first[-1]["created"]})
    assert {contact["id"] for contact in rest} == {cast.maria.id, cast.tom.id}
    assert json.dumps(rest).count("14155550177") == 0
    with scope(cast.northside.id):
        assert cast.maria.created_at <= cast.tom.created_at
