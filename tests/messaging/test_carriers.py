"""Each carrier, through HTTP against its fake: a whole scenario, its signature, repeated webhooks, and its setup."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts.carrier_setup import SETUPS
from accounts.models import Carrier, Inbox, KeywordResponder, Member
from kernel.tenancy import scope
from messaging.carriers.base import OptedOutAtCarrier, OutboundText, OutcomeUnknown, Rejected, TryLater
from messaging.carriers.error_codes import carrier_page_url, known_reason
from messaging.carriers.registry import WEBHOOK_READERS, adapter_for
from messaging.compose import compose_text
from messaging.models import Message, MessagePurpose, MessageStatus
from messaging.refusal_reasons import CARRIER_OPTED_OUT
from optout.carrier_keywords import replies_to
from optout.ledger import history
from optout.models import ConsentEvent, Origin, StandingState
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_bandwidth import FakeBandwidth
from tests.messaging.fake_carrier import CarrierFake, serving_api
from tests.messaging.fake_plivo import FakePlivo
from tests.messaging.fake_sinch import FakeSinch
from tests.messaging.fake_telnyx import FakeTelnyx
from tests.messaging.fake_vonage import FakeVonage

FAKES: tuple[type[CarrierFake], ...] = (FakeTelnyx, FakeBandwidth, FakePlivo, FakeSinch, FakeVonage)
Texts = Callable[..., list[Message]]


@pytest.fixture(scope="session")
def _apis() -> Iterator[tuple[str, list[CarrierFake]]]:
    current: list[CarrierFake] = []
    with serving_api(lambda: current[-1]) as url:
        yield url, current


@pytest.fixture(params=FAKES, ids=lambda fake: str(fake.carrier))
def fake(
    request: pytest.FixtureRequest, cast: Cast, settings: Any, _apis: tuple[str, list[CarrierFake]]
) -> CarrierFake:
    """Northside's front desk is at this carrier."""
    url, current = _apis
    settings.CARRIER_API_URL = url
    current.append(request.param())
    with scope(cast.northside.id):
        current[-1].move_in(cast.front_desk)
    return current[-1]


def at_those(chosen: Callable[[type[CarrierFake]], Any]) -> pytest.MarkDecorator:
    """Only at the carriers for which this is true: others have nothing of the kind."""
    fakes = [fake for fake in FAKES if chosen(fake)]
    return pytest.mark.parametrize("fake", fakes, indirect=True, ids=lambda fake: str(fake.carrier))


def compose(cast: Cast, number: str, body: str) -> None:
    with scope(cast.northside.id):
        compose_text(cast.front_desk, number, body, author=cast.member)


def state(cast: Cast, number: str) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, number, cast.front_desk.id).state


def entries(cast: Cast, number: str) -> list[ConsentEvent]:
    with scope(cast.northside.id):
        return history(cast.northside.id, number)[::-1]


def test_stop_confirmation_refused_send_and_start(
    cast: Cast, fake: CarrierFake, texts: Texts, work: Callable[[], None]
) -> None:
    """As it would go in an inbox that replies itself."""
    desk = cast.front_desk
    assert fake.text(desk, MARIA, "Are you open? 👋").post().status_code == 200
    compose(cast, MARIA, "Until six")
    work()
    (answer,) = texts(outbound=True)
    assert (answer.status, answer.carrier_id) == (MessageStatus.SENT, fake.sent[0].id)
    assert fake.report(desk, answer, "delivered").post().status_code == 200
    assert texts(outbound=True)[0].status == MessageStatus.DELIVERED

    assert fake.text(desk, MARIA, "STOP").post().status_code == 200
    assert state(cast, MARIA) == StandingState.OPTED_OUT
    work()
    (confirmation,) = texts(purpose=MessagePurpose.CONFIRMATION)
    assert (confirmation.status, fake.sent[-1].body) == (MessageStatus.SENT, confirmation.body)
    compose(cast, MARIA, "One more thing")
    work()
    refused = texts(body="One more thing")[0]
    assert (refused.status, refused.reason) == (MessageStatus.REFUSED, "opted_out")
    assert len(fake.sent) == 2

    # Some carriers' times have whole seconds, and of a STOP and a START of one second the STOP counts.
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert fake.text(desk, MARIA, "START", at=later).post().status_code == 200
    assert state(cast, MARIA) == StandingState.ACTIVE
    compose(cast, MARIA, "Welcome back")
    work()
    assert fake.sent[-1].body == "Welcome back"
    assert [text.number for text in texts(outbound=False)] == [MARIA] * 3
    assert texts(outbound=False)[0].body == "Are you open? 👋"


@at_those(lambda fake: fake.refusal_code)
def test_carriers_own_opt_out_counts(
    cast: Cast, fake: CarrierFake, texts: Texts, work: Callable[[], None]
) -> None:
    """Its refusal is a STOP that we missed; the person's START lifts it."""
    fake.opted_out.add(TOM)
    compose(cast, TOM, "Hello Tom")
    work()
    if fake.refuses_later:
        (text,) = texts()
        assert text.status == MessageStatus.SENT
        assert fake.report(cast.front_desk, text, "opted_out").post().status_code == 200
    (text,) = texts()
    assert (text.status, text.reason) == (MessageStatus.REFUSED, CARRIER_OPTED_OUT)
    assert text.error_code == fake.refusal_code
    (entry,) = entries(cast, TOM)
    assert (entry.origin, state(cast, TOM)) == (Origin.CARRIER, StandingState.OPTED_OUT)
    # Some carriers' times have whole seconds; one within the second of the refusal would be older.
    later = datetime.now(UTC) + timedelta(seconds=1)
    fake.text(cast.front_desk, TOM, "START", at=later).post()
    assert state(cast, TOM) == StandingState.ACTIVE


def test_failure_is_told_in_words(
    cast: Cast, fake: CarrierFake, texts: Texts, work: Callable[[], None]
) -> None:
    compose(cast, MARIA, "Hello")
    work()
    fake.report(cast.front_desk, texts()[0], "failed").post()
    (text,) = texts()
    assert text.status in (MessageStatus.UNDELIVERED, MessageStatus.FAILED)
    assert known_reason(text.error_code) and text.trouble == f"{known_reason(text.error_code)}."
    assert carrier_page_url(text.error_code).startswith("https://")
    assert not fake.refusal_code or known_reason(fake.refusal_code) == "The person opted out at the carrier"


def test_second_delivery_changes_nothing(cast: Cast, fake: CarrierFake, rows: Any) -> None:
    posting = fake.text(cast.front_desk, MARIA, "STOP", id=fake.new_id())
    assert posting.post().status_code == 200
    before = rows()
    assert posting.post().status_code in (200, 409)
    assert rows() == before


def test_carriers_own_retry_counts(
    cast: Cast, fake: CarrierFake, texts: Texts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook that failed here is no replay when it comes again, byte for byte."""
    posting = fake.text(cast.front_desk, MARIA, "STOP")

    def unavailable(*_: Any, **__: Any) -> None:
        raise OperationalError("the server is restarting")

    with monkeypatch.context() as patched:
        patched.setattr("messaging.verified_webhook.store", unavailable)
        assert posting.post().status_code == 503
    assert posting.post().status_code == 200
    assert [text.body for text in texts(outbound=False)] == ["STOP"]


def test_changed_byte_or_other_credentials_are_refused(cast: Cast, fake: CarrierFake, texts: Texts) -> None:
    posting = fake.text(cast.front_desk, MARIA, "Please stop")
    if fake.carrier != Carrier.BANDWIDTH:  # a password signs no content
        assert replace(posting, body=posting.body.replace(b"stop", b"stoq")).post().status_code == 403
    for name in posting.headers:
        missing = {key: value for key, value in posting.headers.items() if key != name}
        assert replace(posting, headers=missing).post().status_code == 403, name
    with scope(cast.northside.id):
        cast.front_desk.credentials = None
        cast.front_desk.auth_tokens = ["another-token-of-the-inbox"]
        cast.front_desk.save()
    assert posting.post().status_code == 403
    assert not texts()


def test_webhook_for_another_account_or_carrier_is_refused(
    cast: Cast, fake: CarrierFake, texts: Texts
) -> None:
    posting = fake.text(cast.front_desk, MARIA, "STOP")
    with scope(cast.northside.id):
        cast.front_desk.carrier = Carrier.TWILIO
        cast.front_desk.save()
    assert posting.post().status_code == 404
    assert replace(posting, address=f"/webhooks/{fake.carrier}/another").post().status_code == 404
    assert not texts()


BAD_BODIES = (
    b"",
    b"[]",
    b"{}",
    b"null",
    b'{"data": []}',
    b"[1]",
    b"\xff",
    b"[" * 60_000,
    b'[{"message": "x"}]',
)


def test_what_is_no_webhook_is_refused_and_changes_nothing(cast: Cast, fake: CarrierFake, rows: Any) -> None:
    """Nothing that is not understood is stored, whoever signs it."""
    posting, before = fake.text(cast.front_desk, MARIA, "Hello"), rows()
    for body in BAD_BODIES:
        assert replace(posting, body=body).post().status_code < 500, body[:20]
    assert replace(posting, body=b"x" * 70_000).post().status_code == 413
    assert replace(posting, content_type="text/plain").post().status_code == 415
    assert rows() == before


HELLO = OutboundText(MARIA, "Hello", "https://texts.example/status?message=1", reference="1")


def test_meaning_of_an_answer(cast: Cast, fake: CarrierFake) -> None:
    for status, kind in (
        (429, TryLater),
        (503, TryLater),
        (500, OutcomeUnknown),
        (401, Rejected),
        (400, Rejected),
    ):
        fake.answers.append((status, {}))
        with pytest.raises(kind) as found:
            adapter_for(cast.front_desk).send(cast.front_desk, HELLO)
        assert not isinstance(found.value, OptedOutAtCarrier)
        assert len(found.value.code) <= 12
    fake.answers.append((200, {}))
    with pytest.raises(OutcomeUnknown):
        adapter_for(cast.front_desk).send(cast.front_desk, HELLO)


def test_nothing_is_called_without_readable_credentials(cast: Cast, fake: CarrierFake) -> None:
    cast.front_desk.auth_tokens = []
    with pytest.raises(Rejected, match="no readable credentials"):
        adapter_for(cast.front_desk).send(cast.front_desk, HELLO)
    assert not fake.calls


def test_credentials_are_proved_by_a_call(
    cast: Cast, fake: CarrierFake, as_client: Callable[[Member], Client]
) -> None:
    browser = as_client(cast.admin)
    address = reverse("inbox_connection_test", args=[cast.northside.slug, cast.front_desk.id])
    page = browser.post(address, follow=True).content.decode()
    assert "The carrier accepts the saved credentials." in page
    assert fake.calls
    fake.answers.append((401, {}))
    assert "does not accept" in browser.post(address, follow=True).content.decode()


def test_page_sets_the_inbox_up(
    cast: Cast, fake: CarrierFake, as_client: Callable[[Member], Client], settings: Any
) -> None:
    settings.SECURE, settings.PUBLIC_URL, settings.SECURE_SSL_REDIRECT = True, "https://texts.example", False
    browser, setup = as_client(cast.admin), SETUPS[fake.carrier]
    address = reverse("new_inbox", args=[cast.northside.slug])
    page = unescape(browser.get(f"{address}?carrier={fake.carrier}").content.decode())
    assert all(credential.label in page for credential in setup.fields)
    form = {
        "name": "Sales", "number": "(510) 555-0123", "carrier": fake.carrier, "account_id": fake.account_id,
        "auth_token": fake.token, "keyword_responder": "we", **fake.credentials,
    }  # fmt: skip
    empty = {credential.name: "" for credential in setup.fields if not credential.choices}
    refused = browser.post(address, {**form, **empty})
    assert refused.status_code == 422
    assert refused.content.decode().count("Copy the ") >= len(empty)
    page = browser.post(address, form, follow=True).content.decode()
    with scope(cast.northside.id):
        inbox = Inbox.objects.get(name="Sales")
    assert (inbox.carrier, inbox.account_id, inbox.auth_tokens) == (
        fake.carrier,
        fake.account_id,
        [fake.token],
    )
    assert {name: inbox.credential(name) for name in fake.credentials} == fake.credentials
    assert f"https://texts.example{fake.address}" in page
    secret = [fake.token, *(fake.credentials[c.name] for c in setup.more if c.secret)]
    page = browser.get(reverse("edit_inbox", args=[cast.northside.slug, inbox.id])).content.decode()
    assert not [value for value in secret if value in page]


@at_those(lambda fake: SETUPS[fake.carrier].sets_address)
def test_one_press_sets_the_address(
    cast: Cast, fake: CarrierFake, as_client: Callable[[Member], Client], settings: Any
) -> None:
    settings.SECURE, settings.PUBLIC_URL, settings.SECURE_SSL_REDIRECT = True, "https://texts.example", False
    browser = as_client(cast.admin)
    address = reverse("inbox_carrier_address", args=[cast.northside.slug, cast.front_desk.id])
    fake.webhook = "https://former.example/sms"
    assert 'value="https://former.example/sms"' in browser.post(address).content.decode()
    assert fake.webhook == "https://former.example/sms"
    answer = browser.post(address, {"replacing": fake.webhook}, follow=True)
    assert "Connected." in answer.content.decode()
    assert fake.webhook == f"https://texts.example{fake.address}"


def test_carrier_that_replies_is_not_repeated(
    cast: Cast, fake: CarrierFake, texts: Texts, work: Callable[[], None]
) -> None:
    """In an inbox whose carrier replies: to its own keywords it does, to other requests we do."""
    with scope(cast.northside.id):
        cast.front_desk.keyword_responder = KeywordResponder.CARRIER
        cast.front_desk.save()
    own = {word: replies_to(fake.carrier, word) for word in ("STOP", "HELP")}
    fake.text(cast.front_desk, STRANGER, "help").post()
    fake.text(cast.front_desk, MARIA, "stop ").post()
    fake.text(cast.front_desk, TOM, "please stop texting me").post()
    work()
    assert len(texts(purpose=MessagePurpose.CONFIRMATION, number=MARIA)) == (0 if own["STOP"] else 1)
    assert len(texts(number=STRANGER, outbound=True)) == (0 if own["HELP"] else 1)
    assert len(texts(purpose=MessagePurpose.CONFIRMATION, number=TOM)) == 1


def test_each_carrier_is_complete() -> None:
    assert set(WEBHOOK_READERS) == {fake.carrier for fake in FAKES}
    assert set(SETUPS) == {*WEBHOOK_READERS, Carrier.TWILIO, Carrier.SIMULATOR}
    for fake in FAKES:
        setup = SETUPS[fake.carrier]
        assert {credential.name for credential in setup.more} == set(fake.credentials)
        assert setup.replies and setup.silence and setup.who_replies
