"""Kept queries: each use gives what its queryset gives, its SQL is made once, and what cannot be kept is refused."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db.models import Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Inbox, Member
from kernel.kept_queries import KeptQuery
from kernel.loading import fetch_together
from kernel.tenancy import scope
from tests.cast import Cast

type Build = Callable[[Any, Sequence[int]], QuerySet[Any, Any]]


def members(order: str, values: Sequence[int]) -> QuerySet[Member]:
    team_id, *ids = values
    rows = Member.objects.filter(team_id=team_id, id__in=ids).select_related("user")
    return rows.annotate(seven=Value(7)).order_by(order)


def inboxes(_: None, values: Sequence[int]) -> QuerySet[Inbox, tuple[str, int]]:
    return Inbox.objects.filter(team_id=values[0]).order_by("name").values_list("name", "seats__member_id")


def test_each_use_has_its_own_values(cast: Cast) -> None:
    for team in (cast.northside, cast.harbor):
        ids = [member.id for member in (cast.owner, cast.admin, cast.outsider)]
        with scope(team.id):
            asked = [KeptQuery(members, "-id", [team.id, *ids]), KeptQuery(inboxes, None, [team.id])]
            found = fetch_together([*asked, members("id", [team.id, *ids])])
            assert found == [list(rows) for rows in asked] + [found[0][::-1]]
            assert all(found)
            assert {(row.seven, row.user.id) for row in found[0]} == {(7, row.user_id) for row in found[2]}


def test_sql_is_made_once_for_each_shape_and_number_of_values(cast: Cast) -> None:
    built = []

    def build(shape: str, values: Sequence[int]) -> QuerySet[Member]:
        built.append((shape, len(values)))
        return members(shape, values)

    with scope(cast.northside.id):
        for shape, ids in [("id", [1]), ("id", [2]), ("id", [1, 2]), ("-id", [1]), ("id", [3])]:
            fetch_together([KeptQuery(build, shape, [cast.northside.id, *ids])])
    assert built == [("id", 2), ("id", 3), ("-id", 2)]


def test_no_row_can_match(cast: Cast) -> None:
    with scope(cast.northside.id):
        assert fetch_together([KeptQuery(members, "id", [cast.northside.id])]) == [[]]


@pytest.mark.parametrize(
    "build",
    [
        lambda _, values: Member.objects.filter(team_id=values[0], created_at__lt=timezone.now()),
        lambda _, values: Member.objects.annotate(number=RawSQL(f"SELECT {values[0]}", [])),
        lambda _, values: Member.objects.filter(name=f"Member {values[0]}"),
        lambda _, values: Member.objects.filter(Q(pk=Value([values[0]]))),
    ],
    ids=["the time", "a value in the SQL", "a value in a word", "a list"],
)
def test_what_cannot_be_kept_is_refused(cast: Cast, build: Build) -> None:
    build.__name__ = "build"
    with scope(cast.northside.id), pytest.raises(TypeError, match="The SQL of build cannot be kept"):
        fetch_together([KeptQuery(build, None, [cast.northside.id])])
