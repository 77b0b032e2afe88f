"""Reviews in Chromium: keys decide what can be seen, Undo takes a decision back, and To review goes on to the next."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Carrier
from kernel.tenancy import scope
from messaging.compose import compose_text
from messaging.models import Conversation
from messaging.teamwork.models import Assignment
from optout.ledger import history
from optout.models import Action, Origin
from optout.reviews import Review, ReviewOutcome
from tests.cast import MARIA, TOM, Cast
from tests.messaging.reviewed_texts import receive_text, review_text
from tests.test_opt_out_in_browser import sign_in

SALE = "Sale this week! Reply STOP to opt out"


@pytest.fixture
def desk(cast: Cast, live_server: Any, page: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page of the member at the front desk, signed in."""
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    with scope(cast.northside.id):
        cast.northside.inboxes.update(carrier=Carrier.SIMULATOR)
    sign_in(page, live_server.url, cast.member.user.email)
    return page


def due() -> date:
    return timezone.localdate() + timedelta(days=14)


def address(cast: Cast, number: str) -> str:
    with scope(cast.northside.id):
        found = Conversation.objects.get(team=cast.northside, inbox=cast.front_desk, number=number)
    return reverse("conversation", args=[cast.northside.slug, found.id])


def entries(cast: Cast, number: str) -> list[tuple[str, str]]:
    """The decisions in the ledger, newest first."""
    with scope(cast.northside.id):
        events = history(cast.northside.id, number)
    return [(event.action, event.origin) for event in events if event.action != Action.HELD]


def outcome(cast: Cast, review: Review) -> str:
    with scope(cast.northside.id):
        return str(Review.objects.get(team=cast.northside, id=review.id).outcome)


def banner(page: Page) -> Locator:
    return page.get_by_role("log").get_by_label("To review")


def test_the_key_o_opts_out_and_undo_takes_it_back(cast: Cast, live_server: Any, desk: Page) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number", due_on=due())
    desk.goto(live_server.url + address(cast, MARIA))
    expect(banner(desk)).to_contain_text("Held for review: “wrong number”")
    expect(banner(desk)).to_contain_text("Due ")
    expect(desk.get_by_text("You may reply; nothing is sent automatically.")).to_be_visible()
    desk.locator("body").press("o")
    expect(desk.get_by_label("Why you can't text this number")).to_be_visible()
    assert entries(cast, MARIA) == [(Action.OPTED_OUT, Origin.TOLD_MEMBER)]
    desk.locator("#decided").get_by_role("button", name="Undo").click()
    expect(banner(desk)).to_be_visible()
    expect(desk.get_by_label("Text to Maria Lopez")).to_be_visible()
    expect(desk.locator("#decided").get_by_role("button", name="Undo")).to_have_count(0)
    assert outcome(cast, review) == ReviewOutcome.OPEN


def test_the_key_n_says_that_it_is_no_opt_out(cast: Cast, live_server: Any, desk: Page) -> None:
    review = review_text(cast.front_desk, MARIA, "can you stop by at 5?", due_on=due())
    desk.goto(live_server.url + address(cast, MARIA))
    desk.locator("body").press("n")
    expect(banner(desk)).to_have_count(0)
    expect(desk.locator("#decided").get_by_role("button", name="Undo")).to_be_visible()
    expect(desk.get_by_label("Text to Maria Lopez")).to_be_visible()
    assert outcome(cast, review) == ReviewOutcome.DISMISSED


def test_the_keys_act_only_on_what_can_be_seen(cast: Cast, live_server: Any, desk: Page) -> None:
    words = "Can I stop by at five?" + "\nIt is a long way." * 80
    review = review_text(cast.front_desk, MARIA, words, due_on=due())
    desk.goto(live_server.url + address(cast, MARIA))
    log, button = (
        desk.get_by_role("log"),
        banner(desk).get_by_role("button", name="Opt out", exact=False).first,
    )
    log.evaluate("element => element.querySelector('#earlier').scrollIntoView()")
    expect(button).not_to_be_in_viewport()
    desk.locator("body").press("o")
    desk.locator("body").press("n")
    expect(desk.get_by_label("Text to Maria Lopez")).to_be_visible()
    expect(desk).to_have_url(live_server.url + address(cast, MARIA))
    assert outcome(cast, review) == ReviewOutcome.OPEN and entries(cast, MARIA) == []
    button.evaluate("element => element.scrollIntoView()")
    expect(button).to_be_in_viewport()
    desk.locator("body").press("o")
    expect(desk.get_by_label("Why you can't text this number")).to_be_visible()


def test_to_review_goes_on_to_the_next_text(cast: Cast, live_server: Any, desk: Page) -> None:
    first = review_text(cast.front_desk, MARIA, "wrong number", due_on=due())
    second = review_text(cast.front_desk, TOM, "only email me", due_on=due() + timedelta(days=1))
    desk.goto(f"{live_server.url}/t/northside-dental/inbox/")
    folders = desk.get_by_label("Folders")
    expect(folders.get_by_role("link", name="Review")).to_contain_text("2")
    folders.get_by_role("link", name="Review").click()
    desk.locator("#conversations").get_by_role("link", name="Maria Lopez").click()
    expect(desk.locator(f"#m{first.message_id}")).to_be_in_viewport()
    desk.locator("body").press("n")
    expect(desk.get_by_role("heading", name="Tom Becker").first).to_be_visible()
    expect(folders.get_by_role("link", name="Review")).to_contain_text("1")
    expect(banner(desk)).to_contain_text("“only email me”")
    desk.locator("body").press("o")
    expect(desk.get_by_text("Nothing to review")).to_be_visible()
    desk.locator("body").press("n")
    expect(desk.get_by_text("Nothing to review")).to_be_visible()
    assert (outcome(cast, first), outcome(cast, second)) == (ReviewOutcome.DISMISSED, ReviewOutcome.OPTED_OUT)
    desk.locator("body").press("u")
    expect(banner(desk)).to_contain_text("“only email me”")
    assert outcome(cast, second) == ReviewOutcome.OPEN


def test_an_open_list_counts_a_text_that_arrives(cast: Cast, live_server: Any, desk: Page) -> None:
    review_text(cast.front_desk, TOM, "only email me", due_on=due())
    desk.goto(f"{live_server.url}/t/northside-dental/inbox/?folder=review")
    expect(desk.locator("#conversations").get_by_role("link")).to_have_count(1)
    review_text(cast.front_desk, MARIA, "wrong number", due_on=due())
    desk.evaluate("document.body.dispatchEvent(new Event('changed'))")
    expect(desk.locator("#conversations").get_by_role("link", name="Maria Lopez")).to_be_visible()
    expect(desk.get_by_label("Folders").get_by_role("link", name="Review")).to_contain_text("2")


def test_a_reaction_is_shown_at_our_text(cast: Cast, live_server: Any, desk: Page) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, SALE, author=cast.member)
    receive_text(cast.front_desk, MARIA, f"Liked “{SALE}”")
    desk.goto(live_server.url + address(cast, MARIA))
    log = desk.get_by_role("log")
    expect(log.get_by_text("👍")).to_be_visible()
    expect(log.locator(".bubble")).to_have_count(1)
    expect(banner(desk)).to_have_count(0)
    expect(desk.get_by_label("Text to Maria Lopez")).to_be_visible()


def test_on_a_phone_a_text_is_decided_with_the_buttons(cast: Cast, live_server: Any, desk: Page) -> None:
    desk.set_viewport_size({"width": 390, "height": 780})
    review = review_text(cast.front_desk, MARIA, "I think you have the " + "wrong number " * 9, due_on=due())
    desk.goto(f"{live_server.url}/t/northside-dental/inbox/?folder=review")
    desk.locator("#conversations").get_by_role("link", name="Maria Lopez").click()
    expect(banner(desk).get_by_role("button", name="Not an opt-out")).to_be_in_viewport()
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    banner(desk).get_by_role("button", name="Not an opt-out").click()
    expect(desk.get_by_text("Nothing to review")).to_be_visible()
    assert outcome(cast, review) == ReviewOutcome.DISMISSED


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_folders_are_in_one_row(cast: Cast, live_server: Any, desk: Page, width: int) -> None:
    """With counts of two digits, at Waiting and at Review, and one digit at Mine."""
    for last in range(12):
        review_text(cast.front_desk, f"+141555501{last:02}", "wrong number", due_on=due())
    with scope(cast.northside.id):
        found = Conversation.objects.filter(team=cast.northside)[0]
        Assignment.objects.create(
            team=cast.northside, conversation=found, member=cast.member, at=found.created_at
        )
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(f"{live_server.url}/t/northside-dental/inbox/")
    folders = desk.get_by_label("Folders")
    expect(folders.get_by_role("link", name="To review")).to_contain_text("12")
    tops = folders.evaluate(
        "element => [...element.children].map(child => child.getBoundingClientRect().top)"
    )
    assert len({round(top) for top in tops}) == 1
