"""FIXME module docstring."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.access import Right, may
from accounts.models import Member, Team
from contacts.bulk.models import BulkActionRun
from contacts.bulk.wording import bulk_action_title
from contacts.imports.models import Import
from contacts.imports.undo.models import ImportUndo
from contacts.runs.models import AT_WORK, Run
from contacts.vendor_lists.models import VendorListImport


@dataclass(frozen=True)
class ActiveRunRow:
    """A run that is at work, with its page."""

    run: Run
    title: str
    address: str


def find_active_runs(member: Member) -> list[ActiveRunRow]:
    """For templates/contacts/runs_at_work.html: what this member may look at."""
    shown = list(_at_work(member.team, BulkActionRun, "bulk_action", bulk_action_title))
    if may(member, Right.IMPORT_CONTACTS):
        shown += _at_work(member.team, Import, "import", lambda run: f"Import of {run.file_name}")
        undone = "Undo of the import of {}".format
        shown += _at_work(member.team, ImportUndo, "import_undo", lambda run: undone(run.run), "run_id")
        shown += _at_work(
            member.team, VendorListImport, "vendor_list", lambda run: f"Move-in from {run.source}"
        )
    return shown


def _at_work(
    team: Team, kind: type[Run], page: str, titled: Callable[[Any], str], id: str = "id"
) -> Iterator[ActiveRunRow]:
    for run in kind._base_manager.filter(team_id=team.id, state__in=AT_WORK).order_by("-id")[:20]:
        yield ActiveRunRow(run, titled(run), reverse(page, args=[team.slug, getattr(run, id)]))
