"""Pages of imports: the list, what can be deleted from it, and the refused rows in groups and in pages."""

from collections.abc import Callable

from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.imports.models import Import
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


def test_an_import_that_imported_nothing_is_deleted_from_the_list(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    browser, page = as_client(cast.admin), reverse("imports", args=[cast.northside.slug])
    done = imported(cast, "Phone Number\n4155550110\n")
    browser.post(page, {"file": ContentFile(b"Phone Number\n4155550111\n", "draft.csv")})
    with scope(cast.northside.id):
        draft = Import.objects.get(team=cast.northside, state=RunState.DRAFT)
    shown = flat(browser.get(page))
    for run, offered in ((draft, True), (done, False)):
        address = reverse("import_deletion", args=[cast.northside.slug, run.id])
        assert (address in shown) is offered
        assert browser.post(address).status_code == 302
        with scope(cast.northside.id):
            assert Import.objects.filter(team=cast.northside, id=run.id).exists() is not offered
    assert "draft.csv was deleted." in flat(browser.get(page))


def test_refused_rows_are_grouped_by_reason_and_shown_in_pages(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    rows = [*["Ana,,"] * 60, "Bo,4155550111,x@", "Cy,4155550112,y@", "Di,4155550113,d@x.example"]
    run = imported(cast, "\n".join(["First Name,Phone Number,Email", *rows]))
    assert [(group["rows"], group["differ"]) for group in run.preview["reasons"]] == [(60, False), (2, True)]
    browser = as_client(cast.admin)
    seen = flat(browser.get(reverse("import", args=[cast.northside.slug, run.id])))
    assert "60</strong> ×" in seen and "This row has no phone number." in seen
    assert "For example: “x@” is not a valid email address." in seen
    everything = reverse("refused_rows", args=[cast.northside.slug, run.id])
    assert everything in seen and "Show all 62" in seen
    first = flat(browser.get(everything))
    second = flat(browser.get(everything, {"after": "51"}))
    assert first.count('data-label="Reason"') == 50 and "?after=51" in first
    assert second.count('data-label="Reason"') == 12 and "Next page" not in second
