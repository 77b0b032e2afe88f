"""Pages of contacts: in every order, forwards and backwards, with and without filters, they cover the whole list."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from contacts.search import filters as module
from contacts.search import page, text_search, totals
from contacts.search.filters import ContactFilters
from contacts.search.sorting import SortColumn, SortOrder
from kernel.keyset import Cursor
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import Cast

JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
ORDERS = [SortOrder(sort, down) for sort in SortColumn for down in (False, True)]
# Sort all; walk an index; walk with a hash table of contacts or of column values; give up a walk and sort all; test
# each contact; look up in the search index, alone and with filters.
STRATEGIES: list[tuple[dict[str, int], str]] = [
    ({}, "status=active"), ({"SORT_LIMIT": 0}, ""), ({"SORT_LIMIT": 0, "INDEX_STEPS_PER_READ": 999}, "list=LIST"),
    ({"SORT_LIMIT": 0, "INDEX_STEPS_PER_READ": 999}, "created_from=2026-06-11&last_from=2026-06-14"),
    ({"SORT_LIMIT": 0, "WALK_LIMIT": 1, "MAX_WALK_LIMIT": 1, "INDEX_STEPS_PER_READ": 999}, "status=active"),
    ({"SORT_LIMIT": 0, "MAX_HASHED_ROWS": 0, "SEARCH": 0}, "q=1415"),
    ({"SORT_LIMIT": 0}, "q=1415"), ({"SORT_LIMIT": 0}, "q=person+1&status=active"),
    ({}, "q=1415&list=LIST&created_from=2026-06-11"),
]  # fmt: skip
QUERIES = [
    "status=opt_out", "list=LIST&status=active", "no_name=1", "q=person", "last_from=2026-06-01", "origin=contact",
    "created_from=2026-06-10&created_to=2026-06-14", "list=LIST&q=1415",
]  # fmt: skip


@pytest.mark.parametrize(("limits", "query"), STRATEGIES)
def test_pages_cover_the_list_in_both_directions(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int], query: str
) -> None:
    monkeypatch.setattr(page, "PAGE_SIZE", 4)
    _set_limits(monkeypatch, limits)
    with scope(cast.harbor.id):
        parameters = _parameters(_create_contacts(cast), query)
        for order in ORDERS:
            expected = _in_order(module.matching_contacts(cast.harbor, cast.outsider, parameters), order)
            forwards = _pages(cast, parameters, order)
            assert [id for ids, _ in forwards for id in ids] == expected, order
            _, cursor = forwards[-1]
            backwards = [ids for ids, _ in _pages(cast, parameters, order, "before", cursor)]
            assert backwards == [ids for ids, _ in forwards[-2::-1]], order


@pytest.mark.parametrize(
    "limits", [{}, {"SORT_LIMIT": 0}, {"SORT_LIMIT": 0, "MAX_HASHED_ROWS": 0, "SEARCH": 0}]
)
def test_a_page_has_all_matches_of_its_filters(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    _set_limits(monkeypatch, limits)
    with scope(cast.harbor.id):
        people = _create_contacts(cast)
        for query in QUERIES:
            parameters = _parameters(people, query)
            found = page.fetch_page(ContactFilters(cast.outsider, parameters), SortOrder())
            expected = _in_order(
                module.matching_contacts(cast.harbor, cast.outsider, parameters), SortOrder()
            )
            assert [contact.id for contact in found.contacts] == expected != [], query
            assert (found.total.count, found.total.exact) == (len(expected), True)


def test_a_search_may_find_more_than_estimated(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _set_limits(monkeypatch, {"SORT_LIMIT": 0, "SEARCH": 3})
    monkeypatch.setattr(text_search, "estimate_matches", lambda readings: 0)
    with scope(cast.harbor.id):
        people = _create_contacts(cast)
        for query, count in {
            "q=1415": 11,
            "q=1415&list=LIST": 5,
            "q=1415+p": 8,
            "q=a+person": 3,
            "q=b+person": 5,
        }.items():
            parameters = _parameters(people, query)
            found = page.fetch_page(ContactFilters(cast.outsider, parameters), SortOrder())
            expected = _in_order(
                module.matching_contacts(cast.harbor, cast.outsider, parameters), SortOrder()
            )
            assert [contact.id for contact in found.contacts] == expected and len(expected) == count, query
            assert (found.total.count, found.total.exact) == (count, True)


def _set_limits(monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]) -> None:
    for name, value in limits.items():
        where: Any = {"MAX_HASHED_ROWS": module, "SEARCH": text_search}.get(name, page)
        monkeypatch.setattr(where, name.replace("SEARCH", "LOOKUP_LIMIT"), value)


def _parameters(people: ContactList, query: str) -> QueryDict:
    return QueryDict(query.replace("LIST", str(people.id)))


Pages = list[tuple[list[int], Cursor | None]]


def _pages(
    cast: Cast,
    parameters: QueryDict,
    order: SortOrder,
    direction: str = "after",
    cursor: Cursor | None = None,
) -> Pages:
    """All pages in one direction, each with the cursor of its previous page."""
    pages: Pages = []
    while cursor or direction == "after":
        found = page.fetch_page(ContactFilters(cast.outsider, parameters), order, **{direction: cursor})
        pages.append(([contact.id for contact in found.contacts], found.before))
        cursor = getattr(found, direction)
        if cursor is None:
            break
    return pages


def _in_order(contacts: Any, order: SortOrder) -> list[int]:
    """The expected order, sorted in Python: contacts without a value come last."""
    rows = [(getattr(contact, order.sort.column), contact.id) for contact in contacts]
    valued = sorted(((value, id) for value, id in rows if value), reverse=order.down)
    missing = sorted((id for value, id in rows if not value), reverse=order.down)
    return [id for _, id in valued] + missing


def _create_contacts(cast: Cast) -> ContactList:
    Contact.objects.filter(team_id=cast.harbor.id).delete()
    people = ContactList.objects.create(team=cast.harbor, name="People")
    for n in range(11):
        contact = Contact.objects.create(
            team=cast.harbor,
            number=f"+1415555{(n * 7) % 11:04d}",
            display_name="" if n % 4 == 0 else f"Person {'ÄBab'[n % 4]}",  # some equal, some without a name
            created_at=JUNE - timedelta(days=n // 2),
            last_message_at=None if n % 3 == 0 else JUNE - timedelta(days=n % 3),
        )
        if n % 2:
            ListEntry.objects.create(team=cast.harbor, list=people, contact=contact)
        if n % 5 == 1:
            Suppression.objects.create(
                team=cast.harbor, number=contact.number, kind="opt_out", origin="contact", event_id=1, created_at=JUNE
            )  # fmt: skip
    return people


@pytest.mark.parametrize(
    ("text", "sort", "cursor"),
    [
        ("5~ann", SortColumn.NAME, Cursor(5, "ann")),
        ("5~ann~e", SortColumn.NAME, Cursor(5, "ann~e")),
        ("5", SortColumn.NAME, Cursor(5)),
        ("5~", SortColumn.NAME, Cursor(5)),
        ("5", SortColumn.NUMBER, None),
        ("5~+1415", SortColumn.NUMBER, Cursor(5, "+1415")),
        ("5~1", SortColumn.CREATED, Cursor(5, datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC))),
        ("5~x", SortColumn.CREATED, None),
        ("5~" + "9" * 30, SortColumn.LAST, None),
        ("5~-" + "9" * 17, SortColumn.LAST, None),
        ("x~ann", SortColumn.NAME, None),
        ("", SortColumn.NAME, None),
        ("5~a\0b", SortColumn.NAME, None),
    ],
)
def test_a_cursor_is_read_from_an_address(text: str, sort: SortColumn, cursor: Cursor | None) -> None:
    order = SortOrder(sort)
    assert order.read_cursor(text) == cursor
    if cursor:
        assert order.read_cursor(str(cursor)) == cursor


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "about 0"), (7, "about 7"), (1234, "about 1,200"), (16_512, "about 17,000"), (995_000, "about 1,000,000"),
        (1_000_400, "about 1.0 M"), (9_940_000, "about 9.9 M"), (12_345_678, "about 12 M"),
    ],
)  # fmt: skip
def test_an_estimate_is_rounded(count: int, words: str) -> None:
    assert str(totals.ContactTotal(count, "about")) == words
    assert str(totals.ContactTotal(count)) == f"{count:,}"


def test_a_total_above_the_limit_is_not_exact(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with scope(cast.harbor.id):
        people = _create_contacts(cast)
        filters = {
            query: ContactFilters(cast.outsider, QueryDict(query))
            for query in ("", f"list={people.id}&q=1415")
        }
        assert [str(totals.count_matching(each)) for each in filters.values()] == ["11", "5"]
        monkeypatch.setattr(totals, "EXACT_LIMIT", 3)
        everyone, listed = (totals.count_matching(each) for each in filters.values())
    assert (everyone.qualifier, everyone.exact) == ("about", False) and everyone.count >= 4
    assert str(listed) == "more than 3"
