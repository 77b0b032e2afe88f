"""Two people edit one object: no save undoes another, and an object that was deleted meanwhile is not brought back."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member, Team
from contacts.contact import deletion
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.lists.models import ContactList, Tag
from kernel.tenancy import scope
from optout.consent_types import Actor
from tests.cast import MARIA, STRANGER, Cast

type Fields = dict[str, Any]


def fields_of(page: Any) -> Fields:
    """The values that a browser would send with the form that carries a revision."""
    text = page.content.decode()
    form = next(
        part
        for part in re.findall(r"<form.*?</form>", text, re.S)
        if 'name="revision"' in part or "-revision" in part
    )
    values: Fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        is_choice = attributes.get("type") in ("checkbox", "radio")
        if "name" in attributes and (not is_choice or re.search(r"\schecked", tag)):
            values.setdefault(attributes["name"], []).append(
                unescape(attributes.get("value", "on" if is_choice else ""))
            )
    for name, inner in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        values[name] = [unescape(inner).removeprefix("\n")]
    for name, inner in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)"[^>]*\sselected', inner)
        values[name] = [unescape(chosen.group(1)) if chosen else ""]
    return values


@pytest.fixture
def olivia(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.owner)


def url(cast: Cast, name: str, *args: Any) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def maria(cast: Cast) -> Contact:
    with scope(cast.northside.id):
        return Contact.objects.get(id=cast.maria.id)


def choices_of(page: Any, name: str) -> list[str]:
    """The values of the choices of one field's conflict: yours, now."""
    return re.findall(rf'name="{re.escape(name)}"\s+value="([^"]+)"', page.content.decode())


# -- contacts ----------------------------------------------------------------------------------------------------


@pytest.fixture
def page(cast: Cast, olivia: Client) -> str:
    with scope(cast.northside.id):
        CustomField.objects.create(team=cast.northside, name="Hobby", key="hobby", kind="text", position=1)
        ContactList.objects.create(team=cast.northside, name="Recall")
    return url(cast, "edit_contact", MARIA)


def test_fields_that_different_people_changed_are_both_saved(cast: Cast, olivia: Client, page: str) -> None:
    first, second = fields_of(olivia.get(page)), fields_of(olivia.get(page))
    with scope(cast.northside.id):
        recall = ContactList.objects.get()
    changed = {
        "note": "Prefers mornings",
        "lists": [str(recall.id)],
        "tags": "VIP",
        "assignee": str(cast.admin.id),
    }
    assert olivia.post(page, {**first, **changed, "custom.hobby": "organs"}).status_code == 302
    assert olivia.post(page, {**second, "email": "maria@example.com"}).status_code == 302
    contact = maria(cast)
    with scope(cast.northside.id):
        saved = (
            contact.note,
            contact.email,
            contact.assignee_id,
            [str(tag) for tag in contact.sorted_tags()],
        )
        assert saved == ("Prefers mornings", "maria@example.com", cast.admin.id, ["VIP"])
        assert [entry.id for entry in contact.sorted_lists()] == [recall.id]
    assert contact.custom == {"hobby": "organs"}


@pytest.mark.parametrize(
    ("name", "theirs", "ours", "read"),
    [
        ("note", "Prefers mornings", "Prefers evenings", lambda contact: contact.note),
        ("first_name", "Marie", "Mary", lambda contact: contact.first_name),
        ("tags", "VIP", "Recall", lambda contact: ", ".join(str(tag) for tag in contact.sorted_tags())),
    ],
)
@pytest.mark.parametrize("kept", ["yours", "now"])
def test_a_field_that_both_changed_is_shown_with_both_values(
    cast: Cast, olivia: Client, page: str, name: str, theirs: str, ours: str, read: Any, kept: str
) -> None:
    """Nothing is saved before the choice, and a choice counts only for the value that it showed."""
    first, second = fields_of(olivia.get(page)), fields_of(olivia.get(page))
    olivia.post(page, {**first, name: theirs})
    answer = olivia.post(page, {**second, name: ours, "email": "m@example.com"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f"Yours: <bdi>{ours}</bdi>" in text and f"Now: <bdi>{theirs}</bdi>" in text
    with scope(cast.northside.id):
        assert (read(maria(cast)), maria(cast).email) == (theirs, "")

    again = fields_of(answer)
    assert olivia.post(page, again).status_code == 422  # without a choice
    choice = choices_of(answer, f"keep-{name}")[0 if kept == "yours" else 1]
    assert choice.startswith(kept)
    with scope(cast.northside.id):
        Contact.objects.filter(id=cast.maria.id).update(
            last_name="Lopez-Ruiz"
        )  # a third change, of another field
    assert olivia.post(page, {**again, f"keep-{name}": choice}).status_code == 302
    with scope(cast.northside.id):
        contact = maria(cast)
        assert (read(contact), contact.email, contact.last_name) == (
            ours if kept == "yours" else theirs, "m@example.com", "Lopez-Ruiz",
        )  # fmt: skip


def test_a_choice_is_void_if_the_value_changed_again(cast: Cast, olivia: Client, page: str) -> None:
    form = fields_of(olivia.get(page))
    with scope(cast.northside.id):
        Contact.objects.filter(id=cast.maria.id).update(note="second")
    answer = olivia.post(page, {**form, "note": "mine"})
    with scope(cast.northside.id):
        Contact.objects.filter(id=cast.maria.id).update(note="third")
    choice = {"keep-note": choices_of(answer, "keep-note")[0]}
    again = olivia.post(page, {**fields_of(answer), **choice})
    assert again.status_code == 422 and "Now: <bdi>third</bdi>" in again.content.decode()
    assert maria(cast).note == "third"


def test_the_form_beside_a_conversation_merges_too(cast: Cast, olivia: Client, page: str) -> None:
    htmx = {"HX-Request": "true"}
    form = fields_of(olivia.get(page, headers=htmx))
    with scope(cast.northside.id):
        Contact.objects.filter(id=cast.maria.id).update(note="theirs", first_name="Marie")
    assert olivia.post(page, {**form, "email": "m@example.com"}, headers=htmx).status_code == 200
    assert (maria(cast).note, maria(cast).first_name, maria(cast).email) == (
        "theirs",
        "Marie",
        "m@example.com",
    )
    assert olivia.post(page, {**form, "note": "ours"}, headers=htmx).status_code == 422
    assert maria(cast).note == "theirs"


def test_a_contact_that_was_created_meanwhile_is_not_overwritten(cast: Cast, olivia: Client) -> None:
    htmx, page = {"HX-Request": "true"}, url(cast, "edit_contact", STRANGER)
    form = fields_of(olivia.get(page, headers=htmx))
    with scope(cast.northside.id):
        Contact.objects.create(team=cast.northside, number=STRANGER, first_name="Sara", note="by import")
    assert olivia.post(page, {**form, "first_name": "Zara"}, headers=htmx).status_code == 422
    assert olivia.post(page, {**form, "last_name": "Stern"}, headers=htmx).status_code == 200
    with scope(cast.northside.id):
        saved = Contact.objects.get(number=STRANGER)
    assert (saved.first_name, saved.last_name, saved.note) == ("Sara", "Stern", "by import")


# -- settings ----------------------------------------------------------------------------------------------------


def test_settings_merge_and_show_conflicts(cast: Cast, olivia: Client) -> None:
    """Lists, custom fields, team, inbox, automatic replies and members have the same form."""
    team = cast.northside
    with scope(team.id):
        recall = ContactList.objects.create(team=team, name="Recall")
        field = CustomField.objects.create(
            team=team, name="Level", key="level", kind="choice", options=["A"], position=1
        )
    cases: list[tuple[str, Any, Fields, str, Any]] = [
        (url(cast, "edit_list", recall.id), (ContactList, recall.id), {"name": "Recalls"}, "list-name", "Reminder"),
        (url(cast, "edit_custom_field", field.key), (CustomField, field.id), {"name": "Tier"}, "name", "Grade"),
        (url(cast, "team_settings"), (Team, team.id), {"name": "Northside"}, "name", "North"),
        (url(cast, "edit_inbox", cast.front_desk.id), (Inbox, cast.front_desk.id), {"name": "Desk"}, "name", "Front"),
        (
            url(cast, "inbox_auto_replies", cast.front_desk.id), (Inbox, cast.front_desk.id),
            {"help_reply": "Northside Dental: call us"}, "help_reply", "Northside Dental: write us",
        ),
        (url(cast, "member", cast.member.id), (Member, cast.member.id), {"role": "admin"}, "role", "owner"),
    ]  # fmt: skip
    for page, (model, id), change, name, ours in cases:
        form = fields_of(olivia.get(page))
        with scope(team.id):
            assert model.objects.filter(id=id).update(**change)
        answer = olivia.post(page, {**form, name: ours})
        assert answer.status_code == 422, page
        text = answer.content.decode()
        assert "Yours: <bdi>" in text and "Now: <bdi>" in text, page
        with scope(team.id):
            assert model.objects.filter(id=id, **change).exists()
        assert olivia.post(page, form).status_code == 302, page  # the sender changed nothing
        with scope(team.id):
            assert model.objects.filter(id=id, **change).exists(), page


# -- deleted meanwhile -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_a_contact_that_was_deleted_meanwhile_is_not_brought_back(
    cast: Cast, olivia: Client, page: str, htmx: dict[str, str]
) -> None:
    form = fields_of(olivia.get(page, headers=htmx))
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))
    answer = olivia.post(page, {**form, "note": "still here"}, headers=htmx)
    assert answer.status_code == 409
    assert "deleted" in answer.content.decode()
    with scope(cast.northside.id):
        assert not Contact.objects.filter(number=MARIA).exists()


def test_a_deletion_between_loading_and_saving(
    cast: Cast,
    olivia: Client,
    page: str,
    monkeypatch: pytest.MonkeyPatch,
    elsewhere: Any,
    waits_for_lock: Any,
) -> None:
    """A save waits for a deletion that has begun, and then says that the contact is gone."""
    form = fields_of(olivia.get(page))
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=False, by=Actor.of(cast.admin))
        saving = elsewhere(olivia.post, page, {**form, "note": "new", "tags": "VIP"})
        waits_for_lock("transactionid")
    assert saving.result(30).status_code == 409
    with scope(cast.northside.id):
        assert not Tag.objects.exists()


def test_saving_never_brings_back_a_deleted_row(cast: Cast) -> None:
    """In any table: a list, a custom field, an inbox."""
    with scope(cast.northside.id):
        recall = ContactList.objects.create(team=cast.northside, name="Recall")
        loaded = ContactList.objects.get(id=recall.id)
        recall.delete()
        with pytest.raises(ContactList.NotUpdated):
            loaded.save()
