"""Channels: RCS, WhatsApp and others reach one number, one standing, and the inbox that has the address."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.inbox_addresses import canonical_address
from accounts.models import Inbox
from accounts.number_types import NumberType, guess_number_type
from kernel.combined_inserts import insert_together
from kernel.tenancy import scope
from messaging import tasks
from messaging.channels import channel_for
from messaging.compose import compose_text
from messaging.models import Conversation, Message
from messaging.scheduling.schedule import schedule
from optout import ledger, number_state
from optout.models import StandingState
from optout.pending_opt_ins import newest_note
from optout.reviews import Review, ReviewKind
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.test_carrier_webhooks import save

AGENT, SERVICE, WHATSAPP = "rcs:northside_agent", "MG" + "a" * 32, "whatsapp:+15105559999"


def state(inbox: Inbox, number: str) -> StandingState:
    with scope(inbox.team_id):
        return number_state.standing(inbox.team_id, number, inbox.id).state


# -- one person, one standing ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        *({"From": f"{prefix}{MARIA}"} for prefix in ("rcs:", "RCS:", "whatsapp:", "sms:")),
        {"From": f"rcs:{MARIA}", "To": "rcs:some_agent", "MessagingServiceSid": SERVICE},
        {"From": f"whatsapp:{MARIA}", "To": "whatsapp:+15105550100"},
    ],
)
def test_after_a_stop_in_any_channel_a_send_is_refused(
    cast: Cast, carrier: FakeTwilio, fields: dict[str, str]
) -> None:
    save(cast.billing, account_id="AC" + "7" * 32)
    assert carrier.text(cast.front_desk, MARIA, "STOP", **fields).status_code == 200
    text = {"inbox_id": cast.front_desk.id, "text": "Hello"}
    crm = create_client(cast.owner)
    for written in (MARIA[1:], f"rcs:{MARIA}", f"whatsapp:{MARIA}", f"sms:{MARIA}"):
        answer = crm.call("POST", "message/send", {**text, "phone_number": written})
        assert answer.json()["error_code"] == "unsubscribed_number", written


@pytest.mark.parametrize("stored", [f"rcs:{MARIA}", f"whatsapp:{MARIA}", "ACME"])
def test_no_text_goes_to_an_address_that_is_no_number(
    cast: Cast, carrier: FakeTwilio, work: Any, as_client: Any, owner: Any, stored: str
) -> None:
    """Earlier versions took the channel for a part of the number, whose STOP such a conversation does not have."""
    now = timezone.now()
    with scope(cast.northside.id):
        old = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=stored, last_message_at=now
        )
        schedule(old, "Later", now + timedelta(days=1), cast.member, unless_answered=False)
        queued = compose_text(cast.front_desk, TOM, "Queued", author=cast.member, by_hand=True)
    move = "UPDATE messaging_message SET number = %s, conversation_id = %s WHERE id = %s"
    owner.execute(move, (stored, old.id, queued.id))
    work()
    as_client(cast.member).post(reverse("messages", args=[cast.northside.slug, old.id]), {"body": "Now"})
    owner.execute("UPDATE messaging_scheduledtext SET send_at = now() - interval '1 second'")
    tasks.send_scheduled_texts()
    work()
    assert carrier.sent == []


SENT_AS = {"": "", "rcs": "rcs:", "whatsapp": "whatsapp:", "messenger": "messenger:"}


def test_an_opt_in_in_another_app_lifts_no_opt_out_by_text(cast: Cast, carrier: FakeTwilio) -> None:
    """START in the phone's own messages lifts all; in an app only what was said in that app alone."""
    stops = [(one,) for one in SENT_AS] + list(product(SENT_AS, repeat=2))
    for nth, (came_by, start) in enumerate(product(stops, SENT_AS)):
        number = f"+1415555{nth + 1000}"
        for channel in came_by:
            carrier.text(cast.front_desk, f"{SENT_AS[channel]}{number}", "STOP")
            assert state(cast.front_desk, number) == StandingState.OPTED_OUT
        carrier.text(cast.front_desk, f"{SENT_AS[start]}{number}", "START")
        lifts = start in ("", "rcs") or set(came_by) == {start}
        expected = StandingState.ACTIVE if lifts else StandingState.OPTED_OUT
        assert state(cast.front_desk, number) == expected, (came_by, start)


def test_a_start_in_whatsapp_after_a_stop_by_text_is_explained(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    work()
    carrier.text(cast.front_desk, f"whatsapp:{MARIA}", "START")
    work()
    assert len(carrier.sent) == 1, "START is not answered"
    why = create_client(cast.owner).get(f"contact/{MARIA[1:]}/why")
    assert not why["may_text"] and "came in another app" in why["sentence"]
    with scope(cast.northside.id):
        assert newest_note(cast.northside.id, MARIA) in why["sentence"]
        assert Review.objects.open().get(team=cast.northside).kind == ReviewKind.WANTS_TEXTS
        assert [event.action for event in ledger.history(cast.northside.id, MARIA)] == ["opted_out"]
    carrier.text(cast.front_desk, MARIA, "START")
    assert state(cast.front_desk, MARIA) == StandingState.ACTIVE


def test_the_ledger_names_the_channel_of_an_opt_out(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.text(cast.front_desk, f"whatsapp:{MARIA}", "STOP")
    carrier.text(cast.front_desk, TOM, "STOP")
    with scope(cast.northside.id):
        sources = [ledger.history(cast.northside.id, number)[0].source for number in (MARIA, TOM)]
    assert sources == ["WhatsApp", ""]


# -- the way of a reply ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("channel", "hours_ago", "addresses", "is_reply", "expected"),
    [
        ("", 1, [AGENT, WHATSAPP], True, ""),
        ("whatsapp", 1, [], True, "whatsapp"),
        ("whatsapp", 23.9, [], True, "whatsapp"),
        ("whatsapp", 24.1, [], True, ""),
        ("whatsapp", 1, [WHATSAPP], False, ""),
        ("rcs", 1, [AGENT], True, "rcs"),
        ("rcs", 100, [AGENT], True, "rcs"),
        ("rcs", 1, [SERVICE, WHATSAPP], True, ""),
        ("rcs", 1, [AGENT], False, ""),
        ("messenger", 1, [AGENT], True, ""),
    ],
)
def test_a_reply_goes_the_way_in_which_the_person_wrote(
    channel: str, hours_ago: float, addresses: list[str], is_reply: bool, expected: str
) -> None:
    now = timezone.now()
    inbox = Inbox(number="+15105550100", further_addresses=addresses)
    conversation = Conversation(channel=channel, last_inbound_at=now - timedelta(hours=hours_ago))
    message = Message(inbox=inbox, marketing=not is_reply)
    assert channel_for(message, conversation, now) == expected


@pytest.mark.parametrize(
    ("sender", "addresses", "sent_from", "sent_to"),
    [
        (MARIA, [AGENT], "+15105550100", MARIA),
        (f"whatsapp:{MARIA}", [], "whatsapp:+15105550100", f"whatsapp:{MARIA}"),
        (f"whatsapp:{MARIA}", [WHATSAPP], WHATSAPP, f"whatsapp:{MARIA}"),
        (f"rcs:{MARIA}", [AGENT], AGENT, f"rcs:{MARIA}"),
        (f"rcs:{MARIA}", [], "+15105550100", MARIA),
    ],
)
def test_a_reply_names_its_channel_at_the_carrier(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None],
    sender: str, addresses: list[str], sent_from: str, sent_to: str,
) -> None:  # fmt: skip
    save(cast.front_desk, further_addresses=addresses)
    carrier.text(cast.front_desk, sender, "Are you open?")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "We are", author=cast.member, by_hand=True)
    work()
    (sent,) = carrier.sent
    assert (sent.sender, sent.number) == (sent_from, sent_to)
    (text,) = texts(outbound=True)
    assert text.channel == (sent_to.partition(":")[0] if ":" in sent_to else "")
    report = carrier.report(text, "delivered", From=sent_from, To=sent_to)
    assert report.status_code == 200 and texts(outbound=True)[0].status == "delivered"


def test_an_older_text_that_is_found_late_does_not_change_the_way(cast: Cast, carrier: FakeTwilio) -> None:
    now = timezone.now()
    with scope(cast.northside.id):
        for at, channel in ((now, ""), (now - timedelta(hours=1), "whatsapp")):
            insert = Conversation.objects.insert_inbound(cast.front_desk, MARIA, at, "Hello", channel=channel)
            insert_together(conversation=insert)
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    assert (conversation.channel, conversation.last_inbound_at) == ("", now)


# -- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("rcs:northside_agent", AGENT),
        (" RCS:Northside_Agent ", AGENT),
        (SERVICE, SERVICE),
        ("whatsapp:+1 510 555 9999", WHATSAPP),
        ("WhatsApp:+15105559999", WHATSAPP),
        ("+15105559999", ""),
        ("rcs:+15105559999", ""),
        ("rcs:15105559999", ""),
        ("whatsapp:name", ""),
        ("MG123", ""),
        ("rcs:", ""),
        ("", ""),
    ],
)
def test_further_addresses_have_one_form(written: str, address: str) -> None:
    assert canonical_address(written) == address


@pytest.mark.parametrize(
    "fields",
    [
        {"To": "RCS:northside_agent"},
        {"To": WHATSAPP},
        {"To": "rcs:other_agent", "MessagingServiceSid": SERVICE},
        {"To": "+15105551234", "MessagingServiceSid": SERVICE},
    ],
)
def test_a_text_reaches_the_inbox_that_has_the_address(
    cast: Cast, carrier: FakeTwilio, texts: Any, fields: dict[str, str]
) -> None:
    save(cast.billing, further_addresses=[AGENT, SERVICE, WHATSAPP])
    carrier.text(cast.front_desk, MARIA, "hello")
    assert carrier.text(cast.billing, f"rcs:{MARIA}", "STOP", **fields).status_code == 200
    assert [text.inbox_id for text in texts(outbound=False)] == [cast.front_desk.id, cast.billing.id]
    assert state(cast.front_desk, MARIA) == StandingState.OPTED_OUT
    assert _read(cast.billing).unlisted_address == ""


@pytest.mark.parametrize(
    ("fields", "noted"),
    [
        ({"To": "rcs:northside_agent", "MessagingServiceSid": SERVICE}, AGENT),
        ({"To": "+15105551234", "MessagingServiceSid": SERVICE}, SERVICE),
        ({"To": "whatsapp:+15105559999"}, WHATSAPP),
        ({"To": "whatsapp:+15105550100"}, ""),
        ({"To": "+15105550100", "MessagingServiceSid": SERVICE}, ""),
    ],
)
def test_an_address_that_no_inbox_has_is_noted(
    cast: Cast, carrier: FakeTwilio, fields: dict[str, str], noted: str
) -> None:
    assert carrier.text(cast.front_desk, STRANGER, "hello", **fields).status_code == 200
    assert _read(cast.front_desk).unlisted_address == noted


def _read(inbox: Inbox) -> Inbox:
    with scope(inbox.team_id):
        return Inbox.objects.get(team_id=inbox.team_id, id=inbox.id)


# -- number types ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+15105550100", NumberType.LONG_CODE),
        ("+447911123456", NumberType.LONG_CODE),
        *((f"+1{code}5550199", NumberType.TOLL_FREE) for code in (800, 833, 844, 855, 866, 877, 888)),
        ("+18105550199", NumberType.LONG_CODE),
        ("+448001111111", NumberType.LONG_CODE),
        ("US:384387", NumberType.SHORT_CODE),
        ("ACME", NumberType.ALPHANUMERIC),
        ("rcs:acme_agent", NumberType.RCS_AGENT),
    ],
)
def test_the_type_is_guessed_from_the_number(number: str, expected: NumberType) -> None:
    assert guess_number_type(number) is expected
    assert Inbox(number=number).number_type is expected
    assert Inbox(number=number, stated_number_type="short_code").number_type is NumberType.SHORT_CODE


@pytest.mark.parametrize(
    ("word", "replies"),
    [("STOP", 0), (" stop ", 0), ("CANCEL", 1), ("Stop, thanks", 1), ("HELP", 1)],
)
def test_the_network_of_toll_free_numbers_confirms_stop_itself(
    cast: Cast, carrier: FakeTwilio, texts: Any, word: str, replies: int
) -> None:
    save(cast.front_desk, number="+18005550199")
    carrier.text(cast.front_desk, MARIA, word)
    assert len(texts(outbound=True)) == replies
    assert (state(cast.front_desk, MARIA) == StandingState.ACTIVE) == (word == "HELP")


@pytest.mark.parametrize(("word", "lifts"), [("YES", False), ("START", True), ("unstop", True)])
def test_yes_lifts_nothing_on_a_toll_free_number(
    cast: Cast, carrier: FakeTwilio, texts: Any, word: str, lifts: bool
) -> None:
    save(cast.front_desk, number="+18005550199")
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, word)
    assert (state(cast.front_desk, MARIA) == StandingState.ACTIVE) == lifts
    assert not texts(outbound=True), "the network replies to START and UNSTOP"
