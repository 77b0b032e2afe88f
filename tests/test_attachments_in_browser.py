"""Attachments in Chromium: chosen, pasted, removed, sent and received."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from accounts.models import Carrier
from kernel.tenancy import scope
from messaging import outbound
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.media import fetching
from messaging.models import Conversation, Message
from messaging.scope_lookups import attachments_due, conversations_due
from tests.cast import MARIA, Cast
from tests.messaging.media import files
from tests.test_opt_out_in_browser import sign_in, use_marias_number

# What a paste of a picture from the clipboard gives to the page.
PASTE = """(field) => {
  const data = new DataTransfer();
  data.items.add(new File(["%PDF-1.7 pasted"], "pasted.pdf", { type: "application/pdf" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def conversation(cast: Cast, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a conversation with Maria, on a running server with workers that send and fetch."""
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    with scope(cast.northside.id):
        cast.northside.inboxes.update(carrier=Carrier.SIMULATOR)
    receive(cast.front_desk, InboundText("SM1", MARIA, "Hello"))
    with scope(cast.northside.id):
        found = Conversation.objects.get(number=MARIA)
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            for text in conversations_due(100):
                outbound.deliver(text.team_id, text.id)
            for attachment in attachments_due(100):
                fetching.work_on(attachment.team_id, attachment.id)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    yield f"{live_server.url}/t/northside-dental/conversations/{found.id}/"
    stop.set()
    worker.join(30)


@pytest.fixture
def on_disk(tmp_path: Path) -> dict[str, Path]:
    content = {
        "photo.jpg": files.photo_with_location(),
        "bill.pdf": files.PDF,
        "ana.vcf": files.CARD,
        "x.svg": files.SVG,
    }
    for name, data in content.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in content}


def test_files_go_both_ways(
    cast: Cast, live_server: Any, page: Page, conversation: str, on_disk: dict[str, Path]
) -> None:
    sign_in(page, live_server.url, "maya@northside.example")
    page.goto(conversation)
    composer = page.get_by_role("textbox", name="Text to Maria Lopez")
    chosen = page.locator("[data-files] li")
    page.get_by_label("Attach files").set_input_files([on_disk["photo.jpg"], on_disk["x.svg"]])
    composer.evaluate(PASTE)
    expect(chosen).to_contain_text(["photo.jpg", "x.svg", "pasted.pdf"])

    composer.fill("Your picture")
    composer.press("Enter")
    expect(page.get_by_text("“x.svg”: It is not a picture")).to_be_visible()
    expect(chosen).to_contain_text(["photo.jpg", "x.svg", "pasted.pdf"])  # nothing has to be chosen again
    page.get_by_label("Remove x.svg").click()
    page.get_by_role("textbox", name="Text to Maria Lopez").press("Enter")
    picture = page.get_by_alt_text("Photo from Maya Chen")
    expect(picture).to_be_visible()
    expect(chosen).to_have_count(0)
    expect(page.get_by_role("link", name="pasted.pdf")).to_be_visible()

    page.locator("a[data-picture]").click()
    expect(page.get_by_role("dialog", name="Photo from Maya Chen")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    use_marias_number(page, live_server.url)
    expect(page.get_by_alt_text("Photo")).to_be_visible()  # on the phone
    page.get_by_label("Attach files").set_input_files([on_disk["photo.jpg"], on_disk["ana.vcf"]])
    page.get_by_label("Text from (415) 555-0101").press("Enter")
    page.goto(conversation)
    expect(page.get_by_alt_text("Photo from Maria Lopez")).to_be_visible(timeout=10_000)
    page.get_by_role("link", name="New contact").click()
    expect(page.get_by_label("First name")).to_have_value("Ana")
    with scope(cast.northside.id):
        assert [len(text.media) for text in Message.objects.order_by("id")] == [0, 2, 2]


def test_a_form_without_javascript_sends_files(
    cast: Cast, live_server: Any, browser: Any, conversation: str, on_disk: dict[str, Path]
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, live_server.url, "maya@northside.example")
        page.goto(conversation)
        page.get_by_label("Attach files").set_input_files(on_disk["bill.pdf"])
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("link", name="bill.pdf")).to_be_visible()
