"""What is done with many contacts at once: who they are is frozen, and nothing is done twice."""

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
from messaging import outbound
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
    """A dozen more contacts of Northside's; the first five have opted out."""
    with scope(cast.northside.id):
        made = [Contact.objects.create(team=cast.northside, number=number) for number in CROWD]
        for number in CROWD[:5]:
            consent.opt_out(cast.northside.id, number, STAFF, reason="They asked us")
    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is more than a screenful, and two are a batch."""
    monkeypatch.setattr(operation, "IMMEDIATE_LIMIT", 0)
    monkeypatch.setattr(operation, "BATCH_SIZE", 2)


def ask(browser: Client, cast: Cast, **asked: Any) -> Any:
    address = reverse("new_bulk_action", args=[cast.northside.slug])
    return browser.get(f"{address}?{urlencode(asked, doseq=True)}")


def confirm(browser: Client, cast: Cast, **asked: Any) -> Any:
    return browser.post(reverse("bulk_actions", args=[cast.northside.slug]), asked, follow=True)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def chosen(query: str) -> ContactSelection:
    return ContactSelection.read(QueryDict(urlencode({"all": "1", "query": query})))


def ticked(*contacts: Contact) -> ContactSelection:
    return ContactSelection(tuple(contact.id for contact in contacts), None)


def begin(member: Member, action: BulkAction, who: ContactSelection, **details: Any) -> BulkActionRun:
    with scope(member.team_id):
        return operation.start_run(member, action, who, details)


def advance(selection: BulkActionRun) -> BulkActionRun:
    """As the worker does it; the one before has gone silent."""
    with scope(selection.team_id):
        BulkActionRun.objects.filter(team_id=selection.team_id).update(alive_at=None)
    worker.advance(selection.team_id, selection.id, "bulk_action")
    with scope(selection.team_id):
        return BulkActionRun.objects.get(team_id=selection.team_id, id=selection.id)


def test_opted_out_contacts_are_deleted_and_stay_opted_out(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """Filter Opt Out, select all, delete: the product's own trap for opt-outs."""
    browser, team = as_client(cast.admin), cast.northside
    asked = {"all": "1", "query": "status=opt_out", "action": "delete"}
    page = ask(browser, cast, **asked)
    assert page.context["facts"] == {"contacts": 5, "opted_out": 5, "blocked": 0, "suppressed": 5}
    assert "5 opted-out numbers stay on the do-not-text list." in flat(page)
    with scope(team.id):
        before = [list(model.objects.order_by("id").values()) for model in (Suppression, ConsentEvent)]
    assert told(confirm(browser, cast, **asked)) == [
        "5 contacts deleted. 5 numbers stay on the do-not-text list."
    ]
    with scope(team.id):
        assert set(team.contacts.values_list("number", flat=True)) == {MARIA, TOM, *CROWD[5:]}
        after = [list(model.objects.order_by("id").values()) for model in (Suppression, ConsentEvent)]
        assert after == before
        for number in CROWD[:5]:
            Contact.objects.create(team=team, number=number)
            assert outbound.compose(cast.front_desk, number, "Hello", author=cast.admin).status == "refused"
        again = team.contacts.with_standing(team).filter(number__in=CROWD[:5])
        assert {contact.standing for contact in again} == {"opt_out"}


def test_who_is_chosen_is_frozen_and_checked_again(cast: Cast, crowd: list[Contact], small: None) -> None:
    """Who has come back or is gone by then is left alone, and who came to match later is not in it."""
    team = cast.northside
    run = begin(cast.admin, BulkAction.DELETE, chosen("status=opt_out"), erase=False)
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
        "2 no longer matched and were left alone.",
    ]
    with scope(team.id):
        assert set(team.contacts.values_list("number", flat=True)) == {MARIA, TOM, CROWD[0], *CROWD[5:]}
        assert not BulkActionBatch.objects.exists()


def test_a_batch_that_breaks_is_done_once(
    cast: Cast, crowd: list[Contact], small: None, owner: psycopg.Connection
) -> None:
    """What was done before it stays done; what goes on after it does nothing twice."""
    with scope(cast.northside.id):
        recall = ContactList.objects.create(team=cast.northside, name="Recall")
    run = begin(cast.member, BulkAction.ADD_TO_LIST, ticked(*crowd[:7]), list=recall.id, name="Recall")
    owner.execute(
        "CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'lightning'; END $$;"
        "CREATE TRIGGER broken BEFORE INSERT ON contacts_listentry FOR EACH ROW"
        f" WHEN (NEW.contact_id = {crowd[3].id}) EXECUTE FUNCTION break_off()"
    )
    try:
        run = advance(run)
    finally:
        owner.execute("DROP FUNCTION break_off() CASCADE")
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
    run = begin(cast.member, BulkAction.BLOCK, ticked(*crowd))
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


def test_what_is_done_with_a_screenful(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """At once, and said in a sentence; what is so already needs not be done."""
    browser, ids = as_client(cast.member), [contact.id for contact in crowd[:3]]
    with scope(cast.northside.id):
        recall = ContactList.objects.create(team=cast.northside, name="Recall")
        ListEntry.objects.create(team=cast.northside, list=recall, contact=crowd[0])

    def do(action: str, **details: Any) -> str:
        return " ".join(told(confirm(browser, cast, action=action, contact=ids, **details)))

    assert do("add_to_list", label=recall.id) == "2 contacts added to “Recall”. 1 on it already."
    assert do("add_to_list", new="recall") == "0 contacts added to “Recall”. 3 on it already."
    assert do("remove_from_list", label=recall.id) == "3 contacts removed from “Recall”."
    assert do("tag", new="VIP") == "3 contacts tagged “VIP”."
    with scope(cast.northside.id):
        assert Tagging.objects.filter(contact_id__in=ids).count() == 3
        vip = cast.northside.tags.get(name="VIP").id  # type: ignore[attr-defined]
    assert do("untag", label=vip) == "Tag “VIP” removed from 3 contacts."
    assert do("assign", assignee=cast.second.id) == "3 contacts assigned to Sam Silva."
    assert do("opt_out", reason="decision") == "0 contacts opted out. 3 opted out by us already."
    assert do("block") == "3 contacts blocked."
    with scope(cast.northside.id):
        done = cast.northside.contacts.with_standing(cast.northside).filter(id__in=ids)
        assert {(contact.assignee_id, contact.standing) for contact in done} == {(cast.second.id, "block")}
    # Without what it needs nothing is done, and the form comes back.
    assert confirm(browser, cast, action="tag", contact=ids).status_code == 422
    assert confirm(browser, cast, action="opt_out", contact=ids).status_code == 422
    assert told(confirm(browser, cast, action="block")) == [
        "Tick the contacts first, then choose what to do with them."
    ]


def test_only_who_may_delete_deletes(
    cast: Cast, crowd: list[Contact], small: None, as_client: Callable[[Member], Client]
) -> None:
    browser, asked = as_client(cast.member), {"action": "delete", "contact": [crowd[0].id]}
    assert ask(browser, cast, **asked).status_code == 403
    assert confirm(browser, cast, **asked).status_code == 403
    assert operation.offered_actions(cast.member) == {action.value for action in BulkAction} - {"delete"}
    assert "delete" in operation.offered_actions(cast.admin)
    run = begin(cast.admin, BulkAction.DELETE, ticked(*crowd), erase=False)
    with scope(cast.northside.id):  # no longer an admin when the worker comes to it
        Member.objects.filter(team_id=cast.northside.id, id=cast.admin.id).update(role="member")
    run = advance(run)
    assert (run.state, run.sentence) == (RunState.FAILED, "Amir Adams may no longer do this.")
    with scope(cast.northside.id):
        assert cast.northside.contacts.count() == 14


def test_deleting_erases_what_was_written_only_when_asked_to(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    browser = as_client(cast.admin)
    with scope(cast.northside.id):
        for number in (MARIA, TOM):
            outbound.compose(cast.front_desk, number, "Your crown is ready", author=cast.admin)
    assert told(confirm(browser, cast, action="delete", contact=[cast.tom.id])) == ["1 contact deleted."]
    assert told(confirm(browser, cast, action="delete", contact=[cast.maria.id], erase="on")) == [
        "1 contact deleted. 1 text erased."
    ]
    with scope(cast.northside.id):
        left = Message.objects.order_by("id").values_list("number", "body")
        assert list(left) == [("", ""), (TOM, "Your crown is ready")]


def test_other_teams_contacts_are_nobody(
    cast: Cast, crowd: list[Contact], as_client: Callable[[Member], Client]
) -> None:
    """By their ids, from within the own team."""
    browser = as_client(cast.outsider)
    ids = [contact.id for contact in [*crowd, cast.maria_of_harbor]]
    done = browser.post(
        reverse("bulk_actions", args=[cast.harbor.slug]), {"action": "delete", "contact": ids}, follow=True
    )
    assert told(done) == ["1 contact deleted."]
    with scope(cast.northside.id):
        assert cast.northside.contacts.count() == 14
