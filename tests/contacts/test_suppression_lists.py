"""Suppression lists of a team's own: files are added to them or replace them, and no number of theirs is opted out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from contacts.runs import worker
from contacts.runs.models import RunState
from contacts.suppression_lists import operation
from contacts.suppression_lists.models import SuppressionListFile, SuppressionListImport
from kernel.tenancy import scope
from optout.models import ConsentEvent
from optout.number_state import standing
from optout.suppression_lists.models import SuppressedNumber, SuppressionList
from tests.cast import MARIA, STRANGER, TOM, Cast

FORM = {"name": "DNC 415", "kind": "do_not_call", "dated": "2026-11-01", "country": "US"}


@pytest.fixture
def admin(cast: Cast, as_client: Callable[..., Client]) -> Client:
    return as_client(cast.admin)


def url(cast: Cast, name: str, *ids: int) -> str:
    return reverse(name, args=[cast.northside.slug, *ids])


def work(cast: Cast) -> SuppressionListImport:
    with scope(cast.northside.id):
        newest = SuppressionListImport.objects.order_by("-id")[0]
    worker.advance(cast.northside.id, newest.id, "suppression_list_import")
    with scope(cast.northside.id):
        return SuppressionListImport.objects.select_related("suppression_list").get(id=newest.id)


def submit(admin: Client, cast: Cast, where: str, **form: Any) -> SuppressionListImport:
    answer = admin.post(where, form)
    assert answer.status_code == 302, answer.content.decode()
    return work(cast)


def numbers(cast: Cast) -> set[str]:
    with scope(cast.northside.id):
        return set(SuppressedNumber.objects.values_list("number", flat=True))


def test_a_list_is_imported_added_to_replaced_and_deleted(
    cast: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "BATCH_SIZE", 2)
    upload = SimpleUploadedFile(
        "dnc.csv", b"Phone Number\n(415) 555-0101\nnonsense\n4155550102\n415-555-0101\n"
    )
    run = submit(admin, cast, url(cast, "suppression_lists"), **FORM, file=upload)
    assert (run.state, run.counts) == (RunState.DONE, {"numbers": 2, "added": 2, "unreadable": 1})
    assert run.unreadable == [3] and numbers(cast) == {MARIA, TOM}
    again = admin.post(url(cast, "suppression_lists"), {**FORM, "text": "4155550199"})
    assert again.status_code == 422 and "Another list has this name" in again.content.decode()

    one = url(cast, "suppression_list", run.suppression_list_id)
    run = submit(admin, cast, one, dated="2026-11-08", country="US", text="4155550199")
    assert numbers(cast) == {MARIA, TOM, STRANGER} and run.suppression_list.dated.isoformat() == "2026-11-08"
    run = submit(admin, cast, one, dated="2026-11-15", country="US", text="nonsense\n12\n", replaces="yes")
    assert run.state == RunState.FAILED and len(numbers(cast)) == 3, "an unreadable file replaces nothing"
    run = submit(admin, cast, one, dated="2026-11-22", country="US", text="4155550199", replaces="yes")
    assert run.counts == {"numbers": 1, "added": 0, "removed": 2} and numbers(cast) == {STRANGER}
    assert run.suppression_list.numbers_count == 1
    page = " ".join(admin.get(one).content.decode().split())
    assert "replaced the list" in page and "Lines without a readable number: 3" in page
    with scope(cast.northside.id):
        assert not SuppressionListFile.objects.exists()

    with scope(cast.northside.id):  # no opt-out: the number is not red, and members may text it
        assert standing(cast.northside.id, STRANGER).may_text and not ConsentEvent.objects.exists()
    panel = admin.get(url(cast, "standing", STRANGER)).content.decode()  # type: ignore[arg-type]
    assert "On the suppression list <bdi>DNC 415</bdi>" in panel
    assert admin.post(url(cast, "suppression_list_deletion", run.suppression_list_id)).status_code == 302
    assert numbers(cast) == set()


def test_one_file_of_a_list_is_read_at_a_time(
    cast: Cast, admin: Client, as_client: Callable[..., Client]
) -> None:
    assert admin.post(url(cast, "suppression_lists"), {**FORM, "text": "4155550199"}).status_code == 302
    with scope(cast.northside.id):
        found = SuppressionList.objects.get()
        run = SuppressionListImport.objects.get()
    where = url(cast, "suppression_list", found.id)
    busy = admin.post(where, {"dated": "2026-11-08", "country": "US", "text": "4155550101"})
    assert busy.status_code == 422 and "is being read" in busy.content.decode()
    assert admin.post(url(cast, "suppression_list_deletion", found.id)).status_code == 302
    assert (
        admin.get(url(cast, "suppression_list_import", run.id), headers={"HX-Request": "true"}).status_code
        == 200
    )
    assert admin.post(url(cast, "suppression_list_import_cancellation", run.id)).status_code == 302
    assert work(cast).state == RunState.CANCELLED and numbers(cast) == set()
    assert as_client(cast.member).get(where).status_code == 403
    future = admin.post(
        url(cast, "suppression_lists"), {**FORM, "name": "B", "dated": "2099-01-01", "text": "1"}
    )
    assert future.status_code == 422 and "in the future" in future.content.decode()
