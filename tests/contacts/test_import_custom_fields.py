"""Custom fields in files: an import reads, counts and refuses values, and an export changes nothing."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.values import FieldKind
from contacts.imports.consent_columns import CONSENT_HEADERS
from contacts.imports.models import RefusedRow
from contacts.runs.models import RunState
from kernel.tenancy import scope
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_custom_fields import SignIn, custom, define_four_fields, set_custom
from tests.contacts.test_exports import body_of, export
from tests.contacts.test_import_contacts import (
    advance_newest,
    checked,
    contact,
    draft,
    everything,
    imported,
    newest,
    uploaded,
)

FILE = f"""Phone,loyalty_level,Visits,Birthday,Insured
{MARIA},GOLD,3,,no
{TOM},,12.50,03/01/1962,
{STRANGER},Silver,,,
4155550110,,,,
4155550111,Gilt,many,,
"""
PREVIEW = ("good", "created", "updated", "unchanged")


@pytest.fixture
def owners(cast: Cast, as_client: SignIn) -> Client:
    return as_client(cast.owner)


def preview(run: Any) -> dict[str, int]:
    return {word: run.preview[word] for word in PREVIEW}


def test_values_are_read_and_bad_values_are_refused_by_name(cast: Cast) -> None:
    define_four_fields(cast.northside)
    run = checked(cast, FILE)
    assert preview(run) == {"good": 4, "created": 2, "updated": 2, "unchanged": 0}
    with scope(cast.northside.id):
        (refusal,) = RefusedRow.objects.all()
        run.confirm(lift_ours=False)
    assert refusal.reason == (
        "Loyalty level is “Gilt”. Use “Gold” or “Silver”. Visits is “many”. Enter a number, like 1250.5."
    )
    assert (refusal.line, refusal.cells[1]) == (6, "Gilt")
    run = advance_newest(cast)
    assert run.state == RunState.DONE
    assert run.counts == {"read": 5, "created": 2, "updated": 2, "unchanged": 0, "refused": 1}
    assert custom(cast.northside, MARIA) == {"loyalty_level": "Gold", "visits": 3, "insured": False}
    assert custom(cast.northside, TOM) == {"visits": 12.5, "birthday": "1962-03-01"}
    assert custom(cast.northside, STRANGER) == {"loyalty_level": "Silver"}
    assert custom(cast.northside, "+14155550110") == {}
    before = everything(cast)
    again = imported(cast, FILE)
    assert (again.counts["updated"], again.counts["unchanged"]) == (0, 4)
    assert everything(cast) == before, "a second time writes nothing"


@pytest.mark.parametrize(
    ("replace", "after", "updated"),
    [
        (False, {MARIA: {"visits": 1, "insured": False}, TOM: {"visits": 9, "birthday": "1970-01-01"}}, 1),
        (True, {MARIA: {"visits": 3, "insured": False}, TOM: {"visits": 5, "birthday": "1970-01-01"}}, 2),
    ],
)
def test_each_custom_value_is_kept_or_replaced_separately(
    cast: Cast, replace: bool, after: dict[str, Any], updated: int
) -> None:
    """Empty cells change nothing. The preview counts what the run does."""
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=1)
    set_custom(cast, TOM, visits=9, birthday="1970-01-01")
    file = f"Phone,Visits,Insured,Birthday\n{MARIA},3,no,\n{TOM},5,,\n"
    expected = {"good": 2, "created": 0, "updated": updated, "unchanged": 2 - updated}
    assert preview(checked(cast, file, replace=replace)) == expected
    run = imported(cast, file, replace=replace)
    assert {number: custom(cast.northside, number) for number in after} == after
    assert (run.counts["updated"], run.counts["unchanged"]) == (updated, 2 - updated)


def test_notations_of_the_same_number_are_equal(cast: Cast) -> None:
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=12)
    assert preview(checked(cast, f"Phone,Visits\n{MARIA},12.0\n", replace=True))["unchanged"] == 1


def fill_team_with_values(cast: Cast) -> None:
    define_four_fields(cast.northside)
    with scope(cast.northside.id):
        define_field(cast.northside, "=Hobby", FieldKind.TEXT)
    set_custom(
        cast, MARIA, loyalty_level="Gold", visits=-3, birthday="1962-03-01", insured=False, hobby="=1+1"
    )
    set_custom(cast, TOM, visits=0.5, hobby='\'@home; "x", y')


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_has_a_column_for_each_custom_field(cast: Cast, owners: Client, kind: str) -> None:
    fill_team_with_values(cast)
    maria, tom = export(owners, cast, kind)
    names = ["Loyalty level", "Visits", "Birthday", "Insured", "'=Hobby"]
    assert list(maria)[-11:] == [*names, *CONSENT_HEADERS.values(), "Status"]
    assert [maria[name] for name in names] == ["Gold", "'-3", "1962-03-01", "no", "'=1+1"]
    assert [tom[name] for name in names] == ["", "0.5", "", "", "''@home; \"x\", y"]


@pytest.mark.parametrize("options", [{}, {"replace": True}, {"replace": True, "country": "DE"}])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_importing_an_export_with_custom_fields_changes_nothing(
    cast: Cast, owners: Client, kind: str, options: dict[str, Any]
) -> None:
    fill_team_with_values(cast)
    before = everything(cast)
    address = reverse("export_contacts", args=[cast.northside.slug], query={"format": kind})
    file = body_of(owners.get(address))
    uploaded(owners, cast, file, f"people.{kind}")
    run = newest(cast)
    assert [name for name in run.columns if name.startswith("custom.")] == [
        "custom.loyalty_level", "custom.visits", "custom.birthday", "custom.insured", "custom.hobby",
    ]  # fmt: skip
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options | options)
    run = advance_newest(cast)
    assert preview(run) == {"good": 2, "created": 0, "updated": 0, "unchanged": 2}
    with scope(cast.northside.id):
        run.confirm(lift_ours=False)
    advance_newest(cast)
    assert everything(cast) == before


def test_importing_an_export_into_an_empty_team_restores_everything(cast: Cast, owners: Client) -> None:
    fill_team_with_values(cast)
    had = {number: custom(cast.northside, number) for number in (MARIA, TOM)}
    address = reverse("export_contacts", args=[cast.northside.slug], query={"format": "csv"})
    file = body_of(owners.get(address)).decode()
    with scope(cast.northside.id):
        Contact.objects.filter(team=cast.northside).delete()
    imported(cast, file)
    assert {number: custom(cast.northside, number) for number in had} == had


def test_dates_numbers_and_booleans_of_a_workbook_are_read(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    book = openpyxl.Workbook()
    for row in (
        ["Phone", "Visits", "Birthday", "Insured"],
        [int(MARIA[1:]), 3 * 19.99, date(1962, 3, 1), True],
        [int(TOM[1:]), 7, datetime.fromisoformat("2026-03-31"), False],
    ):
        book.worksheets[0].append(row)
    file = io.BytesIO()
    book.save(file)
    uploaded(owners, cast, file.getvalue(), "people.xlsx")
    run = newest(cast)
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options)
    run = advance_newest(cast)
    with scope(cast.northside.id):
        run.confirm(lift_ours=False)
    advance_newest(cast)
    assert custom(cast.northside, MARIA) == {"visits": 59.97, "birthday": "1962-03-01", "insured": True}
    assert custom(cast.northside, TOM) == {"visits": 7, "birthday": "2026-03-31", "insured": False}


def test_columns_are_matched_by_hand(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    uploaded(owners, cast, f"Phone,Tier,Calls\n{MARIA},gold,3\n")
    page = reverse("import", args=[cast.northside.slug, newest(cast).id])
    assert '<option value="custom.loyalty_level">Loyalty level</option>' in owners.get(page).content.decode()
    twice = {"column-0": "number", "column-1": "custom.visits", "column-2": "custom.visits", "country": "US"}
    assert "Two columns are set to Visits." in owners.post(page, twice).content.decode()
    owners.post(page, twice | {"column-1": "custom.loyalty_level"})
    run = advance_newest(cast)
    with scope(cast.northside.id):
        run.confirm(lift_ours=False)
    advance_newest(cast)
    assert contact(cast, MARIA).custom == {"loyalty_level": "Gold", "visits": 3}


def test_a_file_has_only_the_custom_fields_of_its_team(cast: Cast) -> None:
    define_four_fields(cast.harbor)
    run = draft(cast, f"Phone,Visits\n{MARIA},3\n")
    assert run.columns == ["number", ""]
