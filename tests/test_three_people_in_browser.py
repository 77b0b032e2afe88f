"""Three people at once in Chromium: two members share a conversation with a person at a phone, until a STOP arrives."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from kernel.tenancy import scope
from messaging.drafts.models import Draft
from messaging.models import Message
from messaging.text_templates.templates import make_template
from messaging.undo import window
from tests.cast import Cast
from tests.test_attachments_in_browser import conversation, on_disk  # noqa: F401  (fixtures)
from tests.test_opt_out_in_browser import sign_in, text, use_marias_number


@pytest.fixture
def with_undo(_no_undo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(seconds=3))


def test_two_members_and_a_phone(
    cast: Cast,
    live_server: Any,
    page: Page,
    browser: Browser,
    conversation: str,  # noqa: F811
    on_disk: dict[str, Path],  # noqa: F811
    with_undo: None,
) -> None:
    base, maya = live_server.url, page
    with scope(cast.northside.id):
        make_template(
            cast.northside.id, title="Hours", body="Hi {{ first_name | there }}, 9 to 6.", owner=None
        )
    olivia, phone = browser.new_page(), browser.new_page()
    for member, who in ((maya, cast.member), (olivia, cast.owner), (phone, cast.owner)):
        sign_in(member, base, who.user.email)
    for member in (maya, olivia):
        member.goto(conversation)
    use_marias_number(phone, base)
    text(phone, "When do you open?")
    expect(phone.get_by_role("log").get_by_text("When do you open?")).to_be_visible()
    log, olivias_log, phones_log = (each.get_by_role("log") for each in (maya, olivia, phone))

    # Olivia assigns the conversation to Maya, with a note that mentions her.
    expect(olivias_log.get_by_text("When do you open?")).to_be_visible()
    olivia.keyboard.press("a")
    olivia.locator("#assign-menu").get_by_role("button", name="Maya Chen").click()
    expect(maya.locator("#assign-menu summary")).to_have_text("Maya Chen")
    olivia.keyboard.press("t")
    olivia.get_by_label("Private note").fill("@Maya Chen please answer")
    olivia.get_by_role("button", name="Save note").click()
    expect(log.get_by_text("please answer")).to_be_visible()

    # Maya answers with a template, and takes it back once.
    composer = maya.get_by_label("Text to Maria Lopez")
    composer.press("/")
    maya.get_by_role("option", name="Hours").click()
    expect(composer).to_have_value("Hi Maria, 9 to 6.")
    composer.press("Enter")
    log.get_by_role("button", name="Undo").click()
    expect(composer).to_have_value("Hi Maria, 9 to 6.")
    composer.press("Enter")
    expect(phones_log.get_by_text("Hi Maria, 9 to 6.")).to_be_visible(timeout=15_000)

    # Pictures go both ways.
    maya.get_by_label("Attach files").set_input_files(on_disk["photo.jpg"])
    composer.press("Enter")
    expect(phones_log.get_by_alt_text("Photo")).to_be_visible(timeout=15_000)
    phone.get_by_label("Attach files").set_input_files(on_disk["photo.jpg"])
    phone.get_by_label("Text from (415) 555-0101").press("Enter")
    expect(olivias_log.get_by_alt_text("Photo from Maria Lopez")).to_be_visible(timeout=15_000)

    # Olivia writes a text for tomorrow.
    olivia.get_by_text("Send later", exact=True).click()
    olivia.get_by_label("Text to send later").fill("See you today")
    tomorrow = timezone.localtime() + timedelta(days=1)
    olivia.get_by_label("Send at").fill(tomorrow.strftime("%Y-%m-%dT%H:%M"))
    olivia.get_by_role("button", name="Schedule").click()
    expect(log.get_by_text("See you today")).to_be_visible()

    # Both answer at once: the second is asked first.
    composer.press_sequentially("Nice picture")
    olivias = olivia.get_by_label("Text to Maria Lopez")
    olivias.fill("Lovely")
    olivias.press("Enter")
    expect(log.get_by_text("Lovely")).to_be_visible()
    composer.press("Enter")
    expect(maya.get_by_role("alert")).to_contain_text("Olivia Owens replied")
    maya.get_by_role("link", name="Do not send").click()

    # A STOP arrives while Maya types: nothing more is sent, and her words are kept.
    composer.press_sequentially(", thank")
    text(phone, "take me off your list")
    expect(composer).to_have_count(0)
    expect(maya.get_by_label("Your draft was not sent. You can copy it.")).to_have_value(
        "Nice picture, thank"
    )
    expect(log.get_by_text("opted out by texting “take me off your list”")).to_be_visible()
    expect(log.get_by_text("Scheduled for")).to_have_count(0)
    expect(phones_log.get_by_text("You are opted out")).to_be_visible(timeout=15_000)
    with scope(cast.northside.id):
        assert Draft.objects.get().member_id == cast.member.id
        sent = Message.objects.filter(outbound=True).order_by("id")
        assert [(text.body, text.purpose) for text in sent][:3] == [
            ("Hi Maria, 9 to 6.", "text"), ("", "text"), ("Lovely", "text"),
        ]  # fmt: skip
        assert [text.purpose for text in sent][3:] == ["confirmation"]
    olivia.context.close()
    phone.context.close()
