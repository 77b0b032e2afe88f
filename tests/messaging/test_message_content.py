"""Content of a text in words: the same in list, thread, API, webhooks and exports, for every kind of attachment."""

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from kernel.tenancy import scope
from messaging.message_content import describe_content
from messaging.models import Conversation, Message
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from reports import texts_export
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio

URL = "https://api.twilio.com/x/ME1"


@pytest.mark.parametrize(
    ("body", "media", "words"),
    [
        ("Hello", [], "Hello"),
        ("Hello", [(URL, "image/jpeg")], "Hello"),
        ("", [], "Empty text"),
        (" \n\u200b\u2060", [], "Empty text"),
        ("", [("", "image/jpeg")], "Attachment that did not arrive"),
        ("", [("", "")], "Attachment that did not arrive"),
        ("", [(URL, "image/jpeg")], "Photo"),
        ("", [(URL, "IMAGE/PNG; charset=binary")], "Photo"),
        ("\u200b", [(URL, "image/gif")], "Photo"),
        ("", [(URL, "video/3gpp")], "Video"),
        ("", [(URL, "audio/amr")], "Voice message"),
        ("", [(URL, "text/vcard")], "Contact card"),
        ("", [(URL, "text/x-vcard")], "Contact card"),
        ("", [(URL, "text/directory")], "Contact card"),
        ("", [(URL, "application/pdf")], "PDF file"),
        ("", [(URL, "application/zip")], "File"),
        ("", [(URL, "text/plain")], "File"),
        ("", [(URL, "")], "File"),
        ("", [(URL, "image/jpeg")] * 2, "2 photos"),
        ("", [(URL, "image/jpeg"), (URL, "video/mp4"), (URL, "text/vcard")], "3 attachments"),
        ("", [(URL, "image/jpeg"), ("", "")], "2 attachments"),
    ],
)
def test_words_of_every_content(body: str, media: list[tuple[str, str]], words: str) -> None:
    assert describe_content(body, media) == words


KINDS = [
    ({}, "Empty text"),
    ({"NumMedia": "1"}, "Attachment that did not arrive"),
    ({"NumMedia": "1", "MediaUrl0": URL, "MediaContentType0": "text/vcard"}, "Contact card"),
    ({"NumMedia": "1", "MediaUrl0": URL, "MediaContentType0": "audio/amr"}, "Voice message"),
]


def exported(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        header, batches = texts_export.export(texts_export.read_query(cast.northside, QueryDict("")))
        return [str(row[header.index("Text")]) for batch in batches for row in batch]


@pytest.mark.parametrize(("fields", "words"), KINDS)
def test_a_text_without_words_is_described_alike_everywhere(
    cast: Cast, carrier: FakeTwilio, as_client: Any, fields: dict[str, str], words: str
) -> None:
    assert carrier.text(cast.front_desk, MARIA, "", **fields).status_code == 200
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(number=MARIA)
        message = Message.objects.get(number=MARIA)
    assert conversation.preview == message.content == words
    browser: Client = as_client(cast.owner)
    page = browser.get(reverse("conversation", args=[cast.northside.slug, conversation.id])).content.decode()
    assert words in page and "not kept" not in page
    assert exported(cast) == [words]


def test_a_blocked_or_erased_text_has_no_content(cast: Cast, carrier: FakeTwilio, as_client: Any) -> None:
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, Actor(Origin.MEMBER, "Maya Chen"))
    carrier.text(cast.front_desk, MARIA, "")
    with scope(cast.northside.id):
        assert Message.objects.get(number=MARIA).content == ""
    assert exported(cast) == [""]
