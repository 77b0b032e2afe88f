"""Import undo: unchanged contacts are restored, later changes are kept, and no person's own opt-out is lifted."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Role
from contacts.contact import deletion, number_changes
from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.custom_fields import define
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldKind
from contacts.imports import writing
from contacts.imports.models import Import
from contacts.imports.undo import operation, plan
from contacts.imports.undo.models import ImportChange, ImportMade, ImportUndo
from contacts.imports.undo.wording import kept_counts, reverted_counts
from contacts.lists import labels
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging
from contacts.runs import worker
from contacts.runs.models import RunState
from contacts.tasks import purge_expired_undo_records
from contacts.templatetags.runs import state_label
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.ledger_verification import verify
from optout.models import ConsentEvent, Origin, Suppression
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing_across_inboxes
from optout.reader.outcome import Outcome
from tests.cast import MARIA, TOM, Cast
from tests.contacts.test_custom_fields import define_four_fields, set_custom
from tests.contacts.test_import_contacts import contact, imported, text_stop
from tests.html import flat

SignIn = Callable[[Member], Client]
HEAD = "Phone Number,First Name,Email,Opt Out,List,Tags\n"


def number(last: int) -> str:
    return f"+141555502{last:02}"


def people(*lasts: int, more: str = "") -> str:
    return HEAD + "".join(f"{number(last)},Person {last},,,Spring,New\n" for last in lasts) + more


def find_contact(cast: Cast, number: str) -> Any:
    with scope(cast.northside.id):
        return Contact.objects.filter(team=cast.northside, number=number).first()


def page(cast: Cast, run: Import) -> str:
    return f"/t/{cast.northside.slug}/contacts/imports/{run.id}/undo/"


def plan_counts(cast: Cast, run: Import, *, lift: bool = False) -> dict[str, int]:
    with scope(cast.northside.id):
        return plan.plan_undo(run, lift=lift)


def start_undo(cast: Cast, run: Import, *, lift: bool = False) -> ImportUndo:
    with scope(cast.northside.id):
        undo = operation.start_undo(run, lift=lift, by=cast.admin)
    assert undo is not None
    return undo


def advance_undo(cast: Cast, undo: ImportUndo) -> ImportUndo:
    """Run the worker. Any earlier worker counts as silent."""
    with scope(cast.northside.id):
        ImportUndo.objects.filter(team=cast.northside, id=undo.id).update(alive_at=None)
    worker.advance(cast.northside.id, undo.id, "import_undo")
    with scope(cast.northside.id):
        assert verify(cast.northside.id).fault is None
        return ImportUndo.objects.get(team=cast.northside, id=undo.id)


def complete_undo(cast: Cast, run: Import, *, lift: bool = False) -> dict[str, int]:
    """Undo the import; returns the counts, which equal those that the page showed before."""
    before = plan_counts(cast, run, lift=lift)
    undo = advance_undo(cast, start_undo(cast, run, lift=lift))
    assert (undo.state, undo.counts) == (RunState.DONE, before)
    with scope(cast.northside.id):
        assert not operation.can_undo(run)
        assert not ImportChange.objects.filter(run_id=run.id) and not ImportMade.objects.filter(run_id=run.id)
    return undo.counts


def text_request(cast: Cast, number: str, request: Outcome) -> None:
    with scope(cast.northside.id):
        now = lock_number(cast.northside.id, number)
        before = fetch_number_state(cast.northside.id, number)
        consent.apply_keyword(
            cast.front_desk, number, request, before=before, now=now, at=now, words=request, message_id=1,
            carrier_answers=True,
        )  # fmt: skip


def a_member_opts_out(cast: Cast, number: str) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, number, Actor(Origin.MEMBER, "Maya"), reason="asked")


def standing(cast: Cast, number: str) -> list[str]:
    with scope(cast.northside.id):
        return [row.name for row in standing_across_inboxes(cast.northside.id, number).rows]


def state(cast: Cast) -> list[Any]:
    """All values that an import may write, except times and ledger entries."""
    with scope(cast.northside.id):
        contacts = Contact.objects.filter(team=cast.northside).order_by("number")
        values = (
            "number",
            "first_name",
            "last_name",
            "display_name",
            "email",
            "note",
            "assignee_id",
            "created_at",
        )
        return [
            list(contacts.values_list(*values)),
            sorted(ListEntry.objects.values_list("list__name", "contact__number")),
            sorted(Tagging.objects.values_list("tag__name", "contact__number")),
            sorted(ContactList.objects.values_list("name")), sorted(Tag.objects.values_list("name")),
            sorted(Suppression.objects.values_list("number", "kind", "origin")),
        ]  # fmt: skip


# -- from page to result -----------------------------------------------------------------------------------------------


def test_unchanged_contacts_are_restored(cast: Cast) -> None:
    with scope(cast.northside.id):
        labels.set_tags(cast.maria, ["VIP"])
        old = ContactList.objects.create(team=cast.northside, name="Old")
        labels.set_lists(cast.maria, [old])
    a_member_opts_out(cast, TOM)
    before = state(cast)
    file = people(
        1, 2, 3, more=f"{MARIA},Mary,m@example.com,,Spring,VIP;New\n{TOM},,,no,,\n{number(4)},,,yes,,\n"
    )
    run = imported(cast, file, replace=True, replace_lists=True, add_to="All", lift_ours=True)
    assert run.counts["taken_off_lists"] == run.counts["opt_outs_lifted"] == run.counts["opted_out"] == 1
    assert complete_undo(cast, run, lift=True) == {
        "deleted": 4, "given_back": 1, "taken_off_lists": 3, "untagged": 1, "put_back_on_lists": 1,
        "lists_deleted": 2, "tags_deleted": 1, "opt_outs_put_back": 1, "opt_outs_lifted": 1,
    }  # fmt: skip
    assert state(cast) == before


def test_the_list_of_imports_says_undone(cast: Cast, as_client: SignIn) -> None:
    kept, undone = imported(cast, people(1)), imported(cast, people(2))
    complete_undo(cast, undone)
    page = as_client(cast.admin).get(reverse("imports", args=[cast.northside.slug]))
    assert [(run.id, state_label(run)) for run in page.context["imports"]] == [
        (undone.id, "Undone"),
        (kept.id, "Done"),
    ]
    assert "Undone" in page.content.decode()


def test_later_changes_are_kept_and_the_page_says_why(cast: Cast, as_client: SignIn) -> None:
    run = imported(cast, people(*range(12), more=f"{MARIA},Mary,m@example.com,,Spring,\n"), replace=True)
    team = cast.northside.id
    with scope(team):
        by_last = {last: Contact.objects.get(team_id=team, number=number(last)) for last in range(12)}
        Contact.objects.ensure(cast.front_desk, number(0), timezone.now())  # texted
        by_last[1].note = "Likes tea"
        by_last[1].save()
        labels.set_tags(by_last[2], ["New", "VIP"])
        labels.set_tags(by_last[3], [])
        Contact.objects.filter(team_id=team, number=number(4)).update(
            assignee=cast.member, updated_at=timezone.now()
        )
        deletion.delete_contacts(team, [by_last[5].id], erase=False, by=Actor.of(cast.admin))
        number_changes.change_number(by_last[6], number(60), by=Actor(Origin.MEMBER, "Maya"))
        lists = [
            ContactList.objects.get(name="Spring"),
            ContactList.objects.create(team_id=team, name="Mine"),
        ]
        labels.set_lists(by_last[10], lists)
        cast.maria.refresh_from_db()
        cast.maria.first_name = "María"
        cast.maria.save()
    with scope(team):
        merge_contacts(by_last[7], by_last[8], by=Actor(Origin.MEMBER, "Maya"))
    with scope(team):
        consent.block(team, number(9), Actor(Origin.MEMBER, "Maya"))
    expected = {
        "deleted": 1, "given_back": 1, "taken_off_lists": 10, "untagged": 8, "tags_deleted": 1, "lists_deleted": 1,
        "texted_since": 1, "edited_since": 4, "relabelled_since": 3, "consent_changed_since": 1, "gone": 2,
        "newer_values_kept": 1,
    }  # fmt: skip
    assert plan_counts(cast, run) == expected
    browser = as_client(cast.admin)
    shown = flat(browser.get(page(cast, run)))
    for count, meaning in reverted_counts(expected) + kept_counts(expected):
        assert f">{count}</dt><dd>{meaning}</dd>" in shown
    assert "Also lift" not in shown
    assert complete_undo(cast, run) == expected
    shown = flat(browser.get(page(cast, run)))
    for count, meaning in reverted_counts(expected) + kept_counts(expected):
        assert f">{count}</dt><dd>{meaning}</dd>" in shown
    assert "Undo the" not in shown
    assert find_contact(cast, number(11)) is None
    assert (contact(cast, MARIA).first_name, contact(cast, MARIA).email) == ("María", "")
    assert contact(cast, number(1)).note == "Likes tea"
    assert contact(cast, number(9)).standing == "block"
    with scope(team):
        assert set(ListEntry.objects.values_list("list__name")) == {("Mine",)}, (
            "Spring was the import's alone"
        )
        assert set(Tag.objects.values_list("name")) == {("VIP",)}


def test_a_deleted_list_or_tag_keeps_no_contact(cast: Cast) -> None:
    run = imported(cast, people(1, 2))
    with scope(cast.northside.id):
        ContactList.objects.get(name="Spring").delete()
        Tag.objects.get(name="New").delete()
    assert complete_undo(cast, run) == {"deleted": 2}


def test_a_list_with_other_contacts_is_kept(cast: Cast) -> None:
    run = imported(cast, people(1, 2))
    with scope(cast.northside.id):
        labels.set_lists(cast.tom, [ContactList.objects.get(name="Spring")])
    assert complete_undo(cast, run) == {"deleted": 2, "tags_deleted": 1}


def test_changes_between_the_page_and_the_undo_are_kept(cast: Cast) -> None:
    run = imported(cast, people(1, 2, 3, more=f"{number(4)},,,yes,,\n{number(5)},,,yes,,\n"))
    assert plan_counts(cast, run, lift=True)["deleted"] == 5
    undo = start_undo(cast, run, lift=True)
    with scope(cast.northside.id):
        Contact.objects.ensure(cast.front_desk, number(1), timezone.now())
        Contact.objects.filter(number=number(2)).update(note="Likes tea", updated_at=timezone.now())
    text_stop(cast, number(4))
    counts = advance_undo(cast, undo).counts
    assert (counts["deleted"], counts["texted_since"], counts["edited_since"]) == (2, 1, 1)
    assert (counts["consent_changed_since"], counts["opted_out_themselves"], counts["opt_outs_lifted"]) == (
        1,
        1,
        1,
    )
    assert [standing(cast, number(last)) for last in (4, 5)] == [["opt_out contact", "opt_out import"], []]


def delete_maria(cast: Cast) -> None:
    deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))


def merge_maria(cast: Cast) -> None:
    merge_contacts(cast.tom, Contact.objects.get(id=cast.maria.id), by=Actor.of(cast.admin))


@pytest.mark.parametrize("end", [delete_maria, merge_maria])
def test_a_deleted_contact_leaves_no_previous_values(cast: Cast, end: Callable[[Cast], None]) -> None:
    run = imported(cast, f"{HEAD}{MARIA},Mary,m@example.com,,,\n", replace=True)
    with scope(cast.northside.id):
        assert ImportChange.objects.get().before == {"first_name": "Maria", "email": ""}
        end(cast)
        assert (ImportChange.objects.get().before, ImportChange.objects.get().after) == (None, None)
    assert complete_undo(cast, run) == {"gone": 1}


def test_custom_values_are_restored_separately(cast: Cast) -> None:
    define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=3, loyalty_level="Silver")
    file = f"Phone Number,Loyalty level,Visits,Insured\n{MARIA},Gold,4,yes\n"
    run = imported(cast, file, replace=True)
    set_custom(cast, MARIA, visits=9, loyalty_level="Gold", insured=True)
    assert complete_undo(cast, run) == {"given_back": 1, "newer_values_kept": 1}
    assert contact(cast, MARIA).custom == {"visits": 9, "loyalty_level": "Silver"}


def test_only_valid_custom_values_are_restored(cast: Cast) -> None:
    """An option was removed, and the key of a deleted field belongs to another field now."""
    created = define_four_fields(cast.northside)
    set_custom(cast, MARIA, visits=3, loyalty_level="Silver", birthday="1962-03-01", insured=False)
    set_custom(cast, TOM, visits=5, loyalty_level="Gold")
    head = "Phone Number,Loyalty level,Visits,Insured,Birthday\n"
    file = f"{head}{MARIA},Gold,4,yes,1963-03-01\n{TOM},,6,yes,\n"
    run = imported(cast, file, replace=True)
    with scope(cast.northside.id):
        define.change_options(created["loyalty_level"], ["Gold"])
        created["loyalty_level"].save()
        CustomField.objects.filter(team=cast.northside, key="visits").delete()
        define.define_field(cast.northside, "Visits", FieldKind.TEXT)
    set_custom(cast, MARIA, visits=4, loyalty_level="Gold", birthday="1963-03-01", insured=True)
    assert complete_undo(cast, run) == {"given_back": 2, "newer_values_kept": 3}
    assert contact(cast, MARIA).custom == {
        "visits": 4, "loyalty_level": "Gold", "birthday": "1962-03-01", "insured": False,
    }  # fmt: skip
    assert contact(cast, TOM).custom == {"visits": 6, "loyalty_level": "Gold"}


# -- several imports ---------------------------------------------------------------------------------------------


def test_undoing_the_first_import_keeps_changes_of_the_second(cast: Cast) -> None:
    first = imported(cast, people(1, 2))
    second = imported(cast, f"{HEAD}{number(2)},Changed,,,,\n{MARIA},,m@example.com,,,\n", replace=True)
    assert complete_undo(cast, first) == {
        "deleted": 1, "taken_off_lists": 1, "untagged": 1, "lists_deleted": 1, "tags_deleted": 1, "edited_since": 1,
    }  # fmt: skip
    assert contact(cast, number(2)).first_name == "Changed"
    assert complete_undo(cast, second) == {"given_back": 2}
    assert (contact(cast, number(2)).first_name, contact(cast, MARIA).email) == ("Person 2", "")


def test_two_imports_can_be_undone_newest_first(cast: Cast) -> None:
    before = state(cast)
    first = imported(cast, people(1, 2))
    between = state(cast)
    second = imported(cast, f"{HEAD}{number(2)},Changed,x@example.com,,Fair,\n", replace=True)
    assert complete_undo(cast, second) == {"given_back": 1, "taken_off_lists": 1, "lists_deleted": 1}
    assert state(cast) == between
    assert complete_undo(cast, first)["deleted"] == 2
    assert state(cast) == before


def test_a_contact_whose_lists_a_later_import_changed_is_kept(cast: Cast) -> None:
    first = imported(cast, people(1, 2))
    second = imported(cast, f"{HEAD}{number(2)},,,,Fair,\n", replace_lists=True)
    assert complete_undo(cast, second)["put_back_on_lists"] == 1
    counts = complete_undo(cast, first)
    assert (counts["deleted"], counts["relabelled_since"]) == (1, 1)
    with scope(cast.northside.id):
        assert set(ListEntry.objects.values_list("list__name", "contact__number")) == {("Spring", number(2))}


def test_importing_a_file_again_leaves_nothing_to_undo(cast: Cast, as_client: SignIn) -> None:
    imported(cast, people(1))
    again = imported(cast, people(1))
    shown = flat(as_client(cast.admin).get(page(cast, again)))
    assert "Nothing to undo" in shown
    assert "Undo this import" not in as_client(cast.admin).get(page(cast, again)[:-5]).content.decode()


# -- consent -----------------------------------------------------------------------------------------------------

OPTING_OUT = HEAD + "".join(f"{number(last)},,,yes,,\n" for last in range(5))


@pytest.mark.parametrize("lift", [False, True])
def test_recorded_opt_outs_are_kept_unless_lifting_is_selected(
    cast: Cast, as_client: SignIn, *, lift: bool
) -> None:
    a_member_opts_out(cast, number(0))
    run = imported(cast, OPTING_OUT)
    text_stop(cast, number(1))
    a_member_opts_out(cast, number(2))
    text_request(cast, number(3), Outcome.OPT_IN)
    shown = flat(as_client(cast.admin).get(page(cast, run)))
    assert "Also lift the 2 opt-outs that this import recorded" in shown
    assert "1</dt><dd>recorded opt-out of a person who also opted out themselves" in shown
    assert "checked" not in shown.split("lift_opt_outs")[1].split(">")[0]
    counts = complete_undo(cast, run, lift=lift)
    assert counts["opt_outs_lifted" if lift else "opt_outs_kept"] == 2
    assert ("opt_outs_kept" if lift else "opt_outs_lifted") not in counts
    assert counts["opted_out_themselves"] == 1
    ours = [] if lift else ["opt_out import"]
    assert [standing(cast, number(last)) for last in range(5)] == [
        ["opt_out member"], ["opt_out contact", "opt_out import"], ["opt_out member", *ours], [], ours,
    ]  # fmt: skip
    with scope(cast.northside.id):
        newest = ConsentEvent.objects.filter(number=number(4)).latest("position")
    if lift:
        assert (newest.action, newest.origin, newest.actor_id) == ("opted_in", Origin.MEMBER, cast.admin.id)
        assert newest.reason == "Undo of the import of people.csv" and not newest.is_opt_in


def test_opt_outs_of_another_import_are_kept(cast: Cast) -> None:
    first = imported(cast, OPTING_OUT)
    text_request(cast, number(0), Outcome.OPT_IN)
    second = imported(cast, f"{HEAD}{number(0)},,,yes,,\n")
    assert second.counts["opted_out"] == 1
    assert complete_undo(cast, first, lift=True)["opt_outs_lifted"] == 4
    assert [standing(cast, number(last)) for last in range(2)] == [["opt_out import"], []]


def test_a_repeated_opt_out_is_kept_until_the_other_import_is_undone(cast: Cast, as_client: SignIn) -> None:
    first = imported(cast, OPTING_OUT)
    second = imported(cast, f"{HEAD}{number(0)},,,yes,,\n{number(1)},Changed,,yes,,\n")
    third = imported(cast, f"{HEAD}{number(0)},,,yes,,\n")
    assert "opted_out" not in second.counts | third.counts
    with scope(cast.northside.id):
        assert not operation.can_undo(third), "it did nothing"
    shown = flat(as_client(cast.admin).get(page(cast, first)))
    assert "Also lift the 3 opt-outs" in shown
    assert "2</dt><dd>recorded opt-outs that another import repeated" in shown
    assert complete_undo(cast, second, lift=True) == {"given_back": 1}
    counts = complete_undo(cast, first, lift=True)
    assert (counts["opt_outs_lifted"], counts["opt_outs_repeated"]) == (4, 1)
    assert [standing(cast, number(last)) for last in range(3)] == [["opt_out import"], [], []]


def test_a_repeated_opt_out_is_recorded_as_long_as_its_import(cast: Cast) -> None:
    first = imported(cast, OPTING_OUT)
    second = imported(cast, OPTING_OUT)
    late = timezone.now() - timedelta(days=30, seconds=1)
    with scope(cast.northside.id):
        Import.objects.filter(team=cast.northside, id=second.id).update(ended_at=late)
    purge_expired_undo_records()
    assert complete_undo(cast, first, lift=True)["opt_outs_repeated"] == 5
    purge_expired_undo_records()
    with scope(cast.northside.id):
        assert not ImportMade.objects.exists()


def test_lifted_opt_outs_are_restored_unless_consent_changed_since(cast: Cast) -> None:
    numbers = [number(last) for last in range(5)]
    for each in numbers:
        a_member_opts_out(cast, each)
    run = imported(cast, HEAD + "".join(f"{each},,,no,,\n" for each in numbers), lift_ours=True)
    assert [standing(cast, each) for each in numbers] == [[]] * 5
    text_request(cast, numbers[0], Outcome.OPT_IN)
    text_stop(cast, numbers[1])
    a_member_opts_out(cast, numbers[2])
    with scope(cast.northside.id):
        consent.lift(cast.northside.id, numbers[2], Actor(Origin.MEMBER, "Maya"), reason="mistake")
    counts = complete_undo(cast, run)
    assert (counts["opt_outs_put_back"], counts["opt_ins_kept"]) == (2, 3)
    assert [standing(cast, each) for each in numbers] == [
        [], ["opt_out contact"], [], ["opt_out member"], ["opt_out member"],
    ]  # fmt: skip


# -- interruptions and rights --------------------------------------------------------------------------------------


def test_an_interrupted_undo_continues_and_undoes_nothing_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "CONTACTS_PER_BATCH", 2)
    monkeypatch.setattr(operation, "LEDGER_ENTRIES_PER_BATCH", 1)
    before = state(cast)
    run = imported(cast, people(1, 2, 3, 4, 5, more=f"{number(6)},,,yes,,\n{number(7)},,,yes,,\n"))
    expected = plan_counts(cast, run, lift=True)
    undo = start_undo(cast, run, lift=True)
    for step in ("_undo_contacts", "_undo_ledger_entries", "_delete_unused_labels"):
        real, calls = getattr(operation, step), iter(range(1))

        def killed(*args: Any, real: Any = real, calls: Any = calls) -> Any:
            done = real(*args)
            if next(calls, None) is None or real.__name__ == "_delete_unused_labels":
                raise RuntimeError("killed")
            return done

        with monkeypatch.context() as patch:
            patch.setattr(operation, step, killed)
            assert advance_undo(cast, undo).state == RunState.RUNNING
    undo = advance_undo(cast, undo)
    assert (undo.state, undo.counts, undo.position, undo.total) == (RunState.DONE, expected, 9, 9)
    assert state(cast) == before
    with scope(cast.northside.id):
        assert ConsentEvent.objects.filter(team=cast.northside).count() == 4, "two out, two back, each once"


def test_a_cancelled_undo_stops_after_its_batch_and_the_rest_can_be_undone(
    cast: Cast, as_client: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "CONTACTS_PER_BATCH", 2)
    before = state(cast)
    run = imported(cast, people(1, 2, 3))
    undo, browser = start_undo(cast, run), as_client(cast.admin)
    real = operation._undo_contacts

    def then_cancelled(*args: Any) -> None:
        real(*args)
        args[0].cancel_asked = True

    with monkeypatch.context() as patch:
        patch.setattr(operation, "_undo_contacts", then_cancelled)
        undo = advance_undo(cast, undo)
    assert (undo.state, undo.counts) == (RunState.CANCELLED, {"deleted": 2})
    shown = flat(browser.get(page(cast, run)))
    assert "Undo the rest" in shown
    assert browser.post(page(cast, run)).status_code == 302
    with scope(cast.northside.id):
        rest = operation.latest_undo(run)
    assert rest is not None and rest.id != undo.id
    assert (
        "Running" in shown or browser.get(page(cast, run), headers={"HX-Request": "true"}).status_code == 200
    )
    browser.post(f"{page(cast, run)}cancellation/")
    assert advance_undo(cast, rest).state == RunState.CANCELLED
    assert complete_undo(cast, run) == {"deleted": 1, "lists_deleted": 1, "tags_deleted": 1}
    assert state(cast) == before
    assert ">3</dt>" in browser.get(page(cast, run)).content.decode(), "the sum of both undos"


def test_two_admins_start_one_undo_and_a_member_none(cast: Cast, as_client: SignIn) -> None:
    run = imported(cast, people(1, 2))
    assert as_client(cast.member).get(page(cast, run)).status_code == 403
    assert as_client(cast.member).post(page(cast, run)).status_code == 403
    for member in (cast.admin, cast.owner):
        assert as_client(member).post(page(cast, run)).status_code == 302
    with scope(cast.northside.id):
        undo = ImportUndo.objects.get(team=cast.northside)
    assert advance_undo(cast, undo).counts["deleted"] == 2
    as_client(cast.owner).post(page(cast, run))
    with scope(cast.northside.id):
        assert ImportUndo.objects.count() == 1
    shown = as_client(cast.owner).get(page(cast, run)[:-5]).content.decode()
    assert "Amir Adams undid this import" in " ".join(shown.split())


def test_an_undo_fails_without_the_right(cast: Cast) -> None:
    run = imported(cast, people(1))
    undo = start_undo(cast, run)
    with scope(cast.northside.id):
        Member.objects.filter(team=cast.northside, id=cast.admin.id).update(role=Role.MEMBER)
    undo = advance_undo(cast, undo)
    assert (
        undo.state == RunState.FAILED
        and "Amir Adams no longer has the right to undo imports" in undo.sentence
    )
    assert find_contact(cast, number(1)) is not None


def test_an_import_cannot_be_undone_after_thirty_days(cast: Cast, as_client: SignIn) -> None:
    old, new = imported(cast, people(1)), imported(cast, people(2))
    with scope(cast.northside.id):
        ended_at = timezone.now() - timedelta(days=30, seconds=1)
        Import.objects.filter(team=cast.northside, id=old.id).update(ended_at=ended_at)
    browser = as_client(cast.admin)
    browser.post(page(cast, old))
    assert "Nothing to undo" in browser.get(page(cast, old)).content.decode()
    purge_expired_undo_records()
    with scope(cast.northside.id):
        assert not ImportUndo.objects.exists()
        assert set(ImportChange.objects.values_list("run_id")) == {(new.id,)}
        assert set(ImportMade.objects.values_list("run_id")) == set(), (
            "the older import created the list and the tag"
        )
    assert find_contact(cast, number(1)) is not None


# -- concurrent changes --------------------------------------------------------------------------------------------


def test_a_contact_that_gets_a_later_number_has_one_change_record(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two batches, Maria's number changes to a number that is further down in the file."""
    monkeypatch.setattr(writing, "BATCH_SIZE", 1)
    real = writing._write

    def write_and_change_number(part: Any) -> None:
        real(part)
        Contact.objects.filter(team=cast.northside, number=MARIA).update(number=number(1))

    monkeypatch.setattr(writing, "_write", write_and_change_number)
    file = f"{HEAD}{MARIA},Mary,,,,\n{number(1)},Marie,m@example.com,,,\n"
    run = imported(cast, file, replace=True)
    assert contact(cast, number(1)).first_name == "Marie"
    monkeypatch.undo()
    assert complete_undo(cast, run) == {"given_back": 1}
    assert (contact(cast, number(1)).first_name, contact(cast, number(1)).email) == ("Maria", "")


# -- the shell ---------------------------------------------------------------------------------------------------


def test_the_command_undoes_like_the_page(cast: Cast) -> None:
    before = state(cast)
    run = imported(cast, people(1, 2, more=f"{number(3)},,,yes,,\n"))
    output = io.StringIO()
    options = {"team": cast.northside.slug, "stdout": output, "lift_opt_outs": True}
    call_command("undo_import", run.id, dry_run=True, **options)
    assert find_contact(cast, number(1)) is not None
    call_command("undo_import", run.id, **options)
    assert output.getvalue().count("3 contacts created by the import: deleted") == 2
    assert output.getvalue().count("1 recorded opt-out lifted") == 2
    assert state(cast) == before
    with pytest.raises(CommandError, match="no changes that can be undone"):
        call_command("undo_import", run.id, **options)
    with pytest.raises(CommandError, match="has no import"):
        call_command("undo_import", run.id + 1, team=cast.northside.slug)
    with pytest.raises(CommandError, match="Unknown team"):
        call_command("undo_import", run.id, team="nobody")
