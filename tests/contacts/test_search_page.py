"""Pages of contacts: every order, there and back, with and without filters, is the whole list in pieces."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry
from contacts.search import filters as module
from contacts.search import page, text_search, totals
from contacts.search.filters import ContactFilters
from contacts.search.sorting import Place, SortColumn, SortOrder
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import Cast

JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
ORDERS = [SortOrder(sort, down) for sort in SortColumn for down in (False, True)]
# Few enough to sort; along an index; along an index with a set at hand, of contacts or of others; in vain, and then
# sorted after all; one by one; found by the door, alone and together with filters.
WAYS: list[tuple[dict[str, int], str]] = [
    ({}, "status=active"), ({"SORT_LIMIT": 0}, ""), ({"SORT_LIMIT": 0, "INDEX_STEPS_PER_READ": 999}, "list=LIST"),
    ({"SORT_LIMIT": 0, "INDEX_STEPS_PER_READ": 999}, "created_from=2026-06-11&last_from=2026-06-14"),
    ({"SORT_LIMIT": 0, "WALK_LIMIT": 1, "MAX_WALK_LIMIT": 1, "INDEX_STEPS_PER_READ": 999}, "status=active"),
    ({"SORT_LIMIT": 0, "MAX_HASHED_ROWS": 0, "SEARCH": 0}, "q=1415"),
    ({"SORT_LIMIT": 0}, "q=1415"), ({"SORT_LIMIT": 0}, "q=person+1&status=active"), ({}, "q=1415&list=LIST&created_from=2026-06-11"),
]  # fmt: skip
QUERIES = [
    "status=opt_out", "list=LIST&status=active", "no_name=1", "q=person", "last_from=2026-06-01", "origin=contact",
    "created_from=2026-06-10&created_to=2026-06-14", "list=LIST&q=1415",
]  # fmt: skip


@pytest.mark.parametrize(("ways", "query"), WAYS)
def test_pages_are_the_list_in_pieces(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, ways: dict[str, int], query: str
) -> None:
    """However it is cut."""
    monkeypatch.setattr(page, "PAGE_SIZE", 4)
    _go(monkeypatch, ways)
    with scope(cast.harbor.id):
        asked = _asked(_furnish(cast), query)
        for order in ORDERS:
            wanted = _in_order(module.matching_contacts(cast.harbor, cast.outsider, asked), order)
            there = _walk(cast, asked, order)
            assert [id for ids, _ in there for id in ids] == wanted, order
            _, place = there[-1]
            back = [ids for ids, _ in _walk(cast, asked, order, "before", place)]
            assert back == [ids for ids, _ in there[-2::-1]], order


@pytest.mark.parametrize(
    "ways", [{}, {"SORT_LIMIT": 0}, {"SORT_LIMIT": 0, "MAX_HASHED_ROWS": 0, "SEARCH": 0}]
)
def test_filters_are_cut_like_they_match(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, ways: dict[str, int]
) -> None:
    _go(monkeypatch, ways)
    with scope(cast.harbor.id):
        people = _furnish(cast)
        for query in QUERIES:
            asked = _asked(people, query)
            found = page.fetch_page(ContactFilters(cast.outsider, asked), SortOrder())
            wanted = _in_order(module.matching_contacts(cast.harbor, cast.outsider, asked), SortOrder())
            assert [contact.id for contact in found.contacts] == wanted != [], query
            assert (found.total.count, found.total.exact) == (len(wanted), True)


def test_a_search_may_find_more_than_was_reckoned_with(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _go(monkeypatch, {"SORT_LIMIT": 0, "SEARCH": 3})
    monkeypatch.setattr(text_search, "estimate_matches", lambda readings: 0)
    with scope(cast.harbor.id):
        people = _furnish(cast)
        for query, many in {
            "q=1415": 11,
            "q=1415&list=LIST": 5,
            "q=1415+p": 8,
            "q=a+person": 3,
            "q=b+person": 5,
        }.items():
            asked = _asked(people, query)
            found = page.fetch_page(ContactFilters(cast.outsider, asked), SortOrder())
            wanted = _in_order(module.matching_contacts(cast.harbor, cast.outsider, asked), SortOrder())
            assert [contact.id for contact in found.contacts] == wanted and len(wanted) == many, query
            assert (found.total.count, found.total.exact) == (many, True)


def _go(monkeypatch: pytest.MonkeyPatch, ways: dict[str, int]) -> None:
    for name, value in ways.items():
        where: Any = {"MAX_HASHED_ROWS": module, "SEARCH": text_search}.get(name, page)
        monkeypatch.setattr(where, name.replace("SEARCH", "LOOKUP_LIMIT"), value)


def _asked(people: ContactList, query: str) -> QueryDict:
    return QueryDict(query.replace("LIST", str(people.id)))


Pages = list[tuple[list[int], Place | None]]


def _walk(
    cast: Cast, asked: QueryDict, order: SortOrder, way: str = "after", place: Place | None = None
) -> Pages:
    """Page by page, with where the page before each of them ends."""
    pages: Pages = []
    while place or way == "after":
        found = page.fetch_page(ContactFilters(cast.outsider, asked), order, **{way: place})
        pages.append(([contact.id for contact in found.contacts], found.before))
        place = getattr(found, way)
        if place is None:
            break
    return pages


def _in_order(contacts: Any, order: SortOrder) -> list[int]:
    """The reference: sorted here, those without a value last."""
    rows = [(getattr(one, order.sort.column), one.id) for one in contacts]
    valued = sorted(((value, id) for value, id in rows if value), reverse=order.down)
    missing = sorted((id for value, id in rows if not value), reverse=order.down)
    return [id for _, id in valued] + missing


def _furnish(cast: Cast) -> ContactList:
    Contact.objects.filter(team_id=cast.harbor.id).delete()
    people = ContactList.objects.create(team=cast.harbor, name="People")
    for n in range(11):
        contact = Contact.objects.create(
            team=cast.harbor,
            number=f"+1415555{(n * 7) % 11:04d}",
            display_name="" if n % 4 == 0 else f"Person {'ÄBab'[n % 4]}",  # some alike, some without
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
    ("text", "sort", "place"),
    [
        ("5~ann", SortColumn.NAME, Place("ann", 5)),
        ("5~ann~e", SortColumn.NAME, Place("ann~e", 5)),
        ("5", SortColumn.NAME, Place(None, 5)),
        ("5~", SortColumn.NAME, Place(None, 5)),
        ("5", SortColumn.NUMBER, None),
        ("5~+1415", SortColumn.NUMBER, Place("+1415", 5)),
        ("5~1", SortColumn.CREATED, Place(datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC), 5)),
        ("5~x", SortColumn.CREATED, None),
        ("5~" + "9" * 30, SortColumn.LAST, None),
        ("x~ann", SortColumn.NAME, None),
        ("", SortColumn.NAME, None),
        ("5~a\0b", SortColumn.NAME, None),
    ],
)
def test_places_in_addresses(text: str, sort: SortColumn, place: Place | None) -> None:
    assert Place.read(text, sort) == place
    if place:
        assert Place.read(str(place), sort) == place


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "about 0"), (7, "about 7"), (1234, "about 1,200"), (16_512, "about 17,000"), (995_000, "about 1,000,000"),
        (1_000_400, "about 1.0 M"), (9_940_000, "about 9.9 M"), (12_345_678, "about 12 M"),
    ],
)  # fmt: skip
def test_estimates_in_words(count: int, words: str) -> None:
    assert str(totals.ContactTotal(count, exact=False)) == words
    assert str(totals.ContactTotal(count)) == f"{count:,}"


def test_a_large_total_is_an_estimate(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(totals, "EXACT_LIMIT", 3)
    with scope(cast.harbor.id):
        people = _furnish(cast)
        for query, least, most in (("", 4, 1_000_000), (f"list={people.id}&q=1415", 1, 1_000_000)):
            found = totals.count_matching(ContactFilters(cast.outsider, QueryDict(query)))
            assert not found.exact and least <= found.count <= most
