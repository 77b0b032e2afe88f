"""List of imports: its status says whether an import was undone."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.imports.undo.models import ImportUndo
from contacts.runs.models import RunState
from kernel.tenancy import scope
from tests.cast import Cast
from tests.contacts.test_import_contacts import imported
from tests.html import flat


def test_an_undone_import_says_undone(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    """A cancelled undo changes nothing about it."""
    run = imported(cast, "Phone Number\n4155550110\n")
    browser, page = as_client(cast.admin), reverse("imports", args=[cast.northside.slug])
    for state, shown in ((RunState.CANCELLED, "Done"), (RunState.DONE, "Undone")):
        with scope(cast.northside.id):
            ImportUndo.objects.create(team=cast.northside, run=run, state=state)
        assert f">{shown}</span>" in flat(browser.get(page))
