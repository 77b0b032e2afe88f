"""Do-not-text list: every number that may not be texted, with initiator, time, inbox and evidence."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.do_not_text import listing
from contacts.do_not_text.listing import DoNotTextPage
from contacts.do_not_text.query import DoNotTextQuery
from contacts.search.address import ColumnHead
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin, Suppression, SuppressionKind
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state
from optout.reader.outcome import Outcome
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.statements import captured

MAYA = Actor(Origin.MEMBER, "Maya Chen", 1)


@pytest.fixture
def listed(cast: Cast) -> Cast:
    """Maria texted STOP and is blocked, the stranger is from a vendor list, two years late, Tom from an import."""
    team, now = cast.northside, timezone.now()
    with scope(team.id):
        consent.apply_keyword(
            cast.front_desk, MARIA, Outcome.OPT_OUT, before=fetch_number_state(team.id, MARIA),
            now=lock_number(team.id, MARIA), at=now, words="Stop. Thank you", message_id=1, carrier_answers=False,
        )  # fmt: skip
        consent.block(team.id, MARIA, MAYA, reason="Rude")
        vendor_list, long_ago = Actor(Origin.VENDOR_LIST, "Olivia Owens", 2), now - timedelta(days=700)
        consent.opt_out(team.id, STRANGER, vendor_list, reason="Textline", happened_at=long_ago)
        consent.opt_out(team.id, TOM, Actor(Origin.IMPORT, "Maya Chen (people.csv)", 3), reason="")
    with scope(cast.harbor.id):
        consent.opt_out(cast.harbor.id, "+14155550177", MAYA, reason="They asked us")
    return cast


def page(cast: Cast, query: str = "") -> DoNotTextPage:
    with scope(cast.northside.id):
        return listing.fetch_page(cast.northside, DoNotTextQuery.read(QueryDict(query)))


def numbers(found: DoNotTextPage) -> list[str]:
    return [row.suppression.number for row in found.rows]


def test_each_reason_has_an_entry_and_the_newest_is_first(listed: Cast) -> None:
    tom, stranger, blocked, stop = page(listed).rows
    assert [row.suppression.number for row in (tom, stranger, blocked, stop)] == [TOM, STRANGER, MARIA, MARIA]
    assert [row.initiator for row in (tom, stranger, blocked, stop)] == [
        "Import by Maya Chen (people.csv)", "Vendor list imported by Olivia Owens", "Maya Chen", "The person, by text",
    ]  # fmt: skip
    assert stop.ledger_entry and stop.ledger_entry.words == "Stop. Thank you" and stop.inbox == "Front Desk"
    assert (stranger.contact, stranger.recorded_later, tom.recorded_later) == (None, True, False)
    assert stop.contact and stop.contact.name == "Maria Lopez"


FOUND = [
    ("kind=block", [MARIA]),
    ("kind=opt_out&origin=vendor_list", [STRANGER]),
    ("origin=api", []),
    ("kind=nonsense&origin=&after=never", [TOM, STRANGER, MARIA, MARIA]),
    ("q=lopez&kind=opt_out", [MARIA]),
    ("q=López, mar", [MARIA, MARIA]),
    ("q=(415) 555-0199", [STRANGER]),
    ("q=%2B14155550199", [STRANGER]),
    ("q=0101", [MARIA, MARIA]),  # the end of a contact's number
    ("q=55 0199", [STRANGER]),  # the end of a number without a contact
    ("q=155550199", [STRANGER]),
    ("q=199", []),  # too few digits
    ("q=1 415-555-01", [TOM, STRANGER, MARIA, MARIA]),  # the beginning of any number
    ("q=4155550177", []),  # on the list of Harbor
    ("q=%00", [TOM, STRANGER, MARIA, MARIA]),
    ("q=\\' OR %25", []),
    ("q=smith", []),
    ("sort=recorded", [MARIA, MARIA, STRANGER, TOM]),
    ("sort=number", [MARIA, MARIA, TOM, STRANGER]),
    ("sort=-number&kind=opt_out", [STRANGER, TOM, MARIA]),
    ("sort=-number&q=0101", [MARIA, MARIA]),
    ("sort=origin", [TOM, STRANGER, MARIA, MARIA]),
]


def test_filters_and_search(listed: Cast) -> None:
    for query, found in FOUND:
        assert numbers(page(listed, query)) == found, query


def test_each_entry_is_on_one_page(listed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if all were recorded at the same moment, as by a batch."""
    monkeypatch.setattr(listing, "PAGE_SIZE", 2)
    with scope(listed.northside.id):
        Suppression.objects.filter(team_id=listed.northside.id).update(created_at=timezone.now())
        assert listing.count_in_words(listed.northside, DoNotTextQuery()) == "4 entries"
    first = page(listed)
    second = page(listed, f"after={first.next}")
    ids = [row.suppression.id for row in (*first.rows, *second.rows)]
    assert len(set(ids)) == 4 and ids == sorted(ids, reverse=True) and second.next is None


def test_each_entry_is_on_one_page_in_every_order(listed: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The head of the sorted column says so; its link turns the order round."""
    whole = {sort: numbers(page(listed, f"sort={sort}")) for sort in ("recorded", "number", "-number")}
    monkeypatch.setattr(listing, "PAGE_SIZE", 1)
    for sort, expected in whole.items():
        found: list[str] = []
        after = ""
        while len(found) <= len(expected):
            part = page(listed, urlencode({"sort": sort, "after": after}))
            found += numbers(part)
            if part.next is None:
                break
            after = str(part.next)
        assert found == expected, sort
    by_number = DoNotTextQuery.read(QueryDict("sort=number&kind=block"))
    assert by_number.head("number", "Number").sorted == "ascending"
    assert by_number.head("number", "Number").link == "?kind=block&sort=-number"
    assert by_number.head("recorded", "Recorded") == ColumnHead("Recorded", "?kind=block")


@pytest.mark.parametrize("text", ["", "1", "~", "x~1", "1~x", "9" * 19 + "~1", "1~" + "9" * 18, "-1~1"])
def test_a_bad_cursor_shows_the_first_page(text: str) -> None:
    assert DoNotTextQuery.read(QueryDict(urlencode({"after": text}))).after is None


def test_a_page_costs_four_queries(listed: Cast) -> None:
    """Regardless of the list's length. Each relation carries its team."""
    team = listed.northside
    with captured() as found:
        page(listed)
    reads = [query for query in found if "optout_suppression" in query]
    assert len(reads) == 1
    parts = len(SuppressionKind) * len(Origin)
    assert reads[0].count(f'"team_id" = {team.id}') == reads[0].count('FROM "optout_suppression"') == parts


def test_the_number_of_a_deleted_contact_stays_on_the_list(listed: Cast, as_client: Any) -> None:
    with scope(listed.northside.id):
        Contact.objects.get(team=listed.northside, number=MARIA).delete()
    browser: Client = as_client(listed.member)
    answer = browser.get(reverse("do_not_text", args=[listed.northside.slug])).content.decode()
    assert answer.count("data-stopped") == 5
    assert answer.count("(415) 555-0101") == 2 and "Maria Lopez" not in answer
    assert answer.count("Opted out</span>") == 3 and "Blocked</span>" in answer
    assert "Export" not in answer, "members may not export"


def test_the_persons_recorded_word_names_who_recorded_it() -> None:
    labels = [
        listing.initiator_label(origin, name)
        for origin in (Origin.TOLD_MEMBER, Origin.TOLD_IMPORT, Origin.TOLD_API)
        for name in ("Maya Chen", "")
    ]
    assert labels == [
        "The person, recorded by Maya Chen",
        "The person, recorded by a team member",
        "The person, recorded by an import by Maya Chen",
        "The person, recorded by an import",
        "The person, recorded by API key Maya Chen",
        "The person, recorded by API key",
    ]
