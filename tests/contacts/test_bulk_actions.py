"""Bulk actions: the selection is frozen, and no contact is changed twice."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.bulk import operation
from contacts.bulk.models import BulkAction, BulkActionBatch, BulkActionRun
from contacts.bulk.wording import bulk_action_summary, bulk_action_title
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tagging
from contacts.runs import worker
from contacts.runs.models import RunState
from contacts.search.selection import ContactSelection
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin, Suppression
from tests.cast import MARIA, TOM, Cast
from tests.html import flat

CROWD = [f"+1415555{n:04d}" for n in range(2000, 2012)]
STAFF = Actor(Origin.MEMBER, "Maya Chen")


@pytest.fixture
def crowd(cast: Cast) -> list[Contact]:
    """Twelve more contacts of Northside. The first five are opted out."""
    with scope(cast.northside.id):
        created = [Contact.objects.create(team=cast.northside, number=number) for number in CROWD]
        for number in CROWD[:5]:
            consent.opt_out(cast.northside.id, number, STAFF, reason="They asked us")
    return created


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker does all actions, in batches of two."""
    monkeypatch.setattr(operation, "IMMEDIATE_LIMIT", 0)
    monkeypatch.setattr(operation, "BATCH_SIZE", 2)


def open_confirmation(browser: Client, cast: Cast, **parameters: Any) -> Any:
    address = reverse("new_bulk_action", args=[cast.northside.slug])
    return browser.get(f"{address}?{urlencode(parameters, doseq=True)}")


def confirm(browser: Client, cast: Cast, **parameters: Any) -> Any:
    return browser.post(reverse("bulk_actions", args=[cast.northside.slug]), parameters, follow=True)


def shown_messages(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def matching(query: str) -> ContactSelection:
    return ContactSelection.read(QueryDict(urlencode({"all": "1", "query": query})))


def ticked(*contacts: Contact) -> ContactSelection:
    return ContactSelection(tuple(contact.id for contact in contacts), None)


def start(member: Member, action: BulkAction, selection: ContactSelection, **details: Any) -> BulkActionRun:
    with scope(member.team_id):
        return operation.start_run(member, action, selection, details)


def advance(run: BulkActionRun) -> BulkActionRun:
    """Run the worker. Any earlier worker counts as silent."""
    with scope(run.team_id):
        BulkActionRun.objects.filter(team_id=run.team_id).update(alive_at=None)
    worker.advance(run.team_id, run.id, "bulk_action")
    with scope(run.team_id):
        return BulkActionRun.objects.get(team_id=run.team_id, id=run.id)


def test_deleted_contacts_stay_opted_out(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """Filter by Opted out, select all, delete: the easiest way to lose opt-outs."""
    browser, team = as_client(cast.admin), cast.northside
    parameters = {"all": "1", "query": "status=opt_out", "action": "delete"}
    page = open_confirmation(browser, cast, **parameters)
    assert page.context["preview"] == {"contacts": 5, "opted_out": 5, "blocked": 0, "suppressed": 5}
    assert "5 opted-out numbers stay on the do-not-text list." in flat(page)
    with scope(team.id):
        before = [list(model.objects.order_by("id").values()) for model in (Suppression, ConsentEvent)]
    assert shown_messages(confirm(browser, cast, **parameters)) == [
        "5 contacts deleted. 5 numbers stay on the do-not-text list."
    ]
    with scope(team.id):
        assert set(team.contacts.values_list("number", flat=True)) == {MARIA, TOM, *CROWD[5:]}
        after = [list(model.objects.order_by("id").values()) for model in (Suppression, ConsentEvent)]
        assert after == before
        for number in CROWD[:5]:
            Contact.objects.create(team=team, number=number)
            assert compose_text(cast.front_desk, number, "Hello", author=cast.admin).status == "refused"
        again = team.contacts.with_standing(team).filter(number__in=CROWD[:5])
        assert {contact.standing for contact in again} == {"opt_out"}


def test_a_selection_is_frozen_and_checked_again(cast: Cast, crowd: list[Contact], small: None) -> None:
    """Contacts that no longer match or were deleted are skipped. Contacts that match later are not included."""
    team = cast.northside
    run = start(cast.admin, BulkAction.DELETE, matching("status=opt_out"), erase=False)
    assert (run.state, run.total, bulk_action_title(run)) == (RunState.WAITING, 5, "Delete 5 contacts")
    with scope(team.id):
        consent.lift(team.id, CROWD[0], STAFF, reason="It was a mistake")
        Contact.objects.get(team=team, number=CROWD[1]).delete()
        consent.opt_out(team.id, CROWD[6], STAFF, reason="They asked us")
    run = advance(run)
    assert (run.state, run.position) == (RunState.DONE, 5)
    assert bulk_action_summary(run) == [
        "3 contacts deleted.",
        "3 numbers stay on the do-not-text list.",
        "2 no longer matched and were skipped.",
    ]
    with scope(team.id):
        assert set(team.contacts.values_list("number", flat=True)) == {MARIA, TOM, CROWD[0], *CROWD[5:]}
        assert not BulkActionBatch.objects.exists()


def test_a_failed_batch_is_done_once(
    cast: Cast, crowd: list[Contact], small: None, owner: psycopg.Connection
) -> None:
    """Batches before the failure are kept, and the next worker repeats none of them."""
    with scope(cast.northside.id):
        recall = ContactList.objects.create(team=cast.northside, name="Recall")
    run = start(cast.member, BulkAction.ADD_TO_LIST, ticked(*crowd[:7]), list=recall.id, name="Recall")
    owner.execute(
        "CREATE FUNCTION fail_batch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lightning'; END $$"
    )
    owner.execute(
        "CREATE TRIGGER broken BEFORE INSERT ON contacts_listentry FOR EACH ROW"
        f" WHEN (NEW.contact_id = {crowd[3].id}) EXECUTE FUNCTION fail_batch()"
    )
    try:
        run = advance(run)
    finally:
        owner.execute("DROP FUNCTION fail_batch() CASCADE")
    assert (run.state, run.position, run.counts) == (RunState.RUNNING, 2, {"added": 2})
    run = advance(run)
    assert (run.state, run.position, run.counts) == (RunState.DONE, 7, {"added": 7})
    with scope(cast.northside.id):
        assert ListEntry.objects.filter(list=recall).count() == 7
    assert advance(run).counts == {"added": 7}


def test_a_run_is_cancelled_between_batches(
    cast: Cast, crowd: list[Contact], small: None, as_client: Callable[[Member], Client]
) -> None:
    browser, team = as_client(cast.second), cast.northside
    run = start(cast.member, BulkAction.BLOCK, ticked(*crowd))
    page = browser.get(reverse("bulk_action", args=[team.slug, run.id]))
    assert page.status_code == 200 and b"Starting" in page.content
    poll = browser.get(reverse("bulk_action", args=[team.slug, run.id]), headers={"HX-Request": "true"})
    assert b"<main" not in poll.content and b"run-now" in poll.content
    assert b"Block 12 contacts" in browser.get(reverse("active_runs", args=[team.slug])).content
    with scope(team.id):  # a worker has done one batch
        operation.run_batch(run)
        run.save()
    browser.post(reverse("bulk_action_cancellation", args=[team.slug, run.id]))
    run = advance(run)
    assert (run.state, run.position, run.counts) == (RunState.CANCELLED, 2, {"blocked": 2})
    page = browser.get(reverse("bulk_action", args=[team.slug, run.id]))
    assert b"2 contacts blocked." in page.content
    with scope(team.id):
        assert Suppression.objects.filter(kind="block").count() == 2
        assert not BulkActionBatch.objects.exists()


def test_a_small_selection_is_done_at_once(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """The summary counts changed contacts and contacts that needed no change."""
    browser, ids = as_client(cast.member), [contact.id for contact in crowd[:3]]
    with scope(cast.northside.id):
        recall = ContactList.objects.create(team=cast.northside, name="Recall")
        ListEntry.objects.create(team=cast.northside, list=recall, contact=crowd[0])

    def do(action: str, **details: Any) -> str:
        return " ".join(shown_messages(confirm(browser, cast, action=action, contact=ids, **details)))

    assert do("add_to_list", label=recall.id) == "2 contacts added to “Recall”. 1 already on the list."
    assert do("add_to_list", new="recall") == "0 contacts added to “Recall”. 3 already on the list."
    assert do("remove_from_list", label=recall.id) == "3 contacts removed from “Recall”."
    assert do("tag", new="VIP") == "3 contacts tagged “VIP”."
    with scope(cast.northside.id):
        assert Tagging.objects.filter(contact_id__in=ids).count() == 3
        vip = cast.northside.tags.get(name="VIP").id  # type: ignore[attr-defined]
    assert do("untag", label=vip) == "Tag “VIP” removed from 3 contacts."
    assert do("assign", assignee=cast.second.id) == "3 contacts assigned to Sam Silva."
    assert do("opt_out", reason="decision") == "0 contacts opted out. 3 already opted out."
    assert do("block", reason="Spam") == "3 contacts blocked."
    with scope(cast.northside.id):
        done = cast.northside.contacts.with_standing(cast.northside).filter(id__in=ids)
        assert {(contact.assignee_id, contact.standing) for contact in done} == {(cast.second.id, "block")}
    # An action without its argument shows the form again.
    assert confirm(browser, cast, action="tag", contact=ids).status_code == 422
    for action in ("opt_out", "block"):
        assert confirm(browser, cast, action=action, contact=ids).status_code == 422
    assert shown_messages(confirm(browser, cast, action="block")) == [
        "Select contacts first, then choose an action."
    ]


def test_deletion_requires_the_right_until_the_end(
    cast: Cast, crowd: list[Contact], small: None, as_client: Callable[[Member], Client]
) -> None:
    browser, parameters = as_client(cast.member), {"action": "delete", "contact": [crowd[0].id]}
    assert open_confirmation(browser, cast, **parameters).status_code == 403
    assert confirm(browser, cast, **parameters).status_code == 403
    assert operation.offered_actions(cast.member) == {action.value for action in BulkAction} - {"delete"}
    assert "delete" in operation.offered_actions(cast.admin)
    run = start(cast.admin, BulkAction.DELETE, ticked(*crowd), erase=False)
    with scope(cast.northside.id):  # no longer an admin when the worker starts
        Member.objects.filter(team_id=cast.northside.id, id=cast.admin.id).update(role="member")
    run = advance(run)
    assert (run.state, run.sentence) == (RunState.FAILED, "Amir Adams no longer has the right to do this.")
    with scope(cast.northside.id):
        assert cast.northside.contacts.count() == 14


def test_deletion_erases_texts_only_if_chosen(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    browser = as_client(cast.admin)
    with scope(cast.northside.id):
        for number in (MARIA, TOM):
            compose_text(cast.front_desk, number, "Your crown is ready", author=cast.admin)
    assert shown_messages(confirm(browser, cast, action="delete", contact=[cast.tom.id])) == [
        "1 contact deleted."
    ]
    assert shown_messages(confirm(browser, cast, action="delete", contact=[cast.maria.id], erase="on")) == [
        "1 contact deleted. 1 text erased."
    ]
    with scope(cast.northside.id):
        left = Message.objects.order_by("id").values_list("number", "body")
        assert list(left) == [("", ""), (TOM, "Your crown is ready")]


def test_contacts_of_other_teams_are_ignored(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """Their IDs are sent from a page of the user's own team."""
    browser = as_client(cast.outsider)
    ids = [contact.id for contact in [*crowd, cast.maria_of_harbor]]
    done = browser.post(
        reverse("bulk_actions", args=[cast.harbor.slug]), {"action": "delete", "contact": ids}, follow=True
    )
    assert shown_messages(done) == ["1 contact deleted."]
    with scope(cast.northside.id):
        assert cast.northside.contacts.count() == 14
