"""What open pages ask for while a run is at work: how far it has come, and which ones there are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.access import Right, TeamRequest, may
from accounts.models import Member, Team
from contacts.models import Import, ImportUndo, MoveIn, Run, Selection
from contacts.models.run import AT_WORK
from contacts.selection_words import title


def progress(request: TeamRequest, run: Run, here: str) -> HttpResponse:
    """The answer to the poll of templates/contacts/progress.html; at the end the page fetches itself anew."""
    if not run.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "contacts/progress.html#now", {"run": run, "here": here})


@dataclass(frozen=True)
class AtWork:
    """A run that is at work, with its page."""

    run: Run
    title: str
    address: str


def at_work(member: Member) -> list[AtWork]:
    """For templates/contacts/runs_at_work.html: what this member may look at."""
    shown = list(_at_work(member.team, Selection, "selection", title))
    if may(member, Right.IMPORT):
        shown += _at_work(member.team, Import, "import", lambda run: f"Import of {run.file_name}")
        undone = "Undo of the import of {}".format
        shown += _at_work(member.team, ImportUndo, "import_undo", lambda run: undone(run.of), "of_id")
        shown += _at_work(member.team, MoveIn, "move_in_run", lambda run: f"Move-in from {run.source}")
    return shown


def _at_work(
    team: Team, kind: type[Run], page: str, titled: Callable[[Any], str], id: str = "id"
) -> Iterator[AtWork]:
    for run in kind._base_manager.filter(team_id=team.id, state__in=AT_WORK).order_by("-id")[:20]:
        yield AtWork(run, titled(run), reverse(page, args=[team.slug, getattr(run, id)]))
