"""Custom fields: definition, values, merges, and deletion with all values."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Team
from contacts.contact import events
from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.custom_fields import define
from contacts.custom_fields import deletion as custom_fields_deletion
from contacts.custom_fields.define import (
    FieldBeingImported,
    OptionInUse,
    TooManyFields,
    change_options,
    count_with_option,
    define_field,
)
from contacts.custom_fields.models import CustomField, FieldDeletion
from contacts.custom_fields.set_values import set_values
from contacts.custom_fields.values import FieldKind
from contacts.runs import worker
from contacts.runs.models import RunState
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.contacts.test_import_contacts import checked, draft, newest
from tests.html import flat

SignIn = Callable[[Member], Client]


@pytest.fixture
def owners(cast: Cast, as_client: SignIn) -> Client:
    return as_client(cast.owner)


def define_four_fields(team: Team) -> dict[str, CustomField]:
    """Define four fields for a team; returns them by key."""
    with scope(team.id):
        created = [
            define_field(team, "Loyalty level", FieldKind.CHOICE, ["Gold", "Silver"]),
            define_field(team, "Visits", FieldKind.NUMBER),
            define_field(team, "Birthday", FieldKind.DATE),
            define_field(team, "Insured", FieldKind.YES_NO),
        ]
    return {field.key: field for field in created}


def set_custom(cast: Cast, number: str, **custom: Any) -> None:
    with scope(cast.northside.id):
        Contact.objects.filter(team=cast.northside, number=number).update(custom=custom)


def custom(team: Team, number: str) -> Any:
    with scope(team.id):
        return Contact.objects.get(team=team, number=number).custom


def visit(browser: Client, name: str, cast: Cast, /, *args: Any, **posted: Any) -> Any:
    address = reverse(name, args=[cast.northside.slug, *args])
    return browser.post(address, posted) if posted else browser.get(address)


# -- defining ----------------------------------------------------------------------------------------------------


def test_a_field_is_defined_filled_in_and_shown(cast: Cast, owners: Client, as_client: SignIn) -> None:
    created = visit(
        owners,
        "new_custom_field",
        cast,
        name=" Loyalty  level ",
        kind="choice",
        options=" Gold\n\nSilver \ngold",
    )
    assert created.status_code == 302
    visit(owners, "new_custom_field", cast, name="Birthday", kind="date", options="left over")
    with scope(cast.northside.id):
        fields = [(f.name, f.key, f.kind, f.options) for f in CustomField.objects.of(cast.northside.id)]
    assert fields == [
        ("Loyalty level", "loyalty_level", "choice", ["Gold", "Silver"]),
        ("Birthday", "birthday", "date", []),
    ]

    maya = as_client(cast.member)  # every member fills them in
    form = visit(maya, "edit_contact", cast, MARIA).content.decode()
    assert "Loyalty level" in form and 'name="custom.birthday"' in form
    filled = {"number": MARIA, "custom.loyalty_level": "Silver", "custom.birthday": "1962-03-01"}
    assert visit(maya, "edit_contact", cast, MARIA, **filled).status_code == 302
    assert custom(cast.northside, MARIA) == {"loyalty_level": "Silver", "birthday": "1962-03-01"}
    page = visit(maya, "contact", cast, MARIA).content.decode()
    assert "Loyalty level" in page and "Silver" in page and "Mar 1, 1962" in page
    columns = {"columns": ["number", "custom.birthday", "custom.gone"]}
    listed = maya.get(reverse("contacts", args=[cast.northside.slug]), columns)
    assert "Mar 1, 1962" in listed.content.decode().split("<tbody")[-1]
    assert listed.cookies["contact_columns"].value == "number-custom.birthday"
    form = visit(maya, "edit_contact", cast, MARIA).content.decode()
    assert 'value="1962-03-01"' in form and '<option value="Silver" selected>' in form

    filled |= {"custom.loyalty_level": "", "custom.birthday": "31/02/1962"}
    filled |= {"initial-custom.loyalty_level": "Silver", "initial-custom.birthday": "1962-03-01"}
    wrong = visit(maya, "edit_contact", cast, MARIA, **filled)
    assert wrong.status_code == 422 and "Birthday: “31/02/1962”" in wrong.content.decode()
    assert 'value="31/02/1962"' in wrong.content.decode(), "nothing that was typed is lost"
    filled["custom.birthday"] = "1962-03-01"
    visit(maya, "edit_contact", cast, MARIA, **filled)
    assert custom(cast.northside, MARIA) == {"birthday": "1962-03-01"}, "an emptied field has no value"


def test_a_new_contact_has_custom_values(cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event for endpoints has them too."""
    define_four_fields(cast.northside)
    recorded: list[Any] = []
    monkeypatch.setattr(events, "record_created", lambda team_id, rows, by: recorded.extend(rows))
    filled = {"number": STRANGER, "status": "active", "custom.visits": "12.50", "custom.insured": "no"}
    assert visit(owners, "new_contact", cast, **filled).status_code == 302
    assert custom(cast.northside, STRANGER) == {"visits": 12.5, "insured": False}
    (row,) = recorded
    assert {"visits": 12.5, "insured": False} in row


def test_an_unchanged_value_does_not_overwrite_a_newer_value(cast: Cast, owners: Client) -> None:
    """While the form is open, an import fills a field of the form and a field that was defined later."""
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=3, loyalty_level="Silver", insured=True)
    shown = visit(owners, "edit_contact", cast, MARIA).context["form"]
    opened = {"number": MARIA}
    for own in shown.custom_fields:
        opened |= {own.html_name: own.value(), own.html_initial_name: own.value()}
    with scope(cast.northside.id):
        define_field(cast.northside, "Town", FieldKind.TEXT)
    set_custom(cast, MARIA, visits=4, loyalty_level="Gold", insured=True, town="Berkeley")
    opened |= {"custom.loyalty_level": "", "custom.birthday": "1962-03-01"}
    wrong = visit(owners, "edit_contact", cast, MARIA, **opened | {"email": "?"})
    assert wrong.status_code == 422
    assert 'name="initial-custom.visits" value="3"' in wrong.content.decode()
    assert visit(owners, "edit_contact", cast, MARIA, **opened).status_code == 302
    assert custom(cast.northside, MARIA) == {
        "visits": 4, "insured": True, "birthday": "1962-03-01", "town": "Berkeley",
    }  # fmt: skip


def test_a_number_change_keeps_custom_values(cast: Cast, owners: Client) -> None:
    """The page that asks for confirmation carries them along."""
    define_four_fields(cast.northside)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, STRANGER, Actor(Origin.MEMBER, "Maya", 1), reason="")
    filled: dict[str, Any] = {"number": STRANGER, "custom.visits": "3"}
    warned = visit(owners, "edit_contact", cast, MARIA, **filled)
    assert 'name="custom.visits" value="3"' in warned.content.decode()
    assert 'name="initial-custom.visits"' in warned.content.decode()
    assert visit(owners, "edit_contact", cast, MARIA, **filled, answer=warned.context["warning"].key).url
    assert custom(cast.northside, STRANGER) == {"visits": 3}


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"name": "loyalty-LEVEL", "kind": "text"}, "A field named “Loyalty level” already exists."),
        ({"name": "E-Mail", "kind": "text"}, "would be confused with the file column “Email”"),
        ({"name": "Status", "kind": "text"}, "would be confused with the file column “Status”"),
        ({"name": "?!", "kind": "text"}, "Use at least one letter or digit."),
        ({"name": "", "kind": "text"}, "This field is required."),
        ({"name": "x" * 61, "kind": "text"}, "at most 60 characters"),
        ({"name": "Size", "kind": "colour"}, "Select a valid choice"),
        ({"name": "Size", "kind": "choice", "options": " \n "}, "Enter the options, one per line."),
        ({"name": "Size", "kind": "choice", "options": "x" * 61}, "is too long. An option"),
        (
            {"name": "Size", "kind": "choice", "options": "\n".join(map(str, range(51)))},
            "up to 50 options",
        ),
    ],
)
def test_a_bad_definition_is_refused(cast: Cast, owners: Client, posted: dict[str, str], says: str) -> None:
    fields = define_four_fields(cast.northside)
    refused = visit(owners, "new_custom_field", cast, **posted)
    assert refused.status_code == 422 and says in refused.content.decode()
    with scope(cast.northside.id):
        assert CustomField.objects.of(cast.northside.id).count() == len(fields)


def test_a_team_has_a_maximum_number_of_fields(
    cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(define, "MAX_FIELDS", 4)
    define_four_fields(cast.northside)
    refused = visit(owners, "new_custom_field", cast, name="One more", kind="text")
    assert refused.status_code == 422 and "up to 4 custom fields" in refused.content.decode()
    with scope(cast.northside.id), pytest.raises(TooManyFields):
        define_field(cast.northside, "One more", FieldKind.TEXT)


def test_the_second_of_two_simultaneous_fields_of_one_name_is_refused(
    cast: Cast, owners: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other field is created after the form's own check."""
    define_four_fields(cast.northside)
    real = define.lock_definitions

    def late(team_id: int) -> Any:
        monkeypatch.setattr(define, "lock_definitions", real)
        define_field(cast.northside, "Shoe size", FieldKind.TEXT)
        return real(team_id)

    for view, posted in (("new_custom_field", {"kind": "text"}), ("edit_custom_field", {})):
        with scope(cast.northside.id):
            CustomField.objects.filter(team=cast.northside, name="Shoe size").delete()
        monkeypatch.setattr(define, "lock_definitions", late)
        refused = visit(owners, view, cast, *([] if posted else ["visits"]), name="shoe SIZE", **posted)
        assert refused.status_code == 422
        assert "A field named “Shoe size” already exists." in refused.content.decode()
    with scope(cast.northside.id):
        assert CustomField.objects.get(team=cast.northside, key="visits").name == "Visits"


def test_a_new_name_keeps_key_and_values(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, loyalty_level="Gold")
    renamed = visit(
        owners, "edit_custom_field", cast, "loyalty_level", name="Tier", options="Silver\nGold\nBronze"
    )
    assert renamed.status_code == 302
    page = visit(owners, "contact", cast, MARIA).content.decode()
    assert "Tier" in page and "Gold" in page and "Loyalty level" not in page
    same = visit(
        owners, "edit_custom_field", cast, "loyalty_level", name="tier", options="Silver\nGold\nBronze"
    )
    assert same.status_code == 302, "the case of its own name may change"
    kind = visit(owners, "edit_custom_field", cast, "visits", name="Visits", kind="text", options="a")
    assert kind.status_code == 302
    with scope(cast.northside.id):
        assert CustomField.objects.get(key="visits").kind == FieldKind.NUMBER
        assert CustomField.objects.get(key="visits").options == []


def test_an_option_in_use_cannot_be_removed(cast: Cast, owners: Client) -> None:
    field = define_four_fields(cast.northside)["loyalty_level"]
    define_four_fields(cast.harbor)
    set_custom(cast, MARIA, loyalty_level="Gold")
    with scope(cast.harbor.id):
        Contact.objects.filter(team=cast.harbor).update(custom={"loyalty_level": "Gold"})
    refused = visit(owners, "edit_custom_field", cast, "loyalty_level", name="Tier", options="Silver\nBronze")
    words = refused.content.decode()
    assert refused.status_code == 422 and "1 contact has “Gold”" in words and "Bronze" in words
    with scope(cast.northside.id):
        field.refresh_from_db()
        assert (field.name, field.options) == ("Loyalty level", ["Gold", "Silver"]), "all or nothing"
        assert count_with_option(field, "Gold") == 1
        with pytest.raises(OptionInUse):
            change_options(field, ["gold"])  # values are kept as they are spelled
    assert (
        visit(
            owners, "edit_custom_field", cast, "loyalty_level", name="Tier", options="Gold\nBronze"
        ).status_code
        == 302
    )


def test_fields_have_the_chosen_order(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)

    def order() -> list[str]:
        with scope(cast.northside.id):
            return [field.key for field in CustomField.objects.of(cast.northside.id)]

    for key, to in (
        ("birthday", "up"),
        ("insured", "down"),
        ("loyalty_level", "up"),
        ("loyalty_level", "down"),
    ):
        assert visit(owners, "custom_field_position", cast, key, to=to).status_code == 302
    assert order() == ["birthday", "loyalty_level", "visits", "insured"]


def test_a_member_sees_fields_and_cannot_change_them(cast: Cast, as_client: SignIn) -> None:
    define_four_fields(cast.northside)
    maya = as_client(cast.member)
    page = visit(maya, "custom_fields", cast).content.decode()
    assert (
        "Loyalty level" in page
        and "loyalty_level" in page
        and "Your role in the team may not change them" in page
    )
    assert reverse("new_custom_field", args=[cast.northside.slug]) not in page and "/place/" not in page
    for name in ("edit_custom_field", "custom_field_position", "custom_field_deletion"):
        assert visit(maya, name, cast, "visits", name="Mine").status_code == 403
    assert visit(maya, "new_custom_field", cast, name="Mine", kind="text").status_code == 403


# -- values ------------------------------------------------------------------------------------------------------


def test_a_value_is_written_without_overwriting_others(cast: Cast) -> None:
    fields, team = define_four_fields(cast.northside), cast.northside
    set_custom(cast, MARIA, visits=1, insured=True)
    with scope(team.id):
        stale = cast.maria
        assert set_values(stale, {"visits": 2, "birthday": None, "no_such_field": "x"})
        assert stale.custom == {"visits": 2, "insured": True}
        before = Contact.objects.get(id=stale.id)
        assert (before.custom, before.rev) == (stale.custom, 3), "each change counts"
        assert not set_values(stale, {"visits": 2}), "what is there already is not written"
        after = Contact.objects.get(id=stale.id)
        assert (after.rev, after.updated_at) == (3, before.updated_at)
        fields["visits"].delete()
        assert not set_values(stale, {"visits": 3}), "gone meanwhile"
        assert not set_values(Contact(team=team, id=10**9), {"insured": False}), "the contact, too"


def test_a_contact_created_by_a_text_has_no_custom_values(cast: Cast) -> None:
    with scope(cast.northside.id):
        Contact.objects.ensure(cast.front_desk, STRANGER, timezone.now())
    assert custom(cast.northside, STRANGER) == {}


def test_a_merge_prefers_values_of_the_kept_contact(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=3, insured=False)
    set_custom(cast, TOM, visits=9, insured=True, birthday="1962-03-01")
    address = reverse("merge_contact", args=[cast.northside.slug, MARIA])
    words = owners.get(address, {"other": TOM}).content.decode()
    assert words.count("Mar 1, 1962") == 2 and "Visits" in words and "Loyalty level" not in words
    owners.post(address, {"other": TOM})
    assert custom(cast.northside, MARIA) == {"visits": 3, "insured": False, "birthday": "1962-03-01"}


# -- deleting ----------------------------------------------------------------------------------------------------


def advance_deletion(cast: Cast) -> FieldDeletion:
    with scope(cast.northside.id):
        deletion = FieldDeletion.objects.latest("id")
    worker.advance(cast.northside.id, deletion.id, "custom_field_deletion")
    with scope(cast.northside.id):
        deletion.refresh_from_db()
    return deletion


def test_a_field_is_deleted_with_its_values(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    define_four_fields(cast.harbor)
    set_custom(cast, MARIA, visits=3, insured=False)
    set_custom(cast, TOM, insured=True)
    with scope(cast.harbor.id):
        Contact.objects.filter(team=cast.harbor).update(custom={"visits": 7})
    page = visit(owners, "custom_field_deletion", cast, "visits").content.decode()
    assert '<strong class="number">1</strong> contact has a value in this' in page
    owners.post(reverse("custom_field_deletion", args=[cast.northside.slug, "visits"]))
    page = visit(owners, "contact", cast, MARIA).content.decode()
    assert "<dt>Visits</dt>" not in page and "<dt>Insured</dt>" in page, "hidden at once"
    assert "values are being removed from 1 contact" in flat(visit(owners, "custom_fields", cast))
    with scope(cast.northside.id):
        again = define_field(cast.northside, "Visits", FieldKind.TEXT)
        assert again.key == "visits_2", "values of another kind still use the old key"
        again.delete()
    deletion = advance_deletion(cast)
    assert (deletion.state, deletion.counts, deletion.percent) == (RunState.DONE, {"values_taken": 1}, 100)
    assert custom(cast.northside, MARIA) == {"insured": False}
    assert custom(cast.northside, TOM) == {"insured": True}
    assert custom(cast.harbor, MARIA) == {"visits": 7}, "another team's"
    with scope(cast.northside.id):
        assert define_field(cast.northside, "Visits", FieldKind.TEXT).key == "visits"


def test_values_are_removed_in_batches_and_none_is_left(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge moves a value to a contact behind the run's position; a second pass removes it."""
    monkeypatch.setattr(custom_fields_deletion, "BATCH_SIZE", 1)
    field, team = define_four_fields(cast.northside)["visits"], cast.northside
    set_custom(cast, TOM, visits=9)
    with scope(team.id):
        Contact.objects.create(team=team, number=STRANGER, custom={"visits": 1})
        deletion = custom_fields_deletion.delete_field(field, cast.owner)
        custom_fields_deletion.run_batch(deletion)
        assert deletion.reached == cast.tom.id
        last = Contact.objects.get(team=team, number=STRANGER)
        merge_contacts(cast.maria, last, by=Actor(Origin.MEMBER, "Maya", 1))
        deletion.save()
    assert custom(team, MARIA) == {"visits": 1}
    assert advance_deletion(cast).state == RunState.DONE
    assert custom(team, MARIA) == {}


def test_a_field_of_an_unfinished_import_cannot_be_deleted(cast: Cast, owners: Client) -> None:
    field = define_four_fields(cast.northside)["visits"]
    checked(cast, f"Phone,Visits\n{MARIA},3\n")
    refused = owners.post(reverse("custom_field_deletion", args=[cast.northside.slug, "visits"]))
    assert refused.status_code == 422 and "people.csv is being imported" in refused.content.decode()
    with scope(cast.northside.id):
        newest(cast).cancel()
        custom_fields_deletion.delete_field(field, cast.owner)


def test_an_option_that_an_import_may_bring_cannot_be_removed(cast: Cast, owners: Client) -> None:
    define_four_fields(cast.northside)
    checked(cast, f"Phone,Loyalty level\n{MARIA},gold\n")
    more = {"name": "Loyalty level", "options": "Gold\nSilver\nBronze"}
    assert visit(owners, "edit_custom_field", cast, "loyalty_level", **more).status_code == 302
    refused = visit(
        owners, "edit_custom_field", cast, "loyalty_level", name="Loyalty level", options="Bronze"
    )
    assert refused.status_code == 422 and "people.csv is being imported" in refused.content.decode()


def test_a_field_that_is_deleted_during_matching_is_skipped(cast: Cast) -> None:
    field = define_four_fields(cast.northside)["visits"]
    run = draft(cast, f"Phone,Visits\n{MARIA},3\n")
    with scope(cast.northside.id):
        assert run.columns == ["number", "custom.visits"]
        custom_fields_deletion.delete_field(field, cast.owner)
        run.start_check(run.columns, run.options)
        assert run.columns == ["number", ""]


def test_an_import_can_start_while_another_field_is_deleted(cast: Cast) -> None:
    fields = define_four_fields(cast.northside)
    checked(cast, f"Phone,Visits\n{MARIA},3\n")
    with scope(cast.northside.id):
        custom_fields_deletion.delete_field(fields["insured"], cast.owner)
        with pytest.raises(FieldBeingImported):
            custom_fields_deletion.delete_field(fields["visits"], cast.owner)
