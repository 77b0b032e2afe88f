"""Page of contacts: finds the IDs of a page by an index walk or by sorting all matches, then loads its rows."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, When

from accounts.access import visible_inboxes
from accounts.models import Member
from contacts.contact.models import Contact
from contacts.lists.models import ListEntry, Tagging
from contacts.search.filters import ContactFilters
from contacts.search.sorting import SortOrder
from contacts.search.text_search import select_from
from contacts.search.totals import ContactTotal, count_matching
from kernel.keyset import Cursor
from kernel.phone_numbers import display

PAGE_SIZE = 50
# Up to this many matches are all read and sorted. Beyond it, a walk along the index of the order may be cheaper.
SORT_LIMIT = 500
# Steps of a walk after which all matches are read and sorted instead, since they are further on in the order.
WALK_LIMIT, MAX_WALK_LIMIT = 20_000, 200_000
# Steps along an index that cost as much as reading one contact from its place in the table.
INDEX_STEPS_PER_READ = 30

# The IDs of one page of all sorted matches; the number of matches before the cursor; the number of all matches.
SORTED_PAGE = """
    SELECT coalesce(ids[greatest(passed - {before}, 0) + 1 : passed + {after}], '{{}}'),
        coalesce(passed, 0), coalesce(total, 0)
    FROM (SELECT) AS page LEFT JOIN ({matches}) AS matches ON true
"""


@dataclass(frozen=True)
class ContactsPage:
    contacts: list[Contact]
    before: Cursor | None  # where the previous page ends, if there is one
    after: Cursor | None  # where the next page begins, if there is one
    total: ContactTotal


@dataclass(frozen=True)
class _PageIds:
    ids: list[int]
    has_previous: bool
    has_next: bool
    total: int | None = None  # of all matches, if it is known


def fetch_page(
    filters: ContactFilters, order: SortOrder, *, after: Cursor | None = None, before: Cursor | None = None
) -> ContactsPage:
    """The page after or before a cursor, as a member sees it; the first page without a cursor."""
    assert filters.member
    page = _page_ids(filters, order, after, before)
    if before and not page.has_previous and len(page.ids) < PAGE_SIZE:
        return fetch_page(filters, order)
    contacts = _load_rows(filters.member, page.ids)
    total = page.total if page.has_previous or page.has_next else len(page.ids)
    return ContactsPage(
        contacts,
        order.cursor(contacts[0]) if contacts and page.has_previous else None,
        order.cursor(contacts[-1]) if contacts and page.has_next else None,
        count_matching(filters, total),
    )


def _page_ids(
    filters: ContactFilters, order: SortOrder, after: Cursor | None, before: Cursor | None
) -> _PageIds:
    indexed = filters.search and filters.search.index_readings is not None
    # None where the search finds more contacts than estimated.
    page = _sort_all(filters, order, after, before) if indexed else None
    if page is None and _is_walkable(filters):
        page = _walk_index(filters, order, after, before)
    return page or _sort_all(filters, order, after, before) or _PageIds([], False, False, 0)


def _is_walkable(filters: ContactFilters) -> bool:
    """Whether a walk is likely to fill a page at less cost than reading all matches."""
    steps = PAGE_SIZE / filters.share
    return filters.smallest > SORT_LIMIT and steps <= INDEX_STEPS_PER_READ * filters.smallest


def _walk_index(
    filters: ContactFilters, order: SortOrder, after: Cursor | None, before: Cursor | None
) -> _PageIds | None:
    """Walk along the index of the order and test each contact; None where that takes too many steps."""
    cursor, direction = (before, order.reversed()) if before else (after, order)
    likely_steps = PAGE_SIZE / filters.share
    max_steps = int(min(max(WALK_LIMIT, 2 * likely_steps), MAX_WALK_LIMIT))
    column, by = order.sort.column, direction.by
    ids: list[int] = []
    for part in order.parts_from(cursor, backwards=before is not None):
        walk = filters.matching_by(column).filter(direction.rest_of(part, cursor)).order_by(*by)
        missing = PAGE_SIZE + 1 - len(ids)
        if filters.active:
            matching = filters.matching_along(column, likely_steps).order_by(*by).values("id")[:missing]
            ids += _matches_on_walk(walk[:max_steps], matching)
        else:
            ids += walk.values_list("id", flat=True)[:missing]
        if len(ids) > PAGE_SIZE:
            break
        if filters.active and walk[max_steps : max_steps + 1].exists():
            return None
    more = len(ids) > PAGE_SIZE
    ids = ids[:PAGE_SIZE]
    return _PageIds(ids[::-1], more, True) if before else _PageIds(ids, after is not None, more)


def _matches_on_walk(walk: QuerySet[Contact], matching: QuerySet[Any]) -> list[int]:
    """The IDs that `matching` finds among the contacts of `walk`, which reads no further than necessary."""
    source, source_values = walk.query.sql_with_params()
    statement, values = select_from("walk", matching)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH walk AS ({source}) {statement}", [*source_values, *values])
        return [id for (id,) in cursor.fetchall()]


def _sort_all(
    filters: ContactFilters, order: SortOrder, after: Cursor | None, before: Cursor | None
) -> _PageIds | None:
    """Sort all matches by their IDs and take a page; None where the search finds too many."""
    cursor, parts = after or before, order.parts
    by: list[Any] = [Case(When(parts[-1], then=1), default=0), *order.by] if parts[1:] else order.by
    passed = Q(pk__in=[])
    if cursor:
        part = order.part_of(cursor)
        # The matches up to the cursor, with or without its own row, and all of the part before.
        passed = part & (~order.after(cursor) if after else order.reversed().after(cursor))
        passed |= parts[0] if part != parts[0] else Q(pk__in=[])
    page = _sorted_page(filters, by, passed, backwards=before is not None)
    if page is None:
        return None
    ids, passed_count, total = page
    start = max(0, passed_count - PAGE_SIZE) if before else passed_count
    return _PageIds(ids, start > 0, start + len(ids) < total, total)


def _sorted_page(
    filters: ContactFilters, by: list[Any], passed: Q, *, backwards: bool
) -> tuple[list[int], int, int] | None:
    """The answer of SORTED_PAGE; None where the search finds too many."""
    search = filters.search if filters.search and filters.search.index_readings is not None else None
    # Grouped by the team, so all matches are one group.
    matches = (filters.qs if search else filters.matching()).order_by().values("team_id")
    matches = matches.annotate(
        ids=ArrayAgg("id", order_by=by), passed=Count("id", filter=passed), total=Count("id")
    )
    try:
        statement, values = select_from("found" if search else Contact._meta.db_table, matches)
    except EmptyResultSet:
        return [], 0, 0
    page = SORTED_PAGE.format(
        matches=statement, before=PAGE_SIZE if backwards else 0, after=0 if backwards else PAGE_SIZE
    )
    if search:
        return search.fetch_from_found(page, values)
    with connection.cursor() as cursor:
        cursor.execute(page, values)
        return cursor.fetchone()


def _load_rows(member: Member, ids: list[int]) -> list[Contact]:
    """The contacts with standing, lists, tags and assignee. An inbox that the member does not see stays unnamed."""
    rows = Contact.objects.filter(team_id=member.team_id, id__in=ids)
    rows = rows.with_standing(member.team).with_held(member.team).with_opted_out_of(member.team)
    rows = rows.select_related("assignee__user").defer("search_words")
    inboxes = {inbox.id: inbox for inbox in visible_inboxes(member)}
    lists = _labels(ListEntry, "list", member, ids)
    tags = _labels(Tagging, "tag", member, ids)
    by_id = {row.id: row for row in rows}
    for row in by_id.values():
        row.shown_number = display(row.number, member.team.country)
        row.shown_inbox = inboxes.get(row.last_inbox_id)
        row.opted_out_names = ", ".join(row.opted_out_of)
        row.shown_lists, row.shown_tags = lists[row.id][:3], tags[row.id][:3]
        row.more_labels = [*lists[row.id][3:], *tags[row.id][3:]]
    return [by_id[id] for id in ids if id in by_id]


def _labels(through: Any, label: str, member: Member, ids: Iterable[int]) -> dict[int, list[Any]]:
    rows = through.objects.filter(team_id=member.team_id, contact_id__in=ids).select_related(label)
    labels = defaultdict(list)
    for row in rows.order_by(f"{label}__name", "id"):
        labels[row.contact_id].append(getattr(row, label))
    return labels
