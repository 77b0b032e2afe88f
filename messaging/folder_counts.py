"""Counts of the conversations in several lists, in one query whose SQL is kept."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import islice
from operator import add
from typing import Any

from django.db.models import QuerySet

from accounts.models import Member, Team
from kernel.kept_queries import KeptQuery
from kernel.loading import Loader
from messaging.folder_rows import MAX_COUNT, FolderRows
from messaging.folders import Folder
from messaging.narrowing import Narrowing

# A list's folder, narrowing and number of inboxes, None for all.
type _Shape = tuple[Folder, Narrowing, int | None]


def counts_loader(member: Member, lists: Mapping[str, FolderRows]) -> Loader[dict[str, int]]:
    """The conversations of several lists of the member by their names, each at most MAX_COUNT."""
    asked = {name: rows for name, rows in lists.items() if rows.inbox_ids is None or rows.inbox_ids}
    found = []
    if asked:
        (found,) = yield [_counts_query(member, list(asked.values()))]
    counts = dict(zip(asked, found[0], strict=True)) if found else {}
    return {name: min(MAX_COUNT, counts.get(name, 0)) for name in lists}


def _counts_query(member: Member, lists: Sequence[FolderRows]) -> KeptQuery:
    shapes = tuple(
        (rows.folder, rows.narrowing, None if rows.inbox_ids is None else len(rows.inbox_ids))
        for rows in lists
    )
    inbox_ids = [id for rows in lists for id in rows.inbox_ids or ()]
    return KeptQuery(_count_rows, shapes, [member.team_id, member.id, *inbox_ids])


def _count_rows(shapes: Sequence[_Shape], values: Sequence[int]) -> QuerySet[Team, Any]:
    """The sum of the counts of each list, in one row."""
    team_id, member_id, *inbox_ids = values
    member, remaining = Member(id=member_id, team_id=team_id), iter(inbox_ids)
    sums = [
        reduce(
            add,
            FolderRows(member, folder, None if n is None else list(islice(remaining, n)), narrowing).counts(),
        )
        for folder, narrowing, n in shapes
    ]
    return Team.objects.filter(id=team_id).values_list(*sums)
