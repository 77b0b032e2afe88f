"""The contacts page and the page of lists and tags, as members see them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.context import RequestContext
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from contacts.search import page as search_page
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import MARIA, TOM, Cast
from tests.html import flat
from tests.statements import captured

SignIn = Callable[[Member], Client]


@pytest.fixture
def maya(cast: Cast, as_client: SignIn) -> Client:
    return as_client(cast.member)


def open_page(maya: Client, cast: Cast, query: str = "", **options: Any) -> Any:
    return maya.get(f"{reverse('contacts', args=[cast.northside.slug])}?{query}", **options)


def test_a_response_has_one_context_although_its_page_includes_templates(cast: Cast, maya: Client) -> None:
    """Copies for all of them took a twentieth of the time of a page; see tests/conftest.py."""
    assert isinstance(open_page(maya, cast).context, RequestContext)  # a list, if there are several


def test_a_row_marks_a_number_that_may_not_be_texted(cast: Cast, maya: Client) -> None:
    """In red, with a word and an icon. The inbox of the last message is shown to members who see it."""
    now = datetime(2026, 6, 15, tzinfo=UTC)
    with scope(cast.northside.id):
        cast.northside.contacts.filter(number=MARIA).update(last_message_at=now, last_inbox=cast.front_desk)
        cast.northside.contacts.filter(number=TOM).update(last_message_at=now, last_inbox=cast.billing)
        vip = ContactList.objects.create(team=cast.northside, name="VIP")
        ListEntry.objects.create(team=cast.northside, list=vip, contact=cast.maria)
        Tagging.objects.create(
            team=cast.northside,
            tag=Tag.objects.create(team=cast.northside, name="<blue>"),
            contact=cast.maria,
        )
        Suppression.objects.create(
            team=cast.northside, number=MARIA, kind="opt_out", origin="contact", event_id=1, created_at=now
        )
    maria, tom = open_page(maya, cast, "sort=name").content.decode().split("<tbody")[-1].split("</tr>")[:2]
    assert "Maria Lopez" in maria and "data-stopped" in maria and "Opted out" in maria and "#stop" in maria
    assert "VIP" in maria and "&lt;blue&gt;" in maria and "Front Desk" in maria
    assert "Tom Becker" in tom and "data-stopped" not in tom and "Active" in tom and "Billing" not in tom


def test_search_as_you_type_returns_the_table_and_the_address(cast: Cast, maya: Client) -> None:
    address = reverse("contacts", args=[cast.northside.slug])
    found = open_page(maya, cast, "q=mar&status=&list=&sort=-number&no_name=", headers={"HX-Request": "true"})
    assert found["HX-Replace-Url"] == f"{address}?q=mar&sort=-number"
    words = found.content.decode()
    assert "<html" not in words and "Maria" in words and "Tom" not in words and "1 contact matches" in words
    assert "<html" in open_page(maya, cast, "q=mar").content.decode()  # the same address without JavaScript


def test_a_chip_removes_one_filter(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        vip = ContactList.objects.create(team=cast.northside, name="VIP")
    page = open_page(maya, cast, f"q=zzz&list={vip.id}&status=active&sort=-last").context
    assert [(chip.label, chip.link.partition("?")[2]) for chip in page["chips"]] == [
        ("Status: Active", f"q=zzz&list={vip.id}&sort=-last"),
        ("List: VIP", "q=zzz&status=active&sort=-last"),
    ]
    assert page["query"] == f"q=zzz&status=active&list={vip.id}"
    assert page["clear_url"].endswith("/contacts/?sort=-last")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=nobody", "No contacts match"),
        ("list=99", "List: deleted"),
        ("", "Maria"),
        ("after=x&sort=y", "Maria"),
    ],
)
def test_an_invalid_address_still_shows_a_page(cast: Cast, maya: Client, query: str, words: str) -> None:
    response = open_page(maya, cast, query)
    assert response.status_code == 200 and words in response.content.decode()


def test_an_empty_page_explains_how_to_add_contacts(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        cast.northside.contacts.all().delete()
    assert "No contacts yet" in open_page(maya, cast).content.decode()


def test_chosen_columns_are_remembered(cast: Cast, maya: Client) -> None:
    def heads(query: str) -> list[str]:
        return [head.label for head in open_page(maya, cast, query).context["heads"]]

    assert heads("") == ["Name", "Number", "Status", "Lists and tags", "Last text", "Created"]
    assert heads("columns=email&columns=number") == ["Name", "Number", "Email"]
    assert heads("q=maria") == ["Name", "Number", "Email"]
    assert heads("columns=nonsense") == [
        "Name",
        "Number",
        "Status",
        "Lists and tags",
        "Last text",
        "Created",
    ]


def test_pages_are_linked_in_both_directions(
    cast: Cast, maya: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_page, "PAGE_SIZE", 1)
    monkeypatch.setattr(search_page, "SORT_LIMIT", 0)
    with scope(cast.northside.id):
        for at, name in enumerate(("Maria", "Tom")):  # IDs of more than 32 bits
            Contact.objects.create(
                id=2**40 + at, team=cast.northside, number=f"+1212555010{at}", first_name=name
            )
    first = open_page(maya, cast, "q=212555&sort=-name").context
    second = maya.get(first["next_url"]).context
    assert [str(page["page"].contacts[0]) for page in (first, second)] == ["Tom", "Maria"]
    assert not first["previous_url"] and not second["next_url"]
    assert [str(contact) for contact in maya.get(second["previous_url"]).context["page"].contacts] == ["Tom"]


def test_the_number_of_queries_does_not_grow_with_the_contacts(cast: Cast, maya: Client) -> None:
    def queries() -> int:
        with captured() as found:
            open_page(maya, cast)
        return len(found)

    queries()  # the first page of a session also notes the browser
    few = queries()
    with scope(cast.northside.id):
        Contact.objects.bulk_create(
            Contact(team=cast.northside, number=f"+1415555{n}") for n in range(2000, 2040)
        )
    assert queries() == few


def test_lists_are_created_renamed_and_deleted_without_their_contacts(cast: Cast, as_client: SignIn) -> None:
    member, admin, slug = as_client(cast.member), as_client(cast.admin), cast.northside.slug
    assert member.post(reverse("new_list", args=[slug]), {"list-name": "VIP"}).status_code == 302
    assert member.post(reverse("new_list", args=[slug]), {"list-name": "vip"}).status_code == 422
    assert member.post(reverse("new_tag", args=[slug]), {"tag-name": "VIP"}).status_code == 302
    with scope(cast.northside.id):
        vip = ContactList.objects.get(name="VIP")
        ListEntry.objects.create(team=cast.northside, list=vip, contact=cast.maria)
    assert member.post(reverse("edit_list", args=[slug, vip.id]), {"list-name": "Vip"}).status_code == 302
    shown = flat(member.get(reverse("labels", args=[slug])))
    assert reverse("list", args=[slug, vip.id]) in shown and ">Vip<" in shown
    assert member.post(reverse("list_deletion", args=[slug, vip.id])).status_code == 403
    assert admin.post(reverse("list_deletion", args=[slug, vip.id])).status_code == 302
    with scope(cast.northside.id):
        assert not ContactList.objects.exists() and cast.northside.contacts.count() == 2
