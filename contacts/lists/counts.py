"""Counts of lists and tags: how many contacts are on them, and how many of these may be texted."""

from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Count

from accounts.models import Team
from contacts.contact.models import Contact
from contacts.lists.models import ContactList
from contacts.search.filters import ids_on_list
from kernel.sql import fetch
from optout.models import StandingState

COUNT_LIMIT = 10_000  # up to which the contacts of a label are counted
STANDING_LIMIT = 30_000  # contacts of all lists of a page whose standing is counted
_LABELS = """
    SELECT l.id, l.name, (SELECT count(*) FROM (SELECT 1 FROM {entries} AS e
      WHERE e.team_id = $1 AND e.{column} = l.id LIMIT $2) AS counted)
    FROM {labels} AS l WHERE l.team_id = $1 ORDER BY contacts_plain(l.name), l.id
"""
_TABLES = {
    "list": {"labels": "contacts_contactlist", "entries": "contacts_listentry", "column": "list_id"},
    "tag": {"labels": "contacts_tag", "entries": "contacts_tagging", "column": "tag_id"},
}
# Of lists with entries: the contacts of each kind of suppression in all inboxes.
_STANDINGS = """
    SELECT e.list_id, count(*) FILTER (WHERE s.kind = 'opt_out'), count(*) FILTER (WHERE s.kind = 'block')
    FROM contacts_listentry AS e JOIN contacts_contact AS c ON c.team_id = $1 AND c.id = e.contact_id
    LEFT JOIN LATERAL (SELECT min(kind) AS kind FROM optout_suppression
      WHERE team_id = $1 AND number = c.number AND inbox_id IS NULL) AS s ON true
    WHERE e.team_id = $1 AND e.list_id = ANY($2) GROUP BY e.list_id
"""


@dataclass(frozen=True)
class ListCount:
    """The contacts of a list, and how many of them are opted out or blocked; None if too many to count now."""

    total: int
    opted_out: int | None = None
    blocked: int | None = None

    @classmethod
    def of(cls, by_standing: dict[str, int]) -> Self:
        opted_out, blocked = (
            by_standing.get(kind, 0) for kind in (StandingState.OPTED_OUT, StandingState.BLOCKED)
        )
        return cls(sum(by_standing.values()), opted_out, blocked)

    @property
    def textable(self) -> int | None:
        if self.opted_out is None or self.blocked is None:
            return None
        return self.total - self.opted_out - self.blocked

    def __str__(self) -> str:
        return f"{self.total:,}" if self.total <= COUNT_LIMIT else f"over {COUNT_LIMIT:,}"


def count_list(team: Team, row: ContactList) -> ListCount:
    """The exact counts of one list; about a second for a million contacts."""
    return _count(team, ids_on_list(team, row))


def count_lists(team: Team) -> list[tuple[ContactList, ListCount]]:
    """The lists of a team by name, each with its counts. Of long lists only the beginning is counted."""
    totals = {id: total for id, _, total in count_labels(team, "list")}
    lists = {row.id: row for row in ContactList.objects.filter(team_id=team.id)}
    counts = {id: ListCount(totals[id]) for id in totals if id in lists}
    budget, countable = STANDING_LIMIT, []
    for id, count in counts.items():
        if lists[id].is_live:
            counts[id] = _count_beginning(team, lists[id])
        elif count.total <= min(COUNT_LIMIT, budget):
            countable.append(id)
            budget -= count.total
    standings = {id: kinds for id, *kinds in fetch(_STANDINGS, team.id, countable)}
    for id in countable:
        counts[id] = ListCount(counts[id].total, *standings.get(id, (0, 0)))
    return [(lists[id], count) for id, count in counts.items()]


def count_labels(team: Team, kind: str) -> list[tuple[int, str, int]]:
    """ID and name of each list or tag, by name, with the number of its contacts up to one more than COUNT_LIMIT."""
    return [*fetch(_LABELS.format(**_TABLES[kind]), team.id, COUNT_LIMIT + 1)]


def _count_beginning(team: Team, row: ContactList) -> ListCount:
    count = _count(team, ids_on_list(team, row)[: COUNT_LIMIT + 1])
    return count if count.total <= COUNT_LIMIT else ListCount(count.total)


def _count(team: Team, ids: Any) -> ListCount:
    rows = Contact.objects.filter(team_id=team.id, id__in=ids).with_standing(team)
    return ListCount.of(dict(rows.order_by().values_list("standing").annotate(Count("id"))))
