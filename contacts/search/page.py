"""A page of contacts: cut out of an index in its order, or sorted where few match; then dressed for its rows."""

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
from contacts.search.sorting import Place, SortOrder
from contacts.search.text_search import select_from
from contacts.search.totals import ContactTotal, count_matching
from kernel.phone_numbers import display

PAGE_SIZE = 50
# So few are all read and sorted. Of more, a page is cut out of the order's index, where enough of them come soon.
SORT_LIMIT = 500
# How far into the order one looks before all are read and sorted after all, since they stand together further on.
WALK_LIMIT, MAX_WALK_LIMIT = 20_000, 200_000
# A step along an index costs so much less than to read a contact from wherever it lies.
INDEX_STEPS_PER_READ = 30

# A page of all that match: so many before and after those that are passed; how many those are, and all of them.
GATHER_QUERY = """
    SELECT coalesce(ids[greatest(passed - {before}, 0) + 1 : passed + {after}], '{{}}'),
        coalesce(passed, 0), coalesce(every, 0)
    FROM (SELECT) AS one LEFT JOIN ({gathered}) AS gathered ON true
"""


@dataclass(frozen=True)
class ContactsPage:
    contacts: list[Contact]
    before: Place | None  # the page before this one ends there, if there is one
    after: Place | None
    total: ContactTotal


@dataclass(frozen=True)
class _PageIds:
    ids: list[int]
    earlier: bool
    later: bool
    count: int | None = None  # of all that match, where it is known


def fetch_page(
    filters: ContactFilters, order: SortOrder, *, after: Place | None = None, before: Place | None = None
) -> ContactsPage:
    """The page after a place or the one before it; the first one without either."""
    cut = _cut(filters, order, after, before)
    if before and not cut.earlier and len(cut.ids) < PAGE_SIZE:
        return fetch_page(filters, order)
    contacts = _dressed(filters.member, cut.ids)
    count = cut.count if cut.earlier or cut.later else len(cut.ids)
    return ContactsPage(
        contacts,
        order.place(contacts[0]) if contacts and cut.earlier else None,
        order.place(contacts[-1]) if contacts and cut.later else None,
        count_matching(filters, count),
    )


def _cut(filters: ContactFilters, order: SortOrder, after: Place | None, before: Place | None) -> _PageIds:
    narrow = filters.search and filters.search.asked is not None
    cut = (
        _gather(filters, order, after, before) if narrow else None
    )  # None where it finds more than was reckoned with
    if cut is None and _walkable(filters):
        cut = _walk(filters, order, after, before)
    return cut or _gather(filters, order, after, before) or _PageIds([], False, False, 0)


def _walkable(filters: ContactFilters) -> bool:
    """Whether a page's worth is likely to come soon."""
    return (
        filters.smallest > SORT_LIMIT and PAGE_SIZE / filters.share <= INDEX_STEPS_PER_READ * filters.smallest
    )


def _walk(
    filters: ContactFilters, order: SortOrder, after: Place | None, before: Place | None
) -> _PageIds | None:
    """Along the order's index, testing one contact after the other; None where that would lead too far."""
    place, way = (before, order.reversed()) if before else (after, order)
    likely = PAGE_SIZE / filters.share
    far = int(min(max(WALK_LIMIT, 2 * likely), MAX_WALK_LIMIT))
    ids: list[int] = []
    for part in order.parts_from(place, back=before is not None):
        along = filters.along(order.sort.column).filter(way.onward(part, place)).order_by(*way.by)
        wanted = PAGE_SIZE + 1 - len(ids)
        if filters.active:
            tested = filters.narrowed(order.sort.column, likely).order_by(*way.by).values("id")[:wanted]
            ids += _tested(along[:far], tested)
        else:
            ids += along.values_list("id", flat=True)[:wanted]
        if len(ids) > PAGE_SIZE:
            break
        if filters.active and along[far : far + 1].exists():
            return None
    more = len(ids) > PAGE_SIZE
    ids = ids[:PAGE_SIZE]
    return _PageIds(ids[::-1], more, True) if before else _PageIds(ids, after is not None, more)


def _tested(along: QuerySet[Contact], tested: QuerySet[Any]) -> list[int]:
    """What `tested` finds of the contacts that `along` comes by, which goes no further than it has to."""
    source, passed = along.query.sql_with_params()
    question, values = select_from("along", tested)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH along AS ({source}) {question}", [*passed, *values])
        return [id for (id,) in cursor.fetchall()]


def _gather(
    filters: ContactFilters, order: SortOrder, after: Place | None, before: Place | None
) -> _PageIds | None:
    """All that match, sorted by their ids alone; None for a search that finds too many."""
    place, parts = after or before, order.parts
    by: list[Any] = [Case(When(parts[-1], then=1), default=0), *order.by] if parts[1:] else order.by
    passed = Q(pk__in=[])
    if place:
        part = order.part_of(place)
        # Up to the place, with it or without it; and whoever is in the part before.
        passed = part & (~order.beyond(place) if after else order.reversed().beyond(place))
        passed |= parts[0] if part != parts[0] else Q(pk__in=[])
    gathered = _sorted(filters, by, passed, back=before is not None)
    if gathered is None:
        return None
    ids, many, every = gathered
    start = max(0, many - PAGE_SIZE) if before else many
    return _PageIds(ids, start > 0, start + len(ids) < every, every)


def _sorted(
    filters: ContactFilters, by: list[Any], passed: Q, back: bool
) -> tuple[list[int], int, int] | None:
    """The ids that GATHERED answers of all that match; None for a search that finds too many."""
    search = filters.search if filters.search and filters.search.asked is not None else None
    gathered = (filters.qs if search else filters.matching()).order_by().values("team_id")  # one group of all
    gathered = gathered.annotate(
        ids=ArrayAgg("id", order_by=by), passed=Count("id", filter=passed), every=Count("id")
    )
    try:
        statement, values = select_from("found" if search else Contact._meta.db_table, gathered)
    except EmptyResultSet:
        return [], 0, 0
    question = GATHER_QUERY.format(
        gathered=statement, before=PAGE_SIZE if back else 0, after=0 if back else PAGE_SIZE
    )
    if search:
        return search.answer(question, values)
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()


def _dressed(member: Member, ids: list[int]) -> list[Contact]:
    """With their standing, lists, tags and assignee; an inbox that the member does not see stays unnamed."""
    rows = Contact.objects.filter(team_id=member.team_id, id__in=ids)
    rows = rows.with_standing(member.team).select_related("assignee__user").defer("search_words")
    boxes = {box.id: box for box in visible_inboxes(member)}
    lists = _labels(ListEntry, "list", member, ids)
    tags = _labels(Tagging, "tag", member, ids)
    by_id = {row.id: row for row in rows}
    for row in by_id.values():
        row.shown_number = display(row.number, member.team.country)
        row.shown_inbox = boxes.get(row.last_inbox_id)
        row.on_lists, row.tagged = lists[row.id], tags[row.id]
        row.more_labels = [*lists[row.id][3:], *tags[row.id][3:]]
    return [by_id[id] for id in ids if id in by_id]


def _labels(through: Any, label: str, member: Member, ids: Iterable[int]) -> dict[int, list[Any]]:
    rows = through.objects.filter(team_id=member.team_id, contact_id__in=ids).select_related(label)
    labels = defaultdict(list)
    for row in rows.order_by(f"{label}__name", "id"):
        labels[row.contact_id].append(getattr(row, label))
    return labels
