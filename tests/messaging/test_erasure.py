"""Erasure: content and numbers are removed, receipts stay, and a later text starts a new conversation."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from contacts.contact import deletion
from kernel.tenancy import scope
from messaging import outbound
from messaging.compose import compose_text
from messaging.models import Conversation, Message, MessageStatus
from messaging.simulator.models import SimulatedText
from optout.consent_types import Actor
from optout.models import ConsentEvent, Suppression
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import OVERLOADED, FakeTwilio, SendAnswer, sid_of


@pytest.fixture
def erase(cast: Cast) -> Callable[[], deletion.DeletionResult]:
    """Delete Maria and erase her texts."""

    def delete_maria() -> deletion.DeletionResult:
        with scope(cast.northside.id):
            return deletion.delete_contacts(
                cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin)
            )

    return delete_maria


def write_to(cast: Cast, number: str = MARIA) -> Message:
    with scope(cast.northside.id):
        return compose_text(cast.front_desk, number, "Your crown is ready, Maria.", author=cast.member)


def test_content_and_numbers_are_removed_and_receipts_stay(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    rows: Any,
    texts: Any,
    erase: Callable[[], deletion.DeletionResult],
    as_client: Callable[[Member], Client],
) -> None:
    """In every inbox. A repeated delivery finds its receipt, a report finds its text, and Tom's texts stay."""
    carrier.text(cast.front_desk, MARIA, "It is Maria, my tooth hurts", sid=sid_of("first"), NumMedia="1",
                 MediaUrl0="https://api.twilio.example/tooth.jpg", MediaContentType0="image/jpeg")  # fmt: skip
    carrier.text(cast.billing, MARIA, "Stop please", sid=sid_of("stop"))
    carrier.text(cast.billing, MARIA, "START", sid=sid_of("start"))
    carrier.text(cast.front_desk, TOM, "Tom here", sid=sid_of("tom"))
    sent = write_to(cast)
    work()
    with scope(cast.northside.id):
        SimulatedText.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, from_handset=True, body="Maria"
        )
        ledger = list(ConsentEvent.objects.values())
    before = {text.id: text for text in texts(number=MARIA)}
    assert erase() == deletion.DeletionResult(contacts=1, suppressed=0, texts=len(before))

    left = rows(cast.northside)
    emptied = ("messaging_message", "messaging_conversation", "messaging_simulatedtext", "contacts_contact")
    assert not [row for table in emptied for row in left[table] if MARIA in row or "aria" in row]
    for text in texts(id__in=before):
        was = before[text.id]
        assert (text.number, text.body, text.media) == ("", "", [])
        for kept in ("inbox_id", "outbound", "status", "carrier_id", "at", "segments"):
            assert getattr(text, kept) == getattr(was, kept)
    with scope(cast.northside.id):
        assert list(ConsentEvent.objects.values()) == ledger  # evidence
        (numberless,) = Conversation.objects.filter(inbox=cast.front_desk, number="")
    assert [text.body for text in texts(number=TOM)] == ["Tom here"]

    for sid, inbox in (
        (sid_of("first"), cast.front_desk),
        (sid_of("stop"), cast.billing),
        (sid_of("start"), cast.billing),
    ):
        assert carrier.text(inbox, MARIA, "Stop please", sid=sid).status_code == 200
    now = rows(cast.northside)
    changed = {table for table in now if now[table] != left[table]}
    assert changed <= {"accounts_inbox"}  # the time of its last webhook
    assert carrier.report(sent, "delivered", To=MARIA).status_code == 200
    assert [text.status for text in texts(id=sent.id)] == [MessageStatus.DELIVERED]

    browser = as_client(cast.owner)
    closed = browser.get(reverse("inbox", args=[cast.northside.slug]), {"folder": "closed"})
    assert not closed.context["listing"].conversations
    page = reverse("conversation", args=[cast.northside.slug, numberless.id])
    assert browser.get(page).status_code == 404

    assert carrier.text(cast.front_desk, MARIA, "It is me again").status_code == 200
    (new_text,) = texts(number=MARIA)
    assert new_text.conversation_id != numberless.id
    assert (
        browser.get(reverse("conversation", args=[cast.northside.slug, new_text.conversation_id])).status_code
        == 200
    )


def test_a_waiting_text_is_not_sent_after_its_erasure(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    texts: Any,
    erase: Callable[[], deletion.DeletionResult],
) -> None:
    """Neither queued nor claimed texts are sent, and a text that the carrier could not take is not sent again."""
    queued = write_to(cast)
    erase()
    work()
    assert [(text.status, text.due_at) for text in texts(id=queued.id)] == [(MessageStatus.FAILED, None)]

    write_to(cast)
    (waiting,) = texts(number=MARIA)
    claim = outbound.claim(waiting.team_id, waiting.conversation_id)
    with scope(cast.northside.id):
        cast.northside.contacts.create(id=cast.maria.id, number="+14155550177")
    assert claim and deletion.TEXT_ERASERS
    with scope(cast.northside.id):
        for eraser in deletion.TEXT_ERASERS:
            assert eraser(cast.northside.id, [MARIA]) == 1
    assert outbound.start(claim) is False
    assert outbound.claim(waiting.team_id, waiting.conversation_id) is None  # its conversation is gone

    sending = write_to(cast)

    def erase_now() -> None:
        with scope(cast.northside.id):
            for eraser in deletion.TEXT_ERASERS:
                eraser(cast.northside.id, [MARIA])

    carrier.answers.append(SendAnswer(OVERLOADED.status, OVERLOADED.body, before=erase_now))
    work()
    (text,) = texts(id=sending.id)
    assert (text.status, text.number, text.body, text.error) == (MessageStatus.FAILED, "", "", "")
    assert carrier.sent == []


def test_a_carriers_opt_out_report_of_an_erased_text_counts(
    cast: Cast,
    carrier: FakeTwilio,
    work: Callable[[], None],
    texts: Any,
    erase: Callable[[], deletion.DeletionResult],
) -> None:
    """The report contains the number."""
    sent = write_to(cast)
    work()
    erase()
    assert carrier.report(sent, "undelivered", ErrorCode="21610", To=MARIA).status_code == 200
    with scope(cast.northside.id):
        assert [(row.number, row.origin) for row in Suppression.objects.all()] == [(MARIA, "carrier")]
    (text,) = texts(id=sent.id)
    assert (text.status, text.error) == (MessageStatus.REFUSED, "")
