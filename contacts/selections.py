"""Actions on many contacts: which ones is frozen when somebody confirms, and then they are done some at a time.

A contact that is no longer there, or no longer matches the filters it was chosen by, is left alone and counted.
"""

from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict

from accounts.access import Right, may
from accounts.models import Member
from contacts import runs
from contacts.doings import do, lost
from contacts.filters import matching
from contacts.models import Contact, Selection, SelectionEntry
from contacts.models.run import State
from contacts.models.selection import Doing
from contacts.search import Among
from optout.models import State as StandingState
from optout.models import Suppression

NEEDS = {Doing.OPT_OUT: Right.OPT_OUT, Doing.BLOCK: Right.BLOCK, Doing.DELETE: Right.DELETE}
SCREENFUL = 50  # so many are done at once, before the page is answered
TOGETHER = 500  # so many are one batch and one transaction
LOCKED_TOGETHER = 100  # where it takes the numbers' locks, for which a STOP of one of them waits


def offers(member: Member) -> set[str]:
    """What this member may do with a selection: values of Doing, and "export"."""
    doings = {doing.value for doing in Doing if allowed(member, doing)}
    return doings | ({"export"} if may(member, Right.EXPORT) else set())


def allowed(member: Member, doing: Doing) -> bool:
    return doing not in NEEDS or may(member, NEEDS[doing])


# -- which ones --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """Contacts that were ticked one by one, or all that match the filters of a page's address."""

    ids: tuple[int, ...]
    query: str | None

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From a form's `contact`, `all` and `query`."""
        if data.get("all"):
            return cls((), data.get("query", ""))
        ids = (text for text in data.getlist("contact") if text.isdecimal() and len(text) < 19)
        return cls(tuple(sorted({int(text) for text in ids})), None)

    def __bool__(self) -> bool:
        return self.query is not None or bool(self.ids)

    def contacts(self, member: Member) -> QuerySet[Contact]:
        if self.query is not None:
            return matching(member.team, member, QueryDict(self.query))
        found: QuerySet[Contact] = member.team.contacts.filter(Among(self.ids))
        return found


@dataclass(frozen=True)
class Facts:
    """What is asked about before it is done: how many they are, and how they stand."""

    contacts: int
    opted_out: int
    blocked: int
    suppressed: int  # their numbers stay on the do-not-text list, whatever becomes of the contact


def facts(member: Member, chosen: Chosen) -> Facts:
    rows = Suppression.objects.filter(team_id=member.team_id, number=OuterRef("number"))
    found: Any = chosen.contacts(member).order_by()
    found = found.with_standing(member.team).annotate(kept=Exists(rows))
    return Facts(
        **found.aggregate(
            contacts=Count("id"),
            opted_out=Count("id", filter=Q(standing=StandingState.OPTED_OUT)),
            blocked=Count("id", filter=Q(standing=StandingState.BLOCKED)),
            suppressed=Count("id", filter=Q(kept=True)),
        )
    )


FREEZE = """
    INSERT INTO contacts_selectionentry (team_id, selection_id, place, contact_ids)
    SELECT %s, %s, part + 1, array_agg(id ORDER BY id)
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / %s AS part FROM ({chosen}) AS chosen) AS numbered
    GROUP BY part RETURNING cardinality(contact_ids)
"""


def start(member: Member, doing: Doing, chosen: Chosen, details: dict[str, Any]) -> Selection:
    """Freeze who is chosen and begin. A screenful is done when this returns, more waits for a worker."""
    selection = Selection(team=member.team, doing=doing, details=details, query=chosen.query)
    selection.sign(member)
    selection.save()
    selection.total = _freeze(selection, chosen.contacts(member))
    if selection.total <= SCREENFUL:
        selection.batch(None)
    else:
        runs.wake(selection)
    selection.save()
    return selection


def _freeze(selection: Selection, contacts: QuerySet[Contact]) -> int:
    locks = selection.doing in (Doing.OPT_OUT, Doing.BLOCK) or selection.details.get("erase")
    together = min(TOGETHER, LOCKED_TOGETHER) if locks else TOGETHER
    try:
        chosen, values = contacts.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE.format(chosen=chosen), [selection.team_id, selection.id, together, *values])
        return sum(size for (size,) in cursor.fetchall())


# -- some at a time ----------------------------------------------------------------------------------------------


def batch(selection: Selection) -> None:
    """Do the next of them, in one transaction with the selection's own row; end it after the last ones."""
    member = (
        Member.objects.select_related("team")
        .filter(team_id=selection.team_id, id=selection.by_id or 0)
        .first()
    )
    if member is None or not allowed(member, Doing(selection.doing)):
        return selection.end(State.FAILED, f"{selection.by_name} may no longer do this.")
    if why := lost(selection):
        return selection.end(State.FAILED, why)
    selection.start()
    entry = selection.entries.filter(team_id=selection.team_id).order_by("place").first()
    if entry:
        _do_entry(selection, entry, member)
        selection.position += len(entry.contact_ids)
        entry.delete()
    if entry is None or selection.position >= selection.total:
        selection.end(State.DONE)
    return None


def _do_entry(selection: Selection, entry: SelectionEntry, member: Member) -> None:
    rows = Chosen(tuple(entry.contact_ids), selection.query).contacts(member).order_by("id")
    if selection.query is not None:
        rows = rows.filter(Among(entry.contact_ids))
    still = dict(rows.values_list("id", "number"))
    if left_alone := len(entry.contact_ids) - len(still):
        selection.count(left_alone=left_alone)
    if still:
        do(selection, member, list(still), list(still.values()))
