"""Active runs of a team, with titles and addresses, as far as a member may see them."""

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
from contacts.suppression_lists.models import SuppressionListImport
from contacts.vendor_lists.models import VendorListImport

MAX_SHOWN = 20  # of each kind


@dataclass(frozen=True)
class ActiveRunRow:
    run: Run
    title: str
    address: str


def find_active_runs(member: Member) -> list[ActiveRunRow]:
    """The active runs for templates/contacts/active_runs.html, newest first within each kind."""
    team = member.team
    rows = list(_rows(team, BulkActionRun, bulk_action_title))
    if may(member, Right.IMPORT_CONTACTS):
        rows += _rows(team, Import, lambda run: f"Import of {run.file_name}")
        rows += _rows(team, ImportUndo, lambda undo: f"Undo of the import of {undo.run}", page_id="run_id")
        rows += _rows(team, SuppressionListImport, lambda run: f"Suppression list {run.suppression_list}")
        rows += _rows(team, VendorListImport, lambda run: f"Vendor list from {run.source}")
    return rows


def _rows(
    team: Team, model: type[Run], title: Callable[[Any], str], page_id: str = "id"
) -> Iterator[ActiveRunRow]:
    """Runs of these kinds have a page whose view has the name of the kind."""
    for run in model._base_manager.filter(team_id=team.id, state__in=AT_WORK).order_by("-id")[:MAX_SHOWN]:
        address = reverse(model.kind, args=[team.slug, getattr(run, page_id)])
        yield ActiveRunRow(run, title(run), address)
