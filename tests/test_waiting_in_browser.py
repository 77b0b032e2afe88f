"""Waiting times in Chromium: the minutes advance without a reload, turn amber at the goal, and move nothing."""

from typing import Any

import psycopg
import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import Carrier
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import new_sid
from tests.test_opt_out_in_browser import sign_in


def test_the_minutes_advance_and_turn_amber(
    cast: Cast, live_server: Any, page: Page, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PUBLIC_URL", live_server.url)
    with scope(cast.northside.id):
        cast.northside.inboxes.update(carrier=Carrier.SIMULATOR)
        cast.northside.waiting_goal = 15
        cast.northside.save(update_fields=["waiting_goal"])
    inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, "Are you open?"))
    owner.execute(
        "UPDATE messaging_conversation SET awaiting_since = now() - interval '13 minutes 10 seconds'"
    )
    with scope(cast.northside.id):
        id = Conversation.objects.get(team=cast.northside, number=MARIA).id
    sign_in(page, live_server.url, cast.member.user.email)
    page.clock.install()
    page.goto(f"{live_server.url}/t/northside-dental/conversations/{id}/?folder=waiting")
    waiting, name = page.locator("#conversations .waiting"), page.locator("#conversations .conversation-name")
    expect(waiting).to_contain_text("waiting 13 min")
    expect(page.locator("#head .waiting")).to_contain_text("waiting 13 min")
    before = page.locator("#conversations .conversation").bounding_box(), name.bounding_box()
    page.clock.fast_forward("01:00")
    expect(waiting).to_contain_text("waiting 14 min")
    expect(page.locator(".waiting-late")).to_have_count(0)
    page.clock.fast_forward("01:00")
    for place in ("#conversations", "#head"):
        expect(page.locator(f"{place} .waiting-late")).to_contain_text("waiting 15 min")
    assert (page.locator("#conversations .conversation").bounding_box(), name.bounding_box()) == before
