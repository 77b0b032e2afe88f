"""Panel of a number's standing: whose word an opt-out is, what lifts it, and its retraction."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import ConsentEvent, Origin, StandingState
from optout.number_state import standing
from tests.cast import MARIA, Cast


@pytest.fixture
def member_browser(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.member)


@pytest.fixture
def admin_browser(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.admin)


def post(browser: Client, cast: Cast, name: str, **data: str) -> Any:
    return browser.post(reverse(name, args=[cast.northside.slug, MARIA]), data)


def shown(browser: Client, cast: Cast) -> str:
    return str(browser.get(reverse("standing", args=[cast.northside.slug, MARIA])).content.decode())


def state(cast: Cast) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, MARIA).state


def entries(cast: Cast) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return history(cast.northside.id, MARIA)


WHOSE_WORD = {
    "asked": (Origin.TOLD_MEMBER, "They asked us", "Told to the team"),
    "wrote": (Origin.TOLD_MEMBER, "They wrote it in a text", "A text to the team"),
    "decision": (Origin.MEMBER, "Our decision", ""),
}


@pytest.mark.parametrize("reason", WHOSE_WORD)
def test_a_reason_says_whose_word_it_is(cast: Cast, member_browser: Client, reason: str) -> None:
    assert post(member_browser, cast, "opt_out", reason=reason).status_code == 302
    (event,) = entries(cast)
    assert (event.origin, event.reason, event.source) == WHOSE_WORD[reason]
    assert (event.actor_id, event.actor_name) == (cast.member.id, str(cast.member))


def opted_out_an_hour_ago(cast: Cast, actor: Actor) -> None:
    with scope(cast.northside.id):
        hour_ago = timezone.now() - timedelta(hours=1)
        consent.opt_out(cast.northside.id, MARIA, actor, reason="", happened_at=hour_ago)


def fresh_consent(cast: Cast) -> dict[str, str]:
    now = timezone.localtime(timezone.now(), ZoneInfo(cast.northside.time_zone))
    return {"words": "text me", "source": "By phone", "obtained_at": now.strftime("%Y-%m-%dT%H:%M")}


def test_the_persons_word_is_lifted_only_by_fresh_consent(
    cast: Cast, member_browser: Client, admin_browser: Client
) -> None:
    opted_out_an_hour_ago(cast, Actor.of(cast.admin).recording_the_persons_word())
    for browser in (member_browser, admin_browser):
        refused = post(browser, cast, "opt_out_lifting", reason="mistake")
        assert refused.status_code == 422 and "They can text START" in refused.content.decode()
    assert post(member_browser, cast, "opt_in", **fresh_consent(cast)).status_code == 403
    assert post(admin_browser, cast, "opt_in", reason="mistake").status_code == 422
    assert state(cast) == StandingState.OPTED_OUT
    assert post(admin_browser, cast, "opt_in", **fresh_consent(cast)).status_code == 302
    assert state(cast) == StandingState.ACTIVE


def test_consent_that_lifts_our_decision_is_recorded_with_source_and_time(
    cast: Cast, member_browser: Client
) -> None:
    opted_out_an_hour_ago(cast, Actor.of(cast.admin))
    assert post(member_browser, cast, "opt_in", reason="consent").status_code == 422, "not by a click"
    assert post(member_browser, cast, "opt_in", words="text me", source="", obtained_at="").status_code == 422
    assert state(cast) == StandingState.OPTED_OUT
    assert post(member_browser, cast, "opt_in", **fresh_consent(cast)).status_code == 302
    newest, _ = entries(cast)
    assert (newest.source, newest.words) == ("By phone", "text me") and newest.obtained_at
    assert state(cast) == StandingState.ACTIVE


def test_our_decision_is_not_shown_as_the_persons(
    cast: Cast, member_browser: Client, admin_browser: Client
) -> None:
    post(member_browser, cast, "opt_out", reason="decision")
    assert "You decided not to text this number" in shown(member_browser, cast)
    assert "Maya Chen decided not to text this number" in shown(admin_browser, cast)
    assert "They asked us" not in shown(admin_browser, cast)
    post(member_browser, cast, "opt_out", reason="asked")
    assert "They asked us not to text them" in shown(admin_browser, cast)


def test_our_decision_is_lifted_with_a_reason_by_any_member(cast: Cast, member_browser: Client) -> None:
    opted_out_an_hour_ago(cast, Actor.of(cast.admin))
    assert post(member_browser, cast, "opt_out_lifting").status_code == 422
    assert post(member_browser, cast, "opt_out_lifting", reason="decision").status_code == 302
    assert entries(cast)[0].reason == "We changed our decision"
    again = post(member_browser, cast, "opt_out_lifting", reason="decision")
    assert again.status_code == 422 and "no opt-out to lift any more" in again.content.decode()


def test_blocking_and_unblocking_ask_why(cast: Cast, member_browser: Client) -> None:
    for change, reasons in (("block", ("spam", "Spam")), ("unblock", ("mistake", "It was a mistake"))):
        for data in ({}, {"reason": "other"}, {"reason": "other", "words": "  "}, {"reason": "no such"}):
            refused = post(member_browser, cast, change, **data)
            assert refused.status_code == 422 and "errorlist" in refused.content.decode()
        assert post(member_browser, cast, change, reason=reasons[0]).status_code == 302
        assert entries(cast)[0].reason == reasons[1]
    post(member_browser, cast, "block", reason="other", words="Calls the shop names")
    assert "blocked this number (calls the shop names)" in shown(member_browser, cast)


def from_dialog(browser: Client, cast: Cast, name: str, **data: str) -> Any:
    address = reverse(name, args=[cast.northside.slug, MARIA])
    return browser.post(address, data, headers={"HX-Request": "true", "HX-Target": "toast"})


UNDONE = [  # what is done before, done, and undone by the form in the toast
    ((), ("opt_out", {"reason": "asked"}), StandingState.OPTED_OUT),
    ((), ("block", {"reason": "spam"}), StandingState.BLOCKED),
    ((("block", {"reason": "spam"}),), ("unblock", {"reason": "mistake"}), StandingState.ACTIVE),
    (
        (("opt_out", {"reason": "decision"}),),
        ("opt_out_lifting", {"reason": "mistake"}),
        StandingState.ACTIVE,
    ),
]


@pytest.mark.parametrize(("before", "change", "after"), UNDONE)
def test_a_change_in_a_dialog_ends_in_a_toast_that_undoes_it(
    cast: Cast, member_browser: Client, before: Any, change: Any, after: StandingState
) -> None:
    for name, data in before:
        post(member_browser, cast, name, **data)
    was = state(cast)
    toast = from_dialog(member_browser, cast, change[0], **change[1])
    assert toast.status_code == 200 and toast.headers["HX-Trigger"] == "changed"
    assert state(cast) == after
    html = toast.content.decode()
    undo = dict(re.findall(r'name="(reason|words)" value="([^"]*)"', html))
    action = re.search(r'action="([^"]*)"', html)
    assert action and member_browser.post(action[1], undo).status_code == 302
    assert state(cast) == was


def test_a_form_in_a_dialog_comes_back_with_its_error(cast: Cast, admin_browser: Client) -> None:
    opted_out_an_hour_ago(cast, Actor.of(cast.admin).recording_the_persons_word())
    refused = from_dialog(admin_browser, cast, "opt_in", words="text me", source="", obtained_at="")
    assert refused.status_code == 422 and refused.headers["HX-Retarget"] == "#dialog-content"
    assert "text me" in refused.content.decode() and "<html" not in refused.content.decode()
    post(admin_browser, cast, "opt_in", **fresh_consent(cast))
    too_late = from_dialog(admin_browser, cast, "retract_opt_out")
    assert too_late.status_code == 422 and "within ten minutes" in too_late.content.decode()


def test_a_long_history_is_cut_to_the_newest_entries_and_links_to_all(
    cast: Cast, member_browser: Client
) -> None:
    for _ in range(3):
        post(member_browser, cast, "block", reason="spam")
        post(member_browser, cast, "unblock", reason="mistake")
    contact_page = member_browser.get(reverse("contact", args=[cast.northside.slug, MARIA])).content.decode()
    assert contact_page.count("Maya Chen blocked") + contact_page.count("Maya Chen unblocked") == 4
    assert "All 6 changes" in " ".join(contact_page.split())
    assert shown(member_browser, cast).count("Maya Chen blocked") == 3


def test_the_member_who_recorded_an_opt_out_retracts_it(
    cast: Cast, member_browser: Client, admin_browser: Client
) -> None:
    post(member_browser, cast, "opt_out", reason="asked")
    assert "It was a mistake: undo" not in shown(admin_browser, cast)
    refused = post(admin_browser, cast, "retract_opt_out")
    assert refused.status_code == 422 and "Only the member who recorded" in refused.content.decode()
    assert "It was a mistake: undo" in shown(member_browser, cast)
    assert post(member_browser, cast, "retract_opt_out").status_code == 302
    assert state(cast) == StandingState.ACTIVE
    retraction, opt_out = entries(cast)
    assert retraction.lifted == opt_out.added == ["opt_out told_member"]
    assert not retraction.is_opt_in
    assert "retracted the opt-out as a mistake" in shown(member_browser, cast)
    assert post(member_browser, cast, "retract_opt_out").status_code == 422, "nothing is left to retract"


def test_what_another_member_has_stated_too_is_not_retracted(
    cast: Cast, member_browser: Client, admin_browser: Client
) -> None:
    post(member_browser, cast, "opt_out", reason="asked")
    post(admin_browser, cast, "opt_out", reason="asked")
    for browser in (member_browser, admin_browser):
        assert post(browser, cast, "retract_opt_out").status_code == 422
    assert state(cast) == StandingState.OPTED_OUT
