"""Wordings of automatic replies per inbox and language, and their segments."""

import itertools
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Inbox
from kernel.segments import count_segments, describe_segments
from kernel.tenancy import scope
from messaging.compose import queue_reply
from messaging.models import Conversation
from optout.auto_replies import AutoReply, default_reply_text, reply_text
from optout.consent_types import KeywordOutcome
from optout.languages import LANGUAGES
from tests.cast import MARIA, Cast


def wordings_page(cast: Cast, language: str) -> str:
    return reverse("inbox_reply_wordings", args=[cast.northside.slug, cast.front_desk.id, language])


def replies(cast: Cast, language: str) -> list[str]:
    with scope(cast.northside.id):
        inbox = Inbox.objects.select_related("team").get(team=cast.northside, id=cast.front_desk.id)
        return [reply_text(inbox, reply, language) for reply in AutoReply]


@pytest.mark.parametrize(("language", "reply"), list(itertools.product(LANGUAGES, AutoReply)))
def test_default_names_the_business_and_the_way_out_or_back(
    cast: Cast, language: str, reply: AutoReply
) -> None:
    text = default_reply_text(cast.front_desk, reply, language)
    assert text.startswith("Northside Dental")
    assert ("START" if reply is AutoReply.STOP else "STOP") in text
    assert len(text) <= 160


def test_an_inbox_has_wordings_of_its_own_in_each_language(cast: Cast, as_client: Any) -> None:
    browser = as_client(cast.admin)
    form = {"stop_reply": "Northside: adiós. START para volver.", "start_reply": "", "help_reply": ""}
    assert browser.post(wordings_page(cast, "es"), form).status_code == 302
    assert replies(cast, "es")[0] == "Northside: adiós. START para volver."
    assert replies(cast, "es")[1] == default_reply_text(cast.front_desk, AutoReply.START, "es")
    assert replies(cast, "fr")[0] == default_reply_text(cast.front_desk, AutoReply.STOP, "fr")
    assert replies(cast, "") == replies(cast, "en") == replies(cast, "xx")
    assert browser.post(wordings_page(cast, "es"), {**form, "stop_reply": ""}).status_code == 302
    assert replies(cast, "es")[0] == default_reply_text(cast.front_desk, AutoReply.STOP, "es")


def test_segments_are_counted_without_javascript(cast: Cast, as_client: Any) -> None:
    browser = as_client(cast.admin)
    browser.post(wordings_page(cast, "es"), {"stop_reply": "á" * 71, "start_reply": "", "help_reply": ""})
    assert "2 segments · Unicode" in browser.get(wordings_page(cast, "es")).content.decode()
    refused = browser.post(wordings_page(cast, "es"), {"stop_reply": "a" * 321})
    assert refused.status_code == 422
    assert "3 segments" in refused.content.decode()


def test_saved_wording_that_invites_a_keyword_is_warned_about(cast: Cast, as_client: Any) -> None:
    browser = as_client(cast.admin)
    page = reverse("inbox_auto_replies", args=[cast.northside.slug, cast.front_desk.id])
    assert "act as keywords" not in browser.get(page).content.decode()
    browser.post(
        page, {"help_reply": "Reply CANCEL to cancel your visit.", "stop_reply": "", "start_reply": ""}
    )
    assert "Replies with CANCEL act as keywords" in browser.get(page).content.decode()


def test_unknown_language_has_no_page(cast: Cast, as_client: Any) -> None:
    assert as_client(cast.admin).get(wordings_page(cast, "xx")).status_code == 404


def test_reply_goes_out_in_the_language_of_the_person(cast: Cast, texts: Any) -> None:
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at="2026-03-02T09:00Z"
        )
        queue_reply(cast.front_desk, MARIA, conversation.id, KeywordOutcome(reply=AutoReply.START), "it")
    (text,) = texts(outbound=True)
    assert text.body == default_reply_text(cast.front_desk, AutoReply.START, "it")


@pytest.mark.parametrize(
    ("text", "segments", "gsm"),
    [
        ("", 0, True),
        ("a" * 160, 1, True),
        ("a" * 161, 2, True),
        ("a" * 307, 3, True),
        ("]" * 80, 1, True),
        ("]" * 81, 2, True),
        ("]" * 152, 2, True),
        ("]" * 153, 3, True),
        ("é€ü", 1, True),
        ("ç", 1, False),
        ("á" * 71, 2, False),
        ("😀" * 35, 1, False),
        ("😀" * 36, 2, False),
        ("😀" * 100, 4, False),
    ],
)
def test_segments(text: str, segments: int, gsm: bool) -> None:
    assert count_segments(text) == (segments, gsm)


def test_description_of_segments() -> None:
    assert [describe_segments(text) for text in ("", "a", "á", "a" * 161)] == [
        "",
        "1 segment",
        "1 segment · Unicode",
        "2 segments",
    ]
