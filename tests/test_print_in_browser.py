"""Print in Chromium: what stands on paper of a conversation, a contact, a report and the audit log."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pypdf import PdfReader

from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.inbound import receive
from messaging.models import Conversation
from optout import consent
from optout.consent_types import Actor
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import new_sid
from tests.reports.messages import create_outbound
from tests.test_opt_out_in_browser import sign_in

TEXTS, OPT_OUTS = 70, 60


@pytest.fixture
def printed(cast: Cast, live_server: Any, page: Page) -> dict[str, list[str]]:
    """The words on each sheet of the pages that Northside's owner prints, by name, in the dark theme."""
    receive(cast.front_desk, InboundText(new_sid(), MARIA, "Is my appointment at 9?"))
    with scope(cast.northside.id):
        for minutes in range(1, TEXTS):
            at = timezone.now() - timedelta(minutes=minutes)
            create_outbound(cast.front_desk, at, body=f"Text {minutes} of the past", author_id=cast.owner.id)
        for last in range(OPT_OUTS):
            consent.opt_out(cast.northside.id, f"+151055530{last:02}", Actor.of(cast.owner), reason="Moved")
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason="Sold the house")
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    sign_in(page, live_server.url, cast.owner.user.email)
    page.emulate_media(color_scheme="dark")
    pages: dict[str, list[Any]] = {
        "printed_conversation": [conversation.id],
        "contact": [TOM],
        "opt_out_report": [],
        "audit_log": [],
    }
    return {
        name: sheets(page, live_server.url + reverse(name, args=[cast.northside.slug, *more]))
        for name, more in pages.items()
    }


def sheets(page: Page, address: str) -> list[str]:
    page.goto(address)
    pages = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages
    return [" ".join(sheet.extract_text().split()) for sheet in pages]


def test_what_is_printed_says_whose_it_is_and_which_part(printed: dict[str, list[str]]) -> None:
    for name, found in printed.items():
        count = len(found)
        assert [sheet.startswith(f"{nth} of {count} ") for nth, sheet in enumerate(found, 1)] == [
            True
        ] * count
        assert "Northside Dental" in found[0] and "Olivia Owens" in found[0], name
        for screen_only in ("Settings", "Skip to content", "Apply", "CSV", "Block…", "Merge"):
            assert screen_only not in " ".join(found), (name, screen_only)
    conversation, report = printed["printed_conversation"], printed["opt_out_report"]
    assert 2 <= len(conversation) <= 5, "seventy short texts"
    assert f"Texts {TEXTS} " in conversation[0]
    assert "Text 69 of the past" in conversation[0] and "Is my appointment at 9?" in conversation[-1]
    assert len(printed["contact"]) == 1
    assert "Sold the house" in printed["contact"][0]
    assert len(report) >= 3
    assert f"50 of {OPT_OUTS + 1} changes are printed here. Export has all of them." in report[-1]
    assert "Printed by Olivia Owens." in report[0]
