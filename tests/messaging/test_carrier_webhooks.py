"""Inbound webhooks: signatures, parsing, receipt, and the effect of requests."""

import hmac
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_to_bytes, urlencode

import pytest
from django.conf import settings
from django.test import Client
from twilio.request_validator import RequestValidator

from accounts.models import Inbox, KeywordResponder, Team
from contacts.contact.models import Contact
from kernel import change_tokens
from kernel.tenancy import scope
from messaging import inbound, opt_in_checks
from messaging.carriers.base import InboundText
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus
from optout import consent, number_state
from optout.auto_replies import AutoReply, default_reply_text
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import ConsentEvent, Origin, StandingState, SuppressionKind
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.conftest import Gate
from tests.messaging.fake_twilio import (
    MESSAGES,
    STATUS,
    FakeTwilio,
    new_sid,
    post_raw,
    post_signed,
    text_fields,
)

EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)


def save(inbox: Inbox, **fields: Any) -> None:
    with scope(inbox.team_id):
        for name, value in fields.items():
            setattr(inbox, name, value)
        inbox.save(update_fields=list(fields))


def events(inbox: Inbox, number: str = MARIA) -> list[ConsentEvent]:
    with scope(inbox.team_id):
        return history(inbox.team_id, number)[::-1]


def state(inbox: Inbox, number: str = MARIA) -> StandingState:
    with scope(inbox.team_id):
        return number_state.standing(inbox.team_id, number, inbox.id).state


# -- receipt -----------------------------------------------------------------------------------------------------


def test_a_text_is_stored_before_it_is_answered(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    sid, before = new_sid(), change_tokens.current_token(cast.northside.id)
    response = carrier.text(cast.front_desk, STRANGER, "Are you open today?", sid=sid, NumSegments="2")
    assert (response.status_code, response.content, response["Content-Type"]) == (200, EMPTY, "text/xml")
    (text,) = texts()
    assert (text.body, text.number, text.carrier_id, text.segments) == (
        "Are you open today?",
        STRANGER,
        sid,
        2,
    )
    assert (text.outbound, text.status, text.inbox_id) == (False, MessageStatus.RECEIVED, cast.front_desk.id)
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(id=text.conversation_id)
        assert (conversation.number, conversation.inbound_count, conversation.closed) == (STRANGER, 1, False)
        assert conversation.preview == "Are you open today?"
        assert Contact.objects.filter(team=cast.northside, number=STRANGER).count() == 1
        assert not ConsentEvent.objects.filter(team=cast.northside).exists()
        assert Inbox.objects.get(id=cast.front_desk.id).last_webhook_at
    assert change_tokens.current_token(cast.northside.id) != before


@pytest.mark.parametrize(("number", "status"), [("CA:384387", 200), ("US:384387", 200), ("+12384387", 404)])
def test_an_inbox_is_found_by_its_short_code_of_any_country(
    cast: Cast, carrier: FakeTwilio, texts: Any, number: str, status: int
) -> None:
    save(cast.front_desk, number=number)
    assert carrier.text(cast.front_desk, MARIA, "Hello", To="384387").status_code == status
    assert len(texts()) == (status == 200)


@pytest.mark.parametrize("body", ["Hello", "STOP", "HELP"])
def test_a_second_delivery_changes_nothing(cast: Cast, carrier: FakeTwilio, rows: Any, body: str) -> None:
    sid = new_sid()
    assert carrier.text(cast.front_desk, MARIA, body, sid=sid).status_code == 200
    before = rows()
    assert len(before["messaging_message"]) == (1 if body == "Hello" else 2)
    again = carrier.text(cast.front_desk, MARIA, body, sid=sid)
    assert (again.status_code, again.content) == (200, EMPTY)
    assert rows() == before


def test_a_repeated_stop_after_a_start_changes_nothing(cast: Cast, carrier: FakeTwilio, rows: Any) -> None:
    stop, start = new_sid(), new_sid()
    carrier.text(cast.front_desk, MARIA, "STOP", sid=stop)
    carrier.text(cast.front_desk, MARIA, "START", sid=start)
    before = rows()
    carrier.text(cast.front_desk, MARIA, "STOP", sid=stop)
    carrier.text(cast.front_desk, MARIA, "START", sid=start)
    assert rows() == before
    assert state(cast.front_desk) == StandingState.ACTIVE


@pytest.mark.parametrize("sender", [MARIA, STRANGER], ids=["known", "new"])
@pytest.mark.parametrize("body", ["STOP", "Hello"])
def test_ten_concurrent_deliveries_count_once(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, texts: Any, body: str, sender: str
) -> None:
    sid = new_sid()
    deliveries = [elsewhere(carrier.text, cast.front_desk, sender, body, sid=sid) for _ in range(10)]
    assert {delivery.result(20).status_code for delivery in deliveries} == {200}
    assert len(texts(outbound=False)) == 1
    stopped = body == "STOP"
    assert len(texts(outbound=True)) == len(events(cast.front_desk, sender)) == (1 if stopped else 0)
    with scope(cast.northside.id):
        assert Conversation.objects.get(team=cast.northside).inbound_count == 1
        assert Contact.objects.filter(team=cast.northside, number=sender).count() == 1


def test_ten_concurrent_texts_all_count(cast: Cast, carrier: FakeTwilio, elsewhere: Any, texts: Any) -> None:
    deliveries = [elsewhere(carrier.text, cast.front_desk, STRANGER, f"text {i}") for i in range(10)]
    assert {delivery.result(20).status_code for delivery in deliveries} == {200}
    assert {text.body for text in texts()} == {f"text {i}" for i in range(10)}
    with scope(cast.northside.id):
        assert Conversation.objects.get(team=cast.northside).inbound_count == 10


UNUSUAL_TEXTS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "NUL bytes": ({"Body": "He\x00llo\x00"}, {"body": "Hello"}),
    "NUL in every field": (
        {"OptOutType": "\x00", "NumMedia": "1", "MediaUrl0": "https://x.example/\x00a", "MediaContentType0": "a\x00b"},
        {"media": [{"url": "https://x.example/a", "type": "ab"}]},
    ),
    "1,600 characters": ({"Body": "ä" * 1600, "NumSegments": "24"}, {"body": "ä" * 1600, "segments": 24}),
    "emoji": ({"Body": "👩‍👩‍👧‍👦 ok 👍🏽"}, {"body": "👩‍👩‍👧‍👦 ok 👍🏽"}),
    "empty": ({"Body": ""}, {"body": ""}),
    "short code": ({"From": "72345"}, {"number": "US:72345"}),
    "alphanumeric": ({"From": "ACME Bank"}, {"number": "ACME Bank"}),
    "no sender": ({"From": ""}, {"number": "unknown"}),
    "very long sender": ({"From": "rcs:" + "a" * 300}, {"number": "rcs:" + "a" * 60}),
    "nonsense sender": ({"From": "\x00\u202e<script>"}, {"number": "<script>"}),
    "sender in no numbering plan": ({"From": "+19990000000000001"}, {"number": "+19990000000000001"}),
    "group MMS": (
        {"NumMedia": "2", "MediaUrl0": "https://api.twilio.com/a", "MediaContentType0": "image/jpeg",
         "MediaUrl1": "https://api.twilio.com/b", "MediaContentType1": "text/vcard",
         "OtherRecipients0": "+14155550142", "OtherRecipients1": "+14155550143"},
        {"media": [{"url": "https://api.twilio.com/a", "type": "image/jpeg"},
                   {"url": "https://api.twilio.com/b", "type": "text/vcard"}]},
    ),
    "media without a web URL": (
        {"NumMedia": "1", "MediaUrl0": "javascript:alert(1)"}, {"media": [{"url": "", "type": ""}]},
    ),
    "missing media": ({"NumMedia": "3"}, {"media": [{"url": "", "type": ""}] * 3}),
    "WhatsApp": ({"From": "whatsapp:+14155550142"}, {"number": "+14155550142", "channel": "whatsapp"}),
    "RCS": ({"From": "RCS:+14155550142"}, {"number": "+14155550142", "channel": "rcs"}),
    "unknown fields": ({"Surprise": "yes", "": "nameless", "Body ": "x", "AddOns": '{"a": 1}'}, {"body": "Hello"}),
    "unknown OptOutType": ({"OptOutType": "PAUSE"}, {"body": "Hello"}),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "expected"), UNUSUAL_TEXTS.values(), ids=list(UNUSUAL_TEXTS))
def test_an_unusual_text_is_stored(
    cast: Cast, carrier: FakeTwilio, texts: Any, fields: dict[str, str], expected: dict[str, Any]
) -> None:
    response = post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "Hello") | fields)
    assert response.status_code == 200
    (text,) = texts()
    assert {name: getattr(text, name) for name in expected} == expected
    assert events(cast.front_desk) == []


@pytest.mark.parametrize("sender", ["ACME Bank", "", "rcs:acme_agent"])
def test_a_stop_from_a_sender_that_cannot_be_texted_counts_without_a_reply(
    cast: Cast, carrier: FakeTwilio, texts: Any, sender: str
) -> None:
    carrier.text(cast.front_desk, sender, "STOP")
    (text,) = texts()
    assert state(cast.front_desk, text.number) == StandingState.OPTED_OUT


def test_a_reply_to_a_short_code_is_dialled_without_its_country(
    cast: Cast, carrier: FakeTwilio, texts: Any, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, "72345", "STOP")
    work()
    assert [text.number for text in carrier.sent] == ["72345"]


def test_a_possible_opt_out_is_marked(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    for body in ("wrong number", "see you", "stop"):
        carrier.text(cast.front_desk, MARIA, body)
    assert [text.possible_opt_out for text in texts(outbound=False)] == [True, False, False]


# -- signatures --------------------------------------------------------------------------------------------------


def test_a_wrong_or_missing_signature_is_403_and_shown_in_settings(
    cast: Cast, carrier: FakeTwilio, rows: Any
) -> None:
    fields = text_fields(cast.front_desk, MARIA, "STOP")
    assert post_signed(cast.front_desk, MESSAGES, fields, token="another token").status_code == 403
    with scope(cast.northside.id):
        assert Inbox.objects.get(id=cast.front_desk.id).last_signature_failure_at
    before = rows()
    assert post_raw(MESSAGES, urlencode(fields)).status_code == 403
    for signature in ("", "x", "é", "\x00"):
        assert (
            post_signed(cast.front_desk, MESSAGES, fields, **{"X-Twilio-Signature": signature}).status_code
            == 403
        )
    assert rows() == before


def test_a_signature_covers_every_field_and_the_url(cast: Cast, rows: Any) -> None:
    fields = text_fields(cast.front_desk, MARIA, "Hello")
    signature = RequestValidator("front-desk-token").compute_signature(settings.PUBLIC_URL + MESSAGES, fields)
    before = rows()
    header = {"X-Twilio-Signature": signature}
    assert post_raw(MESSAGES, urlencode(fields | {"Body": "STOP"}), **header).status_code == 403
    assert post_raw(MESSAGES, urlencode(fields | {"OptOutType": "START"}), **header).status_code == 403
    assert post_raw(f"{MESSAGES}?more=1", urlencode(fields), **header).status_code == 403
    assert rows()["messaging_message"] == before["messaging_message"] == []
    assert post_raw(MESSAGES, urlencode(fields), **header).status_code == 200


def test_the_signature_covers_the_public_url_and_not_the_host_header(cast: Cast, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "evil.example", "texts.northside.example"]
    settings.PUBLIC_URL = "https://texts.northside.example"
    assert post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "1")).status_code == 200
    fields = text_fields(cast.front_desk, MARIA, "2")
    for base in ("http://evil.example", "https://evil.example", "http://texts.northside.example"):
        signature = RequestValidator("front-desk-token").compute_signature(base + MESSAGES, fields)
        response = post_raw(
            MESSAGES, urlencode(fields), **{"Host": "evil.example", "X-Twilio-Signature": signature}
        )
        assert response.status_code == 403


def test_both_tokens_are_accepted_during_rotation(cast: Cast, texts: Any) -> None:
    for token, status in (("shop-token-new", 200), ("shop-token-old", 200), ("front-desk-token", 403)):
        fields = text_fields(cast.shop, MARIA, token)
        assert post_signed(cast.shop, MESSAGES, fields, token=token).status_code == status
    with scope(cast.harbor.id):
        assert Message.objects.filter(team=cast.harbor).count() == 2
    assert texts() == []


def test_an_inbox_without_a_token_accepts_nothing(cast: Cast, rows: Any) -> None:
    save(cast.front_desk, auth_tokens=[])
    assert (
        post_signed(cast.front_desk, MESSAGES, text_fields(cast.front_desk, MARIA, "x"), token="").status_code
        == 403
    )
    assert rows()["messaging_message"] == []


def test_a_captured_webhook_with_moved_boundaries_is_no_new_text(cast: Cast, texts: Any) -> None:
    """Names and values are signed without separators, so the signature of the changed form is the same."""
    fields = text_fields(cast.front_desk, MARIA, "START")
    signature = RequestValidator("front-desk-token").compute_signature(settings.PUBLIC_URL + MESSAGES, fields)
    moved = {**fields, "MessageSid": f"{fields['MessageSid']}NumMedia{fields['NumMedia']}"}
    del moved["NumMedia"]
    header = {"X-Twilio-Signature": signature}
    assert RequestValidator("front-desk-token").validate(settings.PUBLIC_URL + MESSAGES, moved, signature)
    assert post_raw(MESSAGES, urlencode(moved), **header).status_code == 400
    assert texts() == []
    assert post_raw(MESSAGES, urlencode(fields), **header).status_code == 200


@pytest.mark.parametrize(
    ("words", "stored", "stopped"),
    [
        (b"%ED%A0%BD hello", "\ufffd\ufffd\ufffd hello", False),
        (b"caf%E9", "caf\ufffd", False),
        (b"STOP%FF", "STOP\ufffd", True),
    ],
)
def test_a_signed_text_that_is_no_utf_8_is_stored_with_replacement_characters(
    cast: Cast, texts: Any, words: bytes, stored: str, stopped: bool
) -> None:
    fields = [
        (name.encode(), value.encode())
        for name, value in text_fields(cast.front_desk, MARIA, "").items()
        if name != "Body"
    ] + [(b"Body", unquote_to_bytes(words))]
    signed = (settings.PUBLIC_URL + MESSAGES).encode() + b"".join(
        name + value for name, value in sorted(fields)
    )
    signature = b64encode(hmac.new(b"front-desk-token", signed, "sha1").digest()).decode()
    assert post_raw(MESSAGES, urlencode(fields), **{"X-Twilio-Signature": signature}).status_code == 200
    assert [text.body for text in texts(outbound=False)] == [stored]
    assert state(cast.front_desk) == (StandingState.OPTED_OUT if stopped else StandingState.ACTIVE)
    assert post_raw(MESSAGES, urlencode(fields), **{"X-Twilio-Signature": signature[::-1]}).status_code == 403


# -- channels ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["rcs:", "RCS:", "whatsapp:", "sms:", "tel:", "mms:", "messenger:"])
def test_a_stop_on_any_channel_counts_for_the_number(
    cast: Cast, carrier: FakeTwilio, texts: Any, prefix: str
) -> None:
    assert carrier.text(cast.front_desk, f"{prefix}{MARIA}", "STOP").status_code == 200
    assert state(cast.front_desk) == StandingState.OPTED_OUT
    assert carrier.text(cast.front_desk, MARIA, "again").status_code == 200
    with scope(cast.northside.id):
        assert Conversation.objects.filter(team=cast.northside).count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"To": "whatsapp:+15105550100"},
        {"To": "rcs:northside_agent", "MessagingServiceSid": "MG" + "a" * 32},
        {"To": "rcs:northside_agent"},
        {"To": "WhatsApp:+15105559999"},
        {"To": "messenger:1206555"},
    ],
)
def test_a_stop_to_a_channel_of_the_account_reaches_the_inbox_last_used(
    cast: Cast, carrier: FakeTwilio, texts: Any, fields: dict[str, str]
) -> None:
    save(cast.billing, auth_tokens=["front-desk-token"])  # one account has one token
    carrier.text(cast.front_desk, MARIA, "hello")
    assert carrier.text(cast.front_desk, f"rcs:{MARIA}", "STOP", **fields).status_code == 200
    assert [text.inbox_id for text in texts(outbound=False)] == [cast.front_desk.id] * 2
    assert state(cast.front_desk) == StandingState.OPTED_OUT


def use_billing(cast: Cast, carrier: FakeTwilio) -> None:
    """Now Billing is the inbox last used."""
    carrier.text(cast.billing, MARIA, "hello")


def list_at_billing(cast: Cast, carrier: FakeTwilio) -> None:
    save(cast.billing, further_addresses=["rcs:northside_agent"])


@pytest.mark.parametrize("change", [use_billing, list_at_billing])
def test_a_second_delivery_reaches_the_inbox_that_has_the_text(
    cast: Cast, carrier: FakeTwilio, texts: Any, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    monkeypatch.setattr(opt_in_checks, "CHECK_WITHIN", timedelta())  # the STOP is an old one
    save(cast.billing, auth_tokens=["front-desk-token"])  # one account has one token
    carrier.text(cast.front_desk, MARIA, "hello")
    agent, start = {"To": "rcs:northside_agent"}, new_sid()
    carrier.text(cast.front_desk, f"rcs:{MARIA}", "START", sid=start, **agent)
    carrier.text(cast.front_desk, f"rcs:{MARIA}", "STOP", **agent)
    change(cast, carrier)
    before = texts()
    assert carrier.text(cast.front_desk, f"rcs:{MARIA}", "START", sid=start, **agent).status_code == 200
    assert texts() == before
    assert state(cast.front_desk) == StandingState.OPTED_OUT


def test_an_agent_of_another_account_is_refused(cast: Cast, carrier: FakeTwilio) -> None:
    assert (
        carrier.text(cast.front_desk, MARIA, "STOP", To="rcs:agent", AccountSid="AC" + "9" * 32).status_code
        == 404
    )
    assert carrier.text(cast.front_desk, MARIA, "STOP", To="northside_agent").status_code == 404
    assert carrier.text(cast.front_desk, MARIA, "STOP", To="+15105559999").status_code == 404


# -- claims ------------------------------------------------------------------------------------------------------


def claim(team: Any, inbox: Inbox, *tokens: str, **fields: Any) -> Inbox:
    with scope(team.id):
        return Inbox.objects.create(
            team=team,
            name="Claimed",
            number=inbox.number,
            account_id=inbox.account_id,
            auth_tokens=list(tokens),
            **fields,
        )


def test_every_claim_whose_token_verifies_receives_the_text_and_one_replies(
    cast: Cast, carrier: FakeTwilio, work: Callable[[], None]
) -> None:
    carrier.text(cast.front_desk, STRANGER, "proves the first")
    second = claim(cast.harbor, cast.front_desk, "front-desk-token")
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert state(cast.front_desk) == state(second) == StandingState.OPTED_OUT
    work()
    assert [text.number for text in carrier.sent] == [MARIA]
    with scope(cast.harbor.id):
        assert not Message.objects.filter(team=cast.harbor, outbound=True).exists()
        assert Inbox.objects.get(id=second.id).verified_at, "a webhook with its token proves it"


def test_false_claims_hide_no_true_claim_and_learn_nothing(
    cast: Cast, carrier: FakeTwilio, rows: Any
) -> None:
    carrier.text(cast.front_desk, STRANGER, "proves the true claim")
    for n in range(30):
        with scope(cast.harbor.id):
            Inbox.objects.create(
                team=cast.harbor, name=f"False {n}", number=f"+1510555{n:04d}", account_id=cast.front_desk.account_id,
                auth_tokens=["guess"],
            )  # fmt: skip
    teams = [Team.objects.create_with_owner(f"False {n}", cast.outsider.user) for n in range(25)]
    for team in teams:
        claim(team, cast.front_desk, "guess")
    assert carrier.text(cast.front_desk, MARIA, "STOP").status_code == 200
    assert state(cast.front_desk) == StandingState.OPTED_OUT
    fields = text_fields(cast.front_desk, MARIA, "STOP")
    assert post_signed(cast.front_desk, MESSAGES, fields, token="wrong").status_code == 403
    for team in teams:
        with scope(team.id):
            assert Inbox.objects.get(team=team).last_signature_failure_at is None


@pytest.mark.parametrize("claimer_first", [True, False])
def test_the_signature_selects_the_team_if_two_claim_a_number(
    cast: Cast, carrier: FakeTwilio, rows: Any, claimer_first: bool
) -> None:
    """The other team's rows do not change."""
    owner, other = (cast.shop, cast.northside) if claimer_first else (cast.front_desk, cast.harbor)
    with scope(other.id):
        Inbox.objects.create(
            team=other,
            name="Claimed",
            number=owner.number,
            account_id=owner.account_id,
            auth_tokens=["my own"],
        )
    before = rows(other)
    assert carrier.text(owner, MARIA, "STOP").status_code == 200
    assert state(owner) == StandingState.OPTED_OUT
    assert rows(other) == before


def test_the_lost_encryption_key_of_one_team_does_not_affect_another(
    cast: Cast, carrier: FakeTwilio, settings: Any
) -> None:
    """Two teams claim a number, and the token of one is unreadable."""
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["a key that gets lost"]
    with scope(cast.northside.id):
        Inbox.objects.create(
            team=cast.northside, name="Claimed", number=cast.shop.number, account_id=cast.shop.account_id,
            auth_tokens=["unreadable"],
        )  # fmt: skip
    settings.ENCRYPTION_KEYS = keys
    assert carrier.text(cast.shop, MARIA, "STOP").status_code == 200
    assert state(cast.shop) == StandingState.OPTED_OUT
    assert state(cast.front_desk) == StandingState.ACTIVE


# -- refusals ----------------------------------------------------------------------------------------------------

FORM = "application/x-www-form-urlencoded"
type Spoil = dict[str, str] | Callable[[bytes], bytes]
REFUSED: dict[str, tuple[int, Spoil, str]] = {
    "oversized": (413, {"Body": "a" * 70_000}, FORM),
    "a name twice": (400, lambda body: body + b"&X=1&X=1", FORM),
    "count in letters": (400, {"NumMedia": "two"}, FORM),
    "count with more": (400, {"NumMedia": "0NumSegments1"}, FORM),
    "negative count": (400, {"NumSegments": "-1"}, FORM),
    "more media than counted": (400, {"NumMedia": "0", "MediaUrl0": "https://x.example/a"}, FORM),
    "ID of another form": (400, {"MessageSid": "SM1"}, FORM),
    "ID with more": (400, {"MessageSid": "SM" + "0" * 32 + "NumMedia0"}, FORM),
    "account of another form": (400, {"AccountSid": "AC" + "g" * 32}, FORM),
    "bytes": (400, lambda body: bytes(range(256)), FORM),
    "empty": (400, lambda body: b"&", FORM),
    "600 fields": (400, {f"X{i}": "1" for i in range(600)}, FORM),
    "JSON": (415, lambda body: b"{}", "application/json"),
    "no content type": (415, {}, " "),
    "multipart": (415, {}, "multipart/form-data; boundary=x"),
    "no account": (400, {"AccountSid": " "}, FORM),
    "no number": (400, {"OUR": "\0"}, FORM),
    "very long account": (400, {"AccountSid": "A" * 65}, FORM),
    "unknown account": (404, {"AccountSid": "AC" + "9" * 32}, FORM),
    "unknown number": (404, {"OUR": "+15105550999"}, FORM),
    "nonsense number": (404, {"OUR": "'; DROP TABLE", "OURCountry": "?"}, FORM),
}


FORGED = f"SM{'f' * 32}"
# Cuts of a captured webhook in which a person called themselves MessageSidSM… (the profile's name of WhatsApp).
OTHER_CUTS = {
    "in the ID": lambda text: {"MessageSid": f"{text.sid}NumMedia0"},
    "in a value": lambda text: {
        "FromCountry": f"US{text.sid_and_name}", "MessageSid": FORGED, "NumMedia": None, "NumSegments": None,
    },
    "in a name": lambda text: {
        "FromCountry": None, f"FromCountryUS{text.sid_and_name}": "", "MessageSid": FORGED, "NumMedia": None,
        "NumSegments": None,
    },
    "between name and value": lambda text: {
        "FromCountry": None, "FromCountryUSMessageS": text.sid_and_name.removeprefix("MessageS"), "MessageSid": FORGED,
        "NumMedia": None, "NumSegments": None,
    },
    "in the body": lambda text: {
        "Body": f"STOPFrom{MARIA}FromCountryUS{text.sid_and_name}", "From": None, "FromCountry": None,
        "MessageSid": FORGED, "NumMedia": None, "NumSegments": None,
    },
}  # fmt: skip


class Captured:
    sid = new_sid()
    sid_and_name = f"MessageSid{sid}NumMedia0NumSegments1ProfileName"


@pytest.mark.parametrize("cut", OTHER_CUTS.values(), ids=list(OTHER_CUTS))
def test_a_captured_webhook_cut_differently_is_refused(
    cast: Cast,
    carrier: FakeTwilio,
    rows: Any,
    texts: Any,
    cut: Callable[[type[Captured]], dict[str, str | None]],
) -> None:
    """It has the signature of the captured webhook and, without this check, counted as another text."""
    fields = text_fields(cast.front_desk, MARIA, "STOP", Captured.sid, ProfileName=f"MessageSid{FORGED}")
    assert post_signed(cast.front_desk, MESSAGES, fields).status_code == 200
    changed = cut(Captured)
    gone = "ProfileName" if changed["MessageSid"] == FORGED else "NumMedia"
    forged = {name: value for name, value in {**fields, **changed, gone: None}.items() if value is not None}
    assert _signed_string(forged) == _signed_string(fields)
    before = rows()
    assert post_signed(cast.front_desk, MESSAGES, forged).status_code == 400
    assert rows() == before


def _signed_string(fields: dict[str, str]) -> str:
    return "".join(name + value for name, value in sorted(fields.items()))


def test_a_body_that_names_an_id_counts(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    carrier.text(cast.front_desk, MARIA, "my MessageSid is SM1, MessageSidSM12")
    carrier.text(cast.front_desk, MARIA, "STOP", OriginalRepliedMessageSid=new_sid(), SmsMessageSid=new_sid())
    assert len(texts(outbound=False)) == 2


@pytest.mark.parametrize(("address", "our"), [(MESSAGES, "To"), (STATUS, "From")], ids=["messages", "status"])
@pytest.mark.parametrize(("status", "spoil", "content_type"), REFUSED.values(), ids=list(REFUSED))
def test_an_unreadable_webhook_is_refused_and_logged(
    cast: Cast, rows: Any, caplog: Any, status: int, spoil: Spoil, content_type: str, address: str, our: str
) -> None:
    fields = text_fields(cast.front_desk, MARIA, "STOP") | {"MessageStatus": "sent"}
    fields |= {"To": cast.front_desk.number, "From": cast.front_desk.number}
    if isinstance(spoil, dict):
        fields |= {name.replace("OUR", our): value for name, value in spoil.items()}
    body = urlencode(fields).encode()
    before = rows()
    response = post_raw(address, body if isinstance(spoil, dict) else spoil(body), content_type=content_type)
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/plain")
    assert rows() == before
    assert f"webhook refused with {status}" in caplog.text


def test_a_signed_text_without_a_valid_id_is_refused(cast: Cast, rows: Any) -> None:
    before = rows()
    for sid in ("", "\0", "S" * 65):
        fields = text_fields(cast.front_desk, MARIA, "STOP") | {"MessageSid": sid}
        assert post_signed(cast.front_desk, MESSAGES, fields).status_code == 400
    assert rows() == before


@pytest.mark.parametrize("address", [MESSAGES, STATUS])
def test_only_post_is_allowed(client: Client, address: str) -> None:
    assert client.get(address).status_code == 405
    assert client.put(address).status_code == 405


# -- requests ----------------------------------------------------------------------------------------------------


def test_each_request_is_answered_once(cast: Cast, carrier: FakeTwilio, work: Callable[[], None]) -> None:
    """From the webhook to the sent reply, in the inbox's wording. A request without effect gets no reply."""
    save(cast.front_desk, start_reply="Welcome back to Northside.")
    stop, help = (
        default_reply_text(cast.front_desk, AutoReply.STOP),
        default_reply_text(cast.front_desk, AutoReply.HELP),
    )
    welcome = "Welcome back to Northside."
    steps = [
        ("STOP", StandingState.OPTED_OUT, [stop]),
        ("stop", StandingState.OPTED_OUT, []),
        ("HELP", StandingState.OPTED_OUT, []),
        ("Start", StandingState.ACTIVE, [welcome]),
        ("START", StandingState.ACTIVE, []),
        ("YES", StandingState.ACTIVE, []),
        ("help", StandingState.ACTIVE, [help]),
        ("please stop", StandingState.OPTED_OUT, [stop]),
        ("Hello?", StandingState.OPTED_OUT, []),
        ("Yes", StandingState.ACTIVE, [welcome]),
    ]
    for body, after, replies in steps:
        sent_before = len(carrier.sent)
        assert carrier.text(cast.front_desk, MARIA, body).status_code == 200
        work()
        assert (body, state(cast.front_desk), carrier.bodies()[sent_before:]) == (body, after, replies)
    assert {text.number for text in carrier.sent} == {MARIA}
    assert {text.sender for text in carrier.sent} == {cast.front_desk.number}


def test_yes_does_not_lift_an_opt_out_by_staff(cast: Cast, carrier: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")
    carrier.text(cast.front_desk, MARIA, "YES")
    assert state(cast.front_desk) == StandingState.OPTED_OUT
    carrier.text(cast.front_desk, MARIA, "UNSTOP")
    assert state(cast.front_desk) == StandingState.ACTIVE


@pytest.mark.parametrize(
    ("body", "opt_out_type", "before", "after"),
    [
        (
            "whatever",
            "STOP",
            StandingState.ACTIVE,
            StandingState.OPTED_OUT,
        ),  # the carrier recognizes more than we do
        ("STOP", "START", StandingState.ACTIVE, StandingState.OPTED_OUT),
        ("START", "STOP", StandingState.OPTED_OUT, StandingState.OPTED_OUT),
        ("START", "HELP", StandingState.OPTED_OUT, StandingState.OPTED_OUT),
        (
            "good morning",
            "START",
            StandingState.OPTED_OUT,
            StandingState.OPTED_OUT,
        ),  # only a keyword opts in
        ("START", "START", StandingState.OPTED_OUT, StandingState.ACTIVE),
        ("START", "start", StandingState.OPTED_OUT, StandingState.ACTIVE),
        ("YES", "START", StandingState.OPTED_OUT, StandingState.ACTIVE),
        ("START", "PAUSE", StandingState.OPTED_OUT, StandingState.ACTIVE),  # unknown: ignored
        ("STOP", "", StandingState.ACTIVE, StandingState.OPTED_OUT),
    ],
)
def test_the_stricter_of_our_and_the_carriers_reading_counts(
    cast: Cast, carrier: FakeTwilio, body: str, opt_out_type: str, before: StandingState, after: StandingState
) -> None:
    if before == StandingState.OPTED_OUT:
        carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, MARIA, body, OptOutType=opt_out_type)
    assert state(cast.front_desk) == after


def test_a_carriers_start_does_not_strengthen_a_yes(cast: Cast, carrier: FakeTwilio) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, MAYA, reason="They asked us.")
    carrier.text(cast.front_desk, MARIA, "YES", OptOutType="START")
    assert state(cast.front_desk) == StandingState.OPTED_OUT


@pytest.mark.parametrize(
    ("responder", "body", "fields", "replies"),
    [
        (KeywordResponder.CARRIER, "STOP", {"OptOutType": "STOP"}, 0),
        (KeywordResponder.CARRIER, " stop ", {}, 0),  # a keyword of the carrier
        (KeywordResponder.CARRIER, "OPT OUT", {}, 1),  # Twilio neither blocks nor confirms it
        (KeywordResponder.CARRIER, "please stop", {}, 1),
        (KeywordResponder.CARRIER, "OPT OUT", {"OptOutType": "STOP"}, 0),  # it says that it did
        (KeywordResponder.CARRIER, "HELP", {"OptOutType": "HELP"}, 0),
        (KeywordResponder.CARRIER, "help me please", {}, 0),  # conversation
        (KeywordResponder.WE, "STOP", {"OptOutType": "STOP"}, 1),
        (KeywordResponder.WE, "STOP", {}, 1),
        (KeywordResponder.WE, "HELP", {}, 1),
    ],
)
def test_the_carrier_replies_if_the_inbox_says_so_and_it_reacted(
    cast: Cast,
    carrier: FakeTwilio,
    work: Any,
    responder: KeywordResponder,
    body: str,
    fields: dict[str, str],
    replies: int,
) -> None:
    save(cast.front_desk, keyword_responder=responder)
    carrier.text(cast.front_desk, MARIA, body, **fields)
    work()
    assert len(carrier.sent) == replies


def test_a_start_that_the_carrier_answers_gets_no_reply_from_us(
    cast: Cast, carrier: FakeTwilio, work: Any
) -> None:
    save(cast.front_desk, keyword_responder=KeywordResponder.CARRIER)
    carrier.text(cast.front_desk, MARIA, "STOP", OptOutType="STOP")
    carrier.text(cast.front_desk, MARIA, "START", OptOutType="START")
    work()
    assert carrier.sent == []
    assert state(cast.front_desk) == StandingState.ACTIVE


def test_a_blocked_numbers_text_is_stored_without_content(
    cast: Cast, carrier: FakeTwilio, texts: Any, rows: Any, work: Any
) -> None:
    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, MAYA)
    # Without a stored token, the current token would change with time.
    change_tokens.renew_on_commit(cast.northside.id)
    version, before = change_tokens.current_token(cast.northside.id), rows()
    sid = new_sid()
    media = {"NumMedia": "1", "MediaUrl0": "https://x.example/a", "MediaContentType0": "image/png"}
    assert carrier.text(cast.front_desk, STRANGER, "you again", sid=sid, **media).status_code == 200
    (receipt,) = texts()
    assert (receipt.body, receipt.media, receipt.carrier_id, receipt.number) == ("", [], sid, STRANGER)
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside)
    assert (conversation.closed, conversation.inbound_count, conversation.preview) == (True, 0, "")
    assert change_tokens.current_token(cast.northside.id) == version
    assert rows()["contacts_contact"] == before["contacts_contact"]
    # A STOP counts without a reply, and applies after the block is lifted.
    carrier.text(cast.front_desk, STRANGER, "STOP")
    work()
    assert carrier.sent == []
    assert texts()[-1].body == ""
    assert change_tokens.current_token(cast.northside.id) == version
    with scope(cast.northside.id):
        consent.unblock(cast.northside.id, STRANGER, MAYA)
    assert state(cast.front_desk, STRANGER) == StandingState.OPTED_OUT
    assert [event.origin for event in events(cast.front_desk, STRANGER)] == ["member", "contact", "member"]


def test_a_start_does_not_lift_a_block(cast: Cast, carrier: FakeTwilio, texts: Any) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    with scope(cast.northside.id):
        consent.block(cast.northside.id, MARIA, MAYA)
    carrier.text(cast.front_desk, MARIA, "START")
    with scope(cast.northside.id):
        standing = number_state.standing(cast.northside.id, MARIA)
    assert [row.kind for row in standing.rows] == [SuppressionKind.BLOCK]
    assert [text.purpose for text in texts(outbound=True)] == [MessagePurpose.CONFIRMATION]


def test_a_stop_applies_in_all_inboxes_of_the_team_and_in_no_other_team(
    cast: Cast, carrier: FakeTwilio
) -> None:
    carrier.text(cast.billing, MARIA, "STOP")
    assert (state(cast.front_desk), state(cast.billing)) == (StandingState.OPTED_OUT, StandingState.OPTED_OUT)
    assert state(cast.shop) == StandingState.ACTIVE


@pytest.mark.parametrize("first", ["STOP", "START"])
def test_concurrent_stop_and_start_apply_in_the_order_of_their_locks(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any, waits_for_lock: Any, first: str
) -> None:
    """One webhook holds the number's lock, the other waits, and the later request applies."""
    received, second = Gate(), "START" if first == "STOP" else "STOP"
    carrier.text(cast.front_desk, MARIA, "STOP")

    def slowly() -> None:
        with scope(cast.northside.id):
            inbound.receive(cast.front_desk, InboundText(new_sid(), MARIA, first))
            received.passed()
            received.await_open()

    first_webhook = elsewhere(slowly)
    received.await_passed()
    second_webhook = elsewhere(carrier.text, cast.front_desk, MARIA, second)
    waits_for_lock()
    assert len(events(cast.front_desk)) == 1
    received.open()
    first_webhook.result(10)
    assert second_webhook.result(10).status_code == 200
    assert [event.words for event in events(cast.front_desk)] == ["STOP", first, second]
    assert state(cast.front_desk) == (StandingState.OPTED_OUT if second == "STOP" else StandingState.ACTIVE)


def test_many_concurrent_requests_leave_one_unbroken_chain(
    cast: Cast, carrier: FakeTwilio, elsewhere: Any
) -> None:
    words = ["STOP", "START"] * 6
    deliveries = [elsewhere(carrier.text, cast.front_desk, MARIA, word) for word in words]
    assert {delivery.result(20).status_code for delivery in deliveries} == {200}
    entries = events(cast.front_desk)
    assert [event.position for event in entries] == list(range(1, 13))
    assert sorted(event.words for event in entries) == sorted(words)
    assert all(entry.after == following.before for entry, following in pairwise(entries))
    assert state(cast.front_desk) == (
        StandingState.OPTED_OUT if entries[-1].words == "STOP" else StandingState.ACTIVE
    )
