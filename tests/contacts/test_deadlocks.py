"""Deadlocks of a deletion with a batch of a run: whoever is rolled back does its work again, and nobody notices."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact import delete_views, deletion
from contacts.contact.models import Contact
from kernel.deadlocks import retry_deadlocks
from kernel.tenancy import scope
from tests.cast import MARIA, Cast


@pytest.mark.parametrize("page_waits_first", [True, False])
def test_a_deletion_and_a_batch_that_lock_in_opposite_orders_both_succeed(
    cast: Cast, as_client: Callable[[Member], Client], elsewhere: Any, waits_for_lock: Any,
    monkeypatch: pytest.MonkeyPatch, page_waits_first: bool,
) -> None:  # fmt: skip
    """Each holds what the other needs; the one that waits last is rolled back."""
    team, browser = cast.northside, as_client(cast.owner)
    page_holds, batch_holds = threading.Event(), threading.Event()
    delete, tries = deletion.delete_contacts, {"page": 0, "batch": 0}

    def lock(id: int) -> None:
        Contact.objects.select_for_update().get(team_id=team.id, id=id)

    def delete_after_locking(team_id: int, ids: Any, **options: Any) -> Any:
        tries["page"] += 1
        if tries["page"] == 1:
            lock(cast.maria.id)
            page_holds.set()
            assert batch_holds.wait(10)
            if not page_waits_first:
                waits_for_lock("transactionid")
            lock(cast.tom.id)
        return delete(team_id, ids, **options)

    monkeypatch.setattr(delete_views, "delete_contacts", delete_after_locking)

    def batch() -> None:
        with scope(team.id):
            tries["batch"] += 1
            lock(cast.tom.id)
            if tries["batch"] == 1:
                batch_holds.set()
                assert page_holds.wait(10)
                if page_waits_first:
                    waits_for_lock("transactionid")
            Contact.objects.filter(team_id=team.id, id=cast.maria.id).update(note="imported")

    running = elsewhere(retry_deadlocks, batch)
    page = reverse("contact_deletion", args=[team.slug, MARIA])
    assert browser.post(page).status_code == 302
    running.result(30)
    assert sum(tries.values()) >= 3  # one of the two was repeated
    with scope(team.id):
        assert not Contact.objects.filter(id=cast.maria.id).exists()
