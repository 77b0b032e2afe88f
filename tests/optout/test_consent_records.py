"""Consent records: how numbers came to be textable; written once, taken back by the person's opt-out, never lifting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import Inbox
from kernel.tenancy import scope
from messaging.carriers.base import InboundText
from messaging.erasure import erase_messages
from messaging.inbound import receive
from optout import consent
from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_records.number_consent import number_consent
from optout.consent_records.on_record import has_consent
from optout.consent_records.recording import StatedConsent, record_consent
from optout.consent_types import Actor
from optout.lifting_rules import FreshConsent
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import new_sid

MARKETING, INFORMATIONAL = ConsentCategory.MARKETING, ConsentCategory.INFORMATIONAL
IN_MAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


def record(cast: Cast, number: str = MARIA, at: datetime | None = IN_MAY, **changes: Any) -> bool:
    stated = {"category": MARKETING, "method": ConsentMethod.FORM, "words": "Yes, send me offers", **changes}
    with scope(cast.northside.id):
        return record_consent(
            cast.northside.id, number, StatedConsent(obtained_at=at, **stated), Actor.of(cast.admin)
        )


def records(cast: Cast, number: str = MARIA) -> list[ConsentRecord]:
    with scope(cast.northside.id):
        return list(ConsentRecord.objects.of(cast.northside.id, number))


def counts(cast: Cast, category: ConsentCategory, number: str = MARIA) -> bool:
    with scope(cast.northside.id):
        return has_consent(cast.northside.id, number, category)


def act(cast: Cast, action: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    with scope(cast.northside.id):
        return action(cast.northside.id, MARIA, Actor.of(cast.admin), *arguments, **options)


def text(cast: Cast, body: str, number: str = MARIA, inbox: Inbox | None = None) -> None:
    receive(inbox or cast.front_desk, InboundText(carrier_id=new_sid(), sender=number, body=body))


def test_consent_counts_until_the_person_opts_out_and_again_after_start(cast: Cast) -> None:
    assert not counts(cast, MARKETING) and not counts(cast, INFORMATIONAL)
    assert record(cast) and not record(cast)  # the same again is no record
    assert counts(cast, MARKETING) and counts(cast, INFORMATIONAL)
    text(cast, "STOP")
    assert not counts(cast, MARKETING) and not counts(cast, INFORMATIONAL)
    text(cast, "START")
    assert counts(cast, MARKETING), "START renews what was agreed to before"
    newest = records(cast)[0]
    assert (newest.method, newest.origin, newest.words, newest.inbox_name) == (
        "text",
        "contact",
        "START",
        "Front Desk",
    )
    text(cast, "STOP")
    fresh = FreshConsent("Only about my visits", "By phone", timezone.now())
    act(cast, consent.lift, consent=fresh, may_lift_persons=True)
    assert counts(cast, INFORMATIONAL) and not counts(cast, MARKETING), "fresh consent is what it says"
    text(cast, "STOP")
    text(cast, "START")
    assert not counts(cast, MARKETING), "consent that was taken back before does not return"


def test_a_record_lifts_nothing_and_undated_consent_is_the_oldest(cast: Cast) -> None:
    text(cast, "STOP")
    assert record(cast, at=None) and record(cast, at=timezone.now() + timedelta(days=3))
    with scope(cast.northside.id):
        assert not standing(cast.northside.id, MARIA).may_text
    assert counts(cast, MARKETING), "a time in the future counts as now, after the STOP"
    undated, dated = sorted(records(cast), key=lambda one: one.obtained_at is not None)
    assert (
        undated.obtained_at is None and dated.obtained_at is not None and dated.obtained_at <= timezone.now()
    )
    with scope(cast.northside.id):
        shown = number_consent(cast.northside.id, MARIA)
    assert [(line.record.id, line.counts) for line in shown.records] == [
        (dated.id, True),
        (undated.id, False),
    ]


def test_a_mistaken_opt_out_takes_nothing_back(cast: Cast) -> None:
    record(cast)
    with scope(cast.northside.id):
        word = Actor.of(cast.admin).recording_the_persons_word()
        consent.opt_out(cast.northside.id, MARIA, word, reason="They asked us")
    assert not counts(cast, MARKETING)
    act(cast, consent.retract)
    assert counts(cast, MARKETING)
    with scope(cast.northside.id):
        shown = number_consent(cast.northside.id, MARIA)
    again = "Agreed to marketing texts before; counts again since Amir Adams lifted an opt-out as a mistake"
    assert shown.records[0].sentence == again
    act(cast, consent.opt_out, reason="Our decision")
    assert counts(cast, MARKETING), "only the person takes consent back"
    before = len(records(cast))
    assert act(cast, consent.retract) and len(records(cast)) == before, "so nothing is renewed"


def test_whoever_texts_first_consents_to_an_answer(cast: Cast) -> None:
    text(cast, "Do you have time on Friday?", STRANGER)
    text(cast, "Or on Monday?", STRANGER)
    (found,) = records(cast, STRANGER)
    assert (found.category, found.method, found.words) == (
        "informational",
        "text",
        "Do you have time on Friday?",
    )
    assert found.message_id and found.inbox_id == cast.front_desk.id
    assert not counts(cast, MARKETING, STRANGER) and counts(cast, INFORMATIONAL, STRANGER)
    for number, body in (("+14155550198", "STOP"), ("+14155550197", "wrong number")):
        text(cast, body, number)
        assert records(cast, number) == []
    text(cast, "Hello", STRANGER, cast.billing)
    assert len(records(cast, STRANGER)) == 1, "once for a number, in all inboxes"


def test_records_are_written_once(cast: Cast, owner: psycopg.Connection) -> None:
    record(cast)
    for change in ({"words": "other"}, {"category": "informational"}):
        with pytest.raises(DatabaseError), scope(cast.northside.id), transaction.atomic():
            ConsentRecord.objects.filter(team_id=cast.northside.id).update(**change)
    with pytest.raises(DatabaseError), scope(cast.northside.id), transaction.atomic():
        ConsentRecord.objects.filter(team_id=cast.northside.id).delete()
    for forbidden in ("DELETE FROM", "TRUNCATE"):
        with pytest.raises(psycopg.Error, match="written once"):
            owner.execute(f"{forbidden} optout_consentrecord")  # type: ignore[arg-type]


def test_a_member_adds_records_on_the_page_of_the_number(cast: Cast, as_client: Callable[..., Any]) -> None:
    browser = as_client(cast.member)
    url = f"/t/{cast.northside.slug}/numbers/{MARIA}/consent/"
    filled = {"category": "marketing", "method": "form", "words": "<b>Yes</b>", "source": "Website"}
    refused = browser.post(url, {**filled, "obtained_at": "2099-01-01T10:00"})
    assert refused.status_code == 422 and "in the future" in refused.content.decode()
    assert browser.post(url, {**filled, "obtained_at": "2026-05-03T08:00"}).status_code == 302
    page = browser.get(url).content.decode()
    assert "Agreed to marketing texts on a form, recorded by Maya Chen" in page and "&lt;b&gt;Yes" in page
    assert records(cast)[0].obtained_at == IN_MAY, "entered in the team's time zone"
    panel = browser.get(f"/t/{cast.northside.slug}/numbers/{MARIA}/standing/").content.decode()
    assert "Agreed to marketing texts on a form" in panel and "All records" in panel


def test_an_erasure_empties_the_words_of_texts_alone(cast: Cast) -> None:
    text(cast, "Do you have time on Friday?", STRANGER)
    record(cast, STRANGER)
    with scope(cast.northside.id):
        erase_messages(cast.northside.id, [STRANGER])
    assert [(one.method, one.words) for one in records(cast, STRANGER)] == [
        ("form", "Yes, send me offers"),
        ("text", ""),
    ]
