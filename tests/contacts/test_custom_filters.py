"""Filters on custom fields and live lists, against the real database."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict

from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.models import CustomField, FilterValue
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldKind
from contacts.lists.models import ContactList, ListEntry
from contacts.search.filters import ContactFilters, ids_on_list, matching_contacts
from contacts.search.page import fetch_page
from contacts.search.sorting import SortOrder
from kernel.tenancy import scope
from optout.consent_types import Actor
from tests.cast import Cast
from tests.contacts.test_custom_fields import define_four_fields

PEOPLE = {
    "ana": {
        "loyalty_level": "Gold",
        "visits": 12,
        "birthday": "1990-02-28",
        "insured": True,
        "city": "São Paulo",
    },
    "ben": {
        "loyalty_level": "Silver",
        "visits": 2.5,
        "birthday": "2001-12-31",
        "insured": False,
        "city": "Sao",
    },
    "cem": {"visits": -3, "city": "Köln, Straße 5"},
    "dee": {},
}
FILTERS = {
    "custom.loyalty_level=Gold": "ana", "custom.loyalty_level=null": "cem dee", "custom.loyalty_level=Bronze": "",
    "custom.insured=true": "ana", "custom.insured=false": "ben", "custom.insured=null": "cem dee",
    "custom.visits.from=2": "ana ben", "custom.visits.to=2.5": "ben cem",
    "custom.visits.from=-3&custom.visits.to=2": "cem",
    "custom.visits.from=": "ana ben cem dee", "custom.visits.from=x": "", "custom.visits=12": "",
    "custom.birthday.from=2001-12-31": "ben", "custom.birthday.to=2001-12-30": "ana",
    "custom.birthday.from=1990-02-28&custom.birthday.to=2001-12-31": "ana ben",
    "custom.city=sao": "ana ben", "custom.city=SÃO p": "ana", 'custom.city="sao"': "ben", 'custom.city="sa"': "",
    "custom.city=koln, strasse": "cem", "custom.city=%25": "", "custom.city=null": "",
    "custom.city=sao&custom.visits.to=10": "ben", "custom.city=sao&q=ana": "ana",
    "custom.insured=null&status=active": "cem dee",
    "custom.shoe_size=43": "", "custom.=1": "",
}  # fmt: skip


def create_people(cast: Cast) -> None:
    define_four_fields(cast.northside)
    with scope(cast.northside.id):
        define_field(cast.northside, "City", FieldKind.TEXT)
        Contact.objects.filter(team_id=cast.northside.id).delete()
        for at, (name, custom) in enumerate(PEOPLE.items()):
            Contact.objects.create(
                team=cast.northside, number=f"+1415555020{at}", first_name=name, custom=custom
            )


def names(found: Any) -> str:
    return " ".join(sorted(contact.first_name for contact in found))


def test_custom_fields_filter_contacts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    create_people(cast)
    with scope(cast.northside.id):
        for query, expected in FILTERS.items():
            data = QueryDict(query)
            assert names(matching_contacts(cast.northside, cast.owner, data)) == expected, query
            assert names(ContactFilters(cast.northside, data).matching()) == expected, query
            page = fetch_page(ContactFilters(cast.owner, data), SortOrder())
            assert (names(page.contacts), page.total.count) == (expected, len(expected.split())), query
        # The same along an index, as in a large team.
        monkeypatch.setattr("contacts.search.page._is_walkable", lambda filters: filters.smallest > 0)
        for query, expected in FILTERS.items():
            assert (
                names(fetch_page(ContactFilters(cast.owner, QueryDict(query)), SortOrder()).contacts)
                == expected
            )
    with scope(cast.harbor.id):  # whose contacts have no such field
        assert not matching_contacts(cast.harbor, cast.outsider, QueryDict("custom.city=sao")).exists()


def test_filter_values_follow_every_change(cast: Cast) -> None:
    create_people(cast)
    team = cast.northside

    def found(query: str) -> str:
        return names(matching_contacts(team, cast.owner, QueryDict(query)))

    with scope(team.id):
        ana, ben = (Contact.objects.get(team=team, first_name=name) for name in ("ana", "ben"))
        set_values(ana, {"visits": None, "city": "Rio", "insured": False})
        assert (found("custom.visits.from=3"), found("custom.city=rio"), found("custom.insured=true")) == (
            "",
            "ana",
            "",
        )
        Contact.objects.filter(team=team, first_name="dee").update(custom={"visits": 7})
        assert found("custom.visits.from=3") == "dee"
        merge_contacts(ana, ben, by=Actor.of(cast.owner))  # who had visits, Rio stays
        assert (found("custom.visits.to=2.5"), found("custom.city=rio"), found("custom.city=sao")) == (
            "ana cem",
            "ana",
            "",
        )
        Contact.objects.filter(team=team, first_name="ana").delete()
        assert set(FilterValue.objects.values_list("key", "words")) == {
            ("visits", "-3"), ("visits", "7"), ("city", "koln, strasse 5"),
        }  # fmt: skip


def test_values_from_before_filters_are_copied_first(cast: Cast, owner: Any) -> None:
    create_people(cast)
    owner.execute("DELETE FROM contacts_filtervalue; UPDATE contacts_customfield SET filterable = false")
    query = QueryDict("custom.visits.from=3")
    with scope(cast.northside.id):
        assert not any(name.startswith("custom.") for name in ContactFilters(cast.owner, QueryDict()).filters)
        assert not matching_contacts(cast.northside, cast.owner, query).exists()
    call_command("fill_filter_values")
    with scope(cast.northside.id):
        assert names(matching_contacts(cast.northside, cast.owner, query)) == "ana"
        assert all(field.filterable for field in CustomField.objects.all())


def test_an_index_finds_custom_values_under_the_policy(cast: Cast) -> None:
    create_people(cast)
    for query, condition in {
        "custom.city=sao": "words", "custom.visits.from=3&custom.visits.to=9": "number",
        "custom.birthday.to=2001-01-01": "words", "custom.loyalty_level=Gold": "words",
    }.items():  # fmt: skip
        with (
            scope(cast.northside.id),
            connection.cursor() as cursor,
        ):  # a cluster reads nothing more after a plan
            for setting in ("enable_seqscan", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {setting} = off")
            (rows,) = ContactFilters(cast.owner, QueryDict(query))._rows
            plan = rows.rows.explain()
            index_condition = plan.partition("Index Cond: ")[2].partition("\n")[0]
            assert condition in index_condition, plan


def test_a_live_list_has_whoever_matches_now(cast: Cast) -> None:
    create_people(cast)
    team = cast.northside

    def live(name: str, query: str) -> ContactList:
        return ContactList.objects.create(team=team, name=name, is_live=True, query=query)

    def on(row: ContactList) -> str:
        by_filter = names(matching_contacts(team, cast.owner, QueryDict(f"list={row.id}")))
        assert by_filter == names(Contact.objects.filter(team=team, id__in=ids_on_list(team, row)))
        assert by_filter == names(
            fetch_page(ContactFilters(cast.owner, QueryDict(f"list={row.id}")), SortOrder()).contacts
        )
        return by_filter

    with scope(team.id):
        by_hand = ContactList.objects.create(team=team, name="By hand")
        dee = Contact.objects.get(team=team, first_name="dee")
        ListEntry.objects.create(team=team, list=by_hand, contact=dee)
        regulars, everyone = live("Regulars", "custom.visits.from=2"), live("Everyone", "")
        of_list, of_search = live("Of a list", f"list={by_hand.id}"), live("Of a search", "q=ana")
        assert (on(regulars), on(everyone), on(of_list), on(of_search)) == (
            "ana ben",
            "ana ben cem dee",
            "dee",
            "ana",
        )
        assert names(matching_contacts(team, cast.owner, QueryDict(f"list={regulars.id}&q=ben"))) == "ben"
        set_values(dee, {"visits": 99})
        assert on(regulars) == "ana ben dee"
        # A live list in a live list could contain itself; a filter that names something deleted matches nobody.
        of_list.query = f"list={of_list.id}"
        of_list.save()
        by_hand.delete()
        assert (on(of_list), on(live("Gone", f"list={by_hand.id}")), on(live("No field", "custom.x=1"))) == (
            "",
            "",
            "",
        )
