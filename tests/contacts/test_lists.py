"""Pages of lists: counts by standing, why each contact is on a list, and live lists."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.values import FieldKind
from contacts.lists import counts
from contacts.lists.labels import add_to_lists
from contacts.lists.models import AddedBy, ContactList, EntrySource, ListEntry, ListKind
from kernel.tenancy import scope
from optout.models import Suppression
from tests.cast import MARIA, TOM, Cast
from tests.contacts.test_import_contacts import imported
from tests.html import flat

SignIn = Callable[[Member], Client]


def suppress(cast: Cast, number: str, kind: str) -> None:
    Suppression.objects.create(
        team=cast.northside,
        number=number,
        kind=kind,
        origin="contact",
        event_id=1,
        created_at=cast.maria.created_at,
    )


def test_a_list_shows_why_each_contact_is_on_it(cast: Cast, as_client: SignIn) -> None:
    team, member, owner = cast.northside, as_client(cast.member), as_client(cast.owner)
    with scope(team.id):
        vip = ContactList.objects.create(team=team, name="VIP", created_by="Maya Chen")
        suppress(cast, MARIA, "opt_out")
        suppress(cast, TOM, "opt_out")
        suppress(cast, TOM, "block")
        ListEntry.objects.create(team=team, list=vip, contact=cast.tom)  # from before reasons were kept
    page = reverse("list", args=[team.slug, vip.id])
    action = {"action": "add_to_list", "contact": str(cast.maria.id), "label": str(vip.id)}
    assert member.post(reverse("bulk_actions", args=[team.slug]), action).status_code == 302
    run = imported(cast, "Phone Number,First Name,Lists\n+14155550150,Ana,vip\n+14155550101,,VIP\n")
    with scope(team.id):
        program = Contact.objects.create(team=team, number="+14155550160", first_name="Zoe")
        add_to_lists(team.id, [vip.id], [program.id, cast.tom.id], AddedBy(EntrySource.API, "CRM"))
        sources = dict(ListEntry.objects.filter(list=vip).values_list("contact__first_name", "source"))
    assert sources == {"Tom": "", "Maria": "member", "Ana": "import", "Zoe": "api"}  # the first reason stays
    shown = flat(owner.get(page))
    write = f"{reverse('new_broadcast', args=[team.slug])}?list={vip.id}"
    assert write in shown and write not in flat(member.get(page)), "members send no broadcasts"
    for words in (
        "Added by Maya Chen",
        f"Imported from {run.file_name}",
        "Added by a program: CRM",
        "Added before reasons were kept",
    ):
        assert words in shown
    assert reverse("import", args=[team.slug, run.id]) in shown
    for label, count in {"Contacts": 4, "May be texted": 2, "Opted out": 1, "Blocked": 1}.items():
        assert f"<dt>{label}</dt>" in shown and f">{count}<" in shown.partition(f"<dt>{label}</dt>")[2][:160]
    with scope(team.id):
        assert counts.count_list(team, vip) == counts.ListCount(4, 1, 1)
        assert [(str(row), count, row.kind) for row, count in counts.count_lists(team)] == [
            ("VIP", counts.ListCount(4, 1, 1), ListKind.BY_HAND)
        ]
    assert flat(owner.get(reverse("labels", args=[team.slug]))).count(">1</a>") == 2


def test_long_lists_are_counted_on_their_own_page(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, as_client: SignIn
) -> None:
    monkeypatch.setattr(counts, "COUNT_LIMIT", 1)
    team = cast.northside
    with scope(team.id):
        both = ContactList.objects.create(team=team, name="Both")
        add_to_lists(team.id, [both.id], [cast.maria.id, cast.tom.id], AddedBy.member("Maya"))
        ContactList.objects.create(team=team, name="All", is_live=True)
        assert [(count.total, count.textable, str(count)) for _, count in counts.count_lists(team)] == [
            (2, None, "over 1"), (2, None, "over 1"),
        ]  # fmt: skip
        assert counts.count_list(team, both).textable == 2
    assert flat(as_client(cast.member).get(reverse("labels", args=[team.slug]))).count(">Count</a>") == 2


def test_a_live_list_is_made_of_a_filter(cast: Cast, as_client: SignIn) -> None:
    team, member = cast.northside, as_client(cast.member)
    with scope(team.id):
        define_field(team, "Visits", FieldKind.NUMBER)
        Contact.objects.filter(id=cast.maria.id).update(custom={"visits": 12})
    contacts_page = flat(member.get(reverse("contacts", args=[team.slug]), {"custom.visits.from": "2"}))
    new_page = reverse("new_live_list", args=[team.slug])
    assert f"{new_page}?custom.visits.from=2" in contacts_page
    form = flat(member.get(new_page, {"custom.visits.from": "2"}))
    assert 'name="custom.visits.from" value="2"' in form
    sent: dict[str, Any] = {"list-name": "Regulars", "custom.visits.from": "2", "status": "active", "tag": ""}
    assert member.post(new_page, {**sent, "custom.visits.from": "two"}).status_code == 422
    assert member.post(new_page, {**sent, "list-name": ""}).status_code == 422
    answer = member.post(new_page, sent)
    with scope(team.id):
        row = ContactList.objects.get()
        assert (row.query, row.kind, row.created_by) == (
            "status=active&custom.visits.from=2",
            ListKind.LIVE,
            "Maya Chen",
        )
        assert counts.count_lists(team) == [(row, counts.ListCount(1, 0, 0))]
    page = reverse("list", args=[team.slug, row.id])
    assert answer["Location"] == page
    shown = flat(member.get(page))
    assert "Status: Active" in shown and "Visits at least: 2" in shown  # the conditions
    assert "Status: Active, Visits: 12" in shown and "Maria" in shown and "Tom" not in shown  # why Maria
    assert f"list={row.id}" in shown
    # Its conditions change by the same form, and it is in no form that adds contacts to lists.
    edit = reverse("edit_list", args=[team.slug, row.id])
    assert 'name="custom.visits.from" value="2"' in flat(member.get(edit))
    assert member.post(edit, {"list-name": "Rare", "custom.visits.from": "20"})["Location"] == page
    assert "Nobody is on this list" in flat(member.get(page))
    assert "Rare" not in flat(member.get(reverse("edit_contact", args=[team.slug, MARIA])))
    with scope(team.id):
        other = ContactList.objects.create(team=team, name="Other")
    assert member.post(edit, {"list-name": "Rare", "list": str(row.id)}).status_code == 422
    assert member.post(edit, {"list-name": "Rare", "list": str(other.id)}).status_code == 302
    with scope(team.id):
        other.delete()
    assert "something that was deleted" in flat(member.get(page))


def test_two_people_who_change_the_conditions_are_asked(cast: Cast, as_client: SignIn) -> None:
    team, member = cast.northside, as_client(cast.member)
    with scope(team.id):
        row = ContactList.objects.create(team=team, name="Live", is_live=True, query="status=active")
    edit = reverse("edit_list", args=[team.slug, row.id])
    form = flat(member.get(edit))
    revision = form.partition('name="list-revision" value="')[2].partition('"')[0]
    sent = {"list-name": "Live", "list-revision": revision}
    assert member.post(edit, {**sent, "status": "opt_out"}).status_code == 302
    assert member.post(edit, {**sent, "status": "block"}).status_code == 422
    with scope(team.id):
        row.refresh_from_db(from_queryset=ContactList.objects.filter(team=team))
        assert row.query == "status=opt_out"
