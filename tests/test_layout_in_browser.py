"""Layout in Chromium: long words, links and names widen no page, and an expired session loses no typed text."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Carrier
from contacts.contact.models import Contact
from contacts.lists import labels
from contacts.lists.models import ContactList
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
from messaging.models import Conversation
from messaging.text_templates.templates import make_template
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, PASSWORD, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import sign_in

LINK = "https://northside.example/" + "a1b2c3d4e5" * 36  # 386 characters
WORD = "W" * 80
WIDTHS = (1440, 1024, 390)


@pytest.fixture
def long_words(cast: Cast, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Northside with long words wherever people can write."""
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, LINK))
    inbound.receive(cast.front_desk, InboundText(new_sid(), TOM, f"STOP {WORD}"))
    with scope(cast.northside.id):
        cast.northside.inboxes.update(carrier=Carrier.SIMULATOR)
        compose_text(cast.front_desk, MARIA, LINK, author=cast.owner)
        Contact.objects.filter(team=cast.northside, number=MARIA).update(
            first_name=WORD, last_name=WORD, note=LINK, email=f"{'e' * 60}@{'d' * 60}.example"
        )
        labels.set_tags(cast.maria, ["T" * 40])
        labels.set_lists(cast.maria, [ContactList.objects.create(team=cast.northside, name="L" * 60)])
        make_template(cast.northside.id, title=WORD, body=LINK, owner=None)
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason=WORD)
    return cast


def conversation_url(cast: Cast, base: str) -> str:
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return base + reverse("conversation", args=[cast.northside.slug, conversation.id])


def test_long_words_widen_no_page(long_words: Cast, live_server: Any, page: Page) -> None:
    base, slug = live_server.url, long_words.northside.slug
    sign_in(page, base, long_words.owner.user.email)
    names = (
        "inbox",
        "contacts",
        "labels",
        "do_not_text",
        "opt_out_report",
        "team_report",
        "new_conversation",
        "new_conversation_templates",
        "text_templates",
        "new_text_template",
        "simulator",
    )
    urls = [base + reverse(name, args=[slug]) for name in names]
    urls += [base + reverse(name, args=[slug, MARIA]) for name in ("contact", "standing", "edit_contact")]
    urls.append(base + reverse("standing", args=[slug, TOM]))
    urls.append(conversation_url(long_words, base))
    too_wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for url in urls:
            page.goto(url)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                too_wide.append(f"{wide} of {width}: {url.removeprefix(base)}")
    assert too_wide == []


def test_a_pasted_link_hides_no_button(long_words: Cast, live_server: Any, page: Page) -> None:
    sign_in(page, live_server.url, long_words.owner.user.email)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(conversation_url(long_words, live_server.url))
        page.locator("#id_body").fill(LINK)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport()


def test_a_menu_sorts_at_phone_width(cast: Cast, live_server: Any, page: Page) -> None:
    """The heads of columns, whose links sort elsewhere, are hidden there, and have no focus."""
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason="")
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.owner), reason="")
    sign_in(page, live_server.url, cast.owner.user.email)
    page.set_viewport_size({"width": 390, "height": 844})
    for name, choice, address in (
        ("contacts", "Name", "sort=-name"),
        ("do_not_text", "Recorded", "sort=recorded"),
    ):
        page.goto(live_server.url + reverse(name, args=[cast.northside.slug]))
        before = page.locator("tbody tr").all_inner_texts()
        assert len(before) > 1
        page.locator("summary", has_text="Sort").click()
        page.locator(".sort-menu").get_by_role("link", name=re.compile(choice)).click()
        expect(page).to_have_url(re.compile(re.escape(address) + "$"))
        expect(page.locator("tbody tr").first).to_have_text(re.compile(re.escape(before[-1].split("\n")[0])))
        expect(page.locator("thead a:visible")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 844})
    expect(page.locator("summary", has_text="Sort")).to_be_hidden()
    expect(page.locator("thead a:visible").first).to_be_visible()


def test_a_text_typed_into_an_expired_session_is_kept(long_words: Cast, live_server: Any, page: Page) -> None:
    base = live_server.url
    sign_in(page, base, long_words.owner.user.email)
    url = conversation_url(long_words, base)
    page.goto(url)
    page.locator("#id_body").fill("See you on Monday at 10")
    page.context.clear_cookies(name="sessionid")
    page.locator("#id_body").press("Enter")
    page.get_by_label("Email", exact=True).fill(long_words.owner.user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(url)
    expect(page.locator("#id_body")).to_have_value("See you on Monday at 10")
    page.locator("#id_body").press("Enter")
    expect(page.get_by_role("log").get_by_text("See you on Monday at 10")).to_be_visible()
    expect(page.locator("#id_body")).to_have_value("")


def test_a_burst_of_texts_leaves_no_unread_badge_on_the_open_conversation(
    long_words: Cast, live_server: Any, page: Page
) -> None:
    """While the page marks the first text as read, the second arrives."""
    sign_in(page, live_server.url, long_words.owner.user.email)
    page.goto(conversation_url(long_words, live_server.url))
    log, badge = page.get_by_role("log"), page.locator("#conversations [aria-current] .count")
    page.route("**/read-marker/", lambda route: None)  # it waits
    for nth in range(1, 7):
        inbound.receive(long_words.front_desk, InboundText(new_sid(), MARIA, f"text {nth} of six"))
    expect(log.get_by_text("text 6 of six")).to_be_visible()
    expect(badge).to_have_text(re.compile("[1-6]"))
    page.unroute("**/read-marker/")  # the waiting request goes on
    expect(badge).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1440])
def test_figures_do_not_touch_the_edge_of_their_card(
    cast: Cast, live_server: Any, page: Page, width: int
) -> None:
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "Hello"))
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello Maria", author=cast.owner)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, live_server.url, cast.owner.user.email)
    page.goto(live_server.url + reverse("team_report", args=[cast.northside.slug]))
    for cell, side in (("first", "Left"), ("last", "Right")):
        padding = f"cell => parseFloat(getComputedStyle(cell).padding{side})"
        assert page.locator(f".figures tbody tr :is(th, td):{cell}-child").first.evaluate(padding) >= 12


def test_escape_closes_a_text_for_later_and_keeps_it(long_words: Cast, live_server: Any, page: Page) -> None:
    sign_in(page, live_server.url, long_words.owner.user.email)
    page.goto(conversation_url(long_words, live_server.url))
    summary, words = page.locator("#schedule-form summary"), page.get_by_label("Text to send later")
    summary.click()
    words.fill("See you tomorrow")
    words.press("Escape")
    expect(words).to_be_hidden()
    expect(summary).to_be_focused()
    summary.press("Enter")
    expect(words).to_have_value("See you tomorrow")


def test_actions_for_ticked_contacts_are_one_line_on_a_phone(
    cast: Cast, live_server: Any, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, live_server.url, cast.owner.user.email)
    page.goto(live_server.url + reverse("contacts", args=[cast.northside.slug]))
    page.locator("tbody [type=checkbox]").first.check()
    actions = page.locator(".selection-bar > .row :is(button, summary):visible")
    tops = {box["y"] for action in actions.all() if (box := action.bounding_box())}
    assert actions.count() == 5 and len(tops) == 1


def test_a_status_is_one_line_beside_a_long_name(long_words: Cast, live_server: Any, page: Page) -> None:
    with scope(long_words.northside.id):
        Contact.objects.filter(team=long_words.northside).update(first_name="Maria " * 9, note="", email="")
    page.set_viewport_size({"width": 1024, "height": 768})
    sign_in(page, live_server.url, long_words.owner.user.email)
    page.goto(live_server.url + reverse("contacts", args=[long_words.northside.slug]) + "?status=active")
    box = page.locator(".column-status").get_by_text("Active", exact=True).first.bounding_box()
    assert box and box["height"] < 30
