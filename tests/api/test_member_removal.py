"""Removal of a member: the member's API keys are listed, and stop or are handed over."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.memberships import remove_member
from accounts.models import Member
from api import keys
from api.models import ApiKey, KeyKind, KeyScope
from kernel.tenancy import scope
from tests.cast import Cast

AsClient = Callable[[Member], Client]


def create(by: Member, name: str = "Shop") -> keys.CreatedKey:
    with scope(by.team_id):
        return keys.create_key(name, KeyKind.BEARER, [KeyScope.READ], by)


def works(key: keys.CreatedKey) -> bool:
    answer = Client().get("/v1/inboxes", headers={"Authorization": f"Bearer {key.secret}"})
    assert answer.status_code in (200, 401), answer.content
    return answer.status_code == 200


def removal(cast: Cast, member: Member) -> str:
    return reverse("member_removal", args=[cast.northside.slug, member.id])


def saved(key: keys.CreatedKey) -> ApiKey:
    with scope(key.key.team_id):
        return ApiKey.objects.get(team_id=key.key.team_id, id=key.key.id)


def test_page_lists_the_keys_of_the_removed_admin(cast: Cast, as_client: AsClient) -> None:
    create(cast.admin, "Shop")
    create(cast.owner, "CRM")
    page = as_client(cast.owner).get(removal(cast, cast.admin)).content.decode()
    assert "Amir Adams knows the secrets" in page
    assert "Shop" in page
    assert "CRM" not in page
    assert "Hand them over to me" in page
    assert "API keys:" not in as_client(cast.owner).get(removal(cast, cast.member)).content.decode()


@pytest.mark.parametrize(
    ("form", "stays"), [({}, False), ({"keys": "stop"}, False), ({"keys": "hand_over"}, True)]
)
def test_keys_stop_unless_they_are_handed_over(
    cast: Cast, as_client: AsClient, form: dict[str, str], stays: bool
) -> None:
    key, other = create(cast.admin), create(cast.owner)
    assert works(key)
    assert as_client(cast.owner).post(removal(cast, cast.admin), form).status_code == 302
    assert works(key) is stays
    assert works(other)
    assert (saved(key).revoked_by, saved(key).owner_id) == (
        ("", cast.owner.user_id) if stays else ("Olivia Owens", cast.admin.user_id)
    )


def test_key_that_was_handed_over_stops_with_its_new_owner(cast: Cast, as_client: AsClient) -> None:
    key = create(cast.second)
    as_client(cast.admin).post(removal(cast, cast.second), {"keys": "hand_over"})
    assert works(key)
    as_client(cast.owner).post(removal(cast, cast.admin))
    assert not works(key)


def test_leaving_stops_ones_own_keys(cast: Cast, as_client: AsClient) -> None:
    key = create(cast.admin)
    browser = as_client(cast.admin)
    page = browser.get(removal(cast, cast.admin)).content.decode()
    assert "Your API keys stop" in page
    assert "Hand them over" not in page
    browser.post(removal(cast, cast.admin), {"keys": "hand_over"})
    assert not works(key)


def test_key_of_a_removed_member_stops_however_the_member_was_removed(cast: Cast) -> None:
    key = create(cast.admin)
    with scope(cast.northside.id):
        remove_member(cast.admin, by=cast.owner)
    assert not works(key)


def test_key_of_an_older_version_belongs_to_the_member_of_its_name(cast: Cast, as_client: AsClient) -> None:
    key, other = create(cast.admin), create(cast.owner)
    with scope(cast.northside.id):
        ApiKey.objects.filter(team=cast.northside).update(owner_id=None)
    assert works(key)
    as_client(cast.owner).post(removal(cast, cast.admin))
    assert (works(key), works(other)) == (False, True)


def test_failed_removal_stops_no_key(cast: Cast, as_client: AsClient) -> None:
    key = create(cast.owner)
    as_client(cast.owner).post(removal(cast, cast.owner))  # the last owner
    as_client(cast.admin).post(removal(cast, cast.owner))
    assert works(key)


def test_members_do_not_see_the_keys_of_others(cast: Cast, as_client: AsClient) -> None:
    create(cast.admin)
    assert as_client(cast.member).get(removal(cast, cast.admin)).status_code == 403
    assert as_client(cast.outsider).get(removal(cast, cast.admin)).status_code == 404
