"""Writers: each gets the IDs of its own rows, and what several write in the same step is one round trip."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.utils import timezone

from contacts.contact.models import Contact
from kernel import writing
from kernel.combined_inserts import insert_sets
from kernel.tenancy import scope
from kernel.writing import Writer, at_once, write_side_by_side
from tests.cast import Cast


def contacts_writer(cast: Cast, numbers: Sequence[str]) -> Writer[dict[str, int]]:
    """A step for each number. Returns the IDs by number."""
    ids = {}
    for number in numbers:
        insert = Contact.objects.ensure_statement(cast.front_desk, number, timezone.now())
        written = yield {"contact": insert}
        ids[number] = written["contact"]
    return ids


def test_writers_side_by_side_take_one_round_trip_for_each_step(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def counted(sets: Sequence[Any]) -> Any:
        steps.append(len(sets))
        return insert_sets(sets)

    monkeypatch.setattr(writing, "insert_sets", counted)
    numbers = [["+15105550171", "+15105550172", "+15105550173"], [], ["+15105550174"]]
    with scope(cast.northside.id):
        found = write_side_by_side(contacts_writer(cast, each) for each in numbers)
        stored = dict(Contact.objects.filter(team=cast.northside).values_list("number", "id"))
    assert [list(each) for each in found] == numbers
    assert {number: id for each in found for number, id in each.items()}.items() <= stored.items()
    assert [count for count in steps if count] == [2, 1, 1]


def test_a_writer_can_run_at_once(cast: Cast) -> None:
    with scope(cast.northside.id):
        ids = at_once(contacts_writer)(cast, ["+15105550175"])
        assert Contact.objects.get(team=cast.northside, number="+15105550175").id == ids["+15105550175"]
