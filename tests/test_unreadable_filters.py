"""Filters in an address that cannot be read: pages name them, and exports are refused instead of having other rows."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.cast import Cast
from tests.html import flat

GONE = "This choice no longer exists. Choose another."


@pytest.mark.parametrize(("page", "query", "sentence"), [
    ("do_not_text", "kind=nonsense", f"Kind: {GONE}"),
    ("do_not_text", "kind=block&origin=nonsense", f"By: {GONE}"),
    ("disagreements", "kind=nonsense", f"Disagreement: {GONE}"),
    ("disagreements", "inbox=99999", f"Inbox: {GONE}"),
    ("inbox", "inbox=99999", f"Inbox: {GONE}"),
    ("inbox", "view=99999", f"View: {GONE}"),
    ("inbox", "folder=nonsense", f"Folder: {GONE}"),
    ("inbox", "folder=review&kind=nonsense", f"Kind: {GONE}"),
    ("inbox", "assignee=nonsense", f"Assigned to: {GONE}"),
    ("inbox", "tag=nonsense", f"Tag: {GONE}"),
    ("inbox", "standing=nonsense", f"Status: {GONE}"),
    ("inbox", "broadcast=nonsense", f"Broadcast: {GONE}"),
    ("contacts", "status=nonsense", "Status: cannot be read"),
    ("contacts", "created_from=31.12.2026", "Created since: cannot be read"),
    ("contacts", "tag=99999", "Tag: Select a valid choice."),
    ("contacts", "created_from=2026-12-02&created_to=2026-12-01",
     "Created until: The end date must not be before the start date."),
    ("contacts", "last_from=2026-12-02&last_to=2026-12-01",
     "Last text until: The end date must not be before the start date."),
    ("search", "q=bike&since=2026-12-02&until=2026-12-01", "The end date must not be before the start date."),
])  # fmt: skip
def test_a_page_names_it(
    cast: Cast, as_client: Callable[[Member], Client], page: str, query: str, sentence: str
) -> None:
    address = reverse(page, args=[cast.northside.slug])
    shown = flat(as_client(cast.owner).get(f"{address}?{query}"))
    assert sentence in shown
    assert sentence not in flat(as_client(cast.owner).get(address))


@pytest.mark.parametrize(("export", "query", "sentence"), [
    ("export_contacts", "status=nonsense&format=csv", "Status: Select a valid choice."),
    ("export_contacts", "format=nonsense", "Format: Choose one of csv, xlsx."),
    ("export_do_not_text", "kind=nonsense", f"Kind: {GONE}"),
    ("export_do_not_text", "format=nonsense", "Format: Choose one of csv, xlsx."),
    ("export_disagreements", "inbox=99999", f"Inbox: {GONE}"),
    ("export_volume", "period=nonsense", f"Period: {GONE}"),
    ("export_audit_log", "format=nonsense", "Format: Choose one of csv, xlsx."),
])  # fmt: skip
def test_an_export_is_refused(
    cast: Cast, as_client: Callable[[Member], Client], export: str, query: str, sentence: str
) -> None:
    address = reverse(export, args=[cast.northside.slug])
    refused = as_client(cast.owner).get(f"{address}?{query}")
    assert refused.status_code == 400 and sentence in flat(refused)


def test_what_is_well_names_nothing(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    address = reverse("inbox", args=[cast.northside.slug])
    query = f"inbox={cast.front_desk.id}&folder=unread&assignee=me&standing=held&unread=1"
    review = flat(as_client(cast.owner).get(f"{address}?folder=review"))
    assert "hx-include" not in review.partition('id="conversations"')[2][:800], (
        "the texts to review end nowhere"
    )
    assert GONE not in flat(as_client(cast.owner).get(f"{address}?{query}"))
