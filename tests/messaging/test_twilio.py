"""Twilio's REST API: the meaning of each response, and the list of received texts."""

import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

import pytest
from urllib3.util.connection import create_connection

from accounts.models import Inbox
from kernel import call_deadline
from kernel.tenancy import scope
from messaging.carriers.base import (
    Accepted,
    InboundText,
    OptedOutAtCarrier,
    OutboundText,
    OutcomeUnknown,
    Rejected,
    SendError,
    TryLater,
)
from messaging.carriers.twilio import adapter as twilio
from messaging.carriers.twilio import webhooks
from messaging.carriers.webhooks import BadWebhook
from tests.cast import MARIA, TOM, Cast
from tests.messaging.conftest import Gate
from tests.messaging.fake_twilio import OPTED_OUT, OVERLOADED, FakeTwilio, SendAnswer, refusal

HELLO = OutboundText(MARIA, "Hellö 👋", "https://texts.example/status?message=1")
PROBLEM = {"type": "https://twilio.com/21610", "title": "Opted out", "status": 400, "code": 21610}


def send(inbox: Inbox, text: OutboundText = HELLO) -> Accepted:
    return twilio.TwilioAdapter().send(inbox, text)


def test_a_text_is_sent_from_the_inbox_with_its_newest_token(cast: Cast, carrier: FakeTwilio) -> None:
    accepted = send(cast.shop)
    (text,) = carrier.sent
    assert accepted == Accepted(text.sid, 1)
    assert (text.number, text.body, text.sender) == (MARIA, "Hellö 👋", cast.shop.number)
    assert text.callback == HELLO.callback
    credentials = f"{cast.shop.account_id}:shop-token-new".encode()
    assert text.authorization == f"Basic {b64encode(credentials).decode()}"


def test_a_short_code_is_dialled_without_its_country(cast: Cast, carrier: FakeTwilio) -> None:
    send(cast.shop, OutboundText("US:72345", "Hello", "https://x.example/"))
    assert carrier.sent[0].number == "72345"


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (OPTED_OUT, OptedOutAtCarrier, "21610"),
        (SendAnswer(400, PROBLEM), OptedOutAtCarrier, "21610"),  # an RFC 9457 problem
        (refusal(21211, "Invalid 'To' Phone Number"), Rejected, "21211"),
        (refusal(20404, "No such account", 404), Rejected, "20404"),
        (refusal(20003, "Authenticate", 401), Rejected, "20003"),
        (refusal(20005, "Account not active", 403), Rejected, "20005"),
        (OVERLOADED, TryLater, "20429"),
        (refusal(20503, "Service unavailable", 503), TryLater, "20503"),
        (refusal(20500, "Internal error", 500), OutcomeUnknown, "20500"),
        (SendAnswer(502, b"<html>Bad gateway</html>"), OutcomeUnknown, "502"),
        (SendAnswer(201, b"<html>"), OutcomeUnknown, ""),
    ],
    ids=str,
)
def test_each_error_response_has_its_meaning(
    cast: Cast, carrier: FakeTwilio, answer: SendAnswer, kind: type[SendError], code: str
) -> None:
    carrier.answers.append(answer)
    with pytest.raises(SendError) as caught:
        send(cast.shop)
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert not str(caught.value).startswith("Unable to create record")


def test_a_refused_connection_is_retried(cast: Cast, settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refuses connections
        settings.TWILIO_API_URL = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(TryLater):
            send(cast.shop)


def test_an_unknown_host_name_is_retried(cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    settings.TWILIO_API_URL = "http://nowhere.example:81"
    with pytest.raises(TryLater):
        send(cast.shop)


def test_a_connection_timeout_is_retried(cast: Cast, settings: Any) -> None:
    """A listener with a full queue does not answer a SYN, like a firewall that drops it."""
    settings.CARRIER_TIMEOUT = (0.3, 5)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        address = full.getsockname()
        clients = [socket.socket() for _ in range(3)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(address)
        settings.TWILIO_API_URL = f"http://127.0.0.1:{address[1]}"
        with pytest.raises(TryLater):
            send(cast.shop)
        for client in clients:
            client.close()


@pytest.fixture
def blocked_lookups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Name lookups wait until the gate opens, and answer then."""
    gate = Gate()

    def look_up(host: str, port: int, *_: Any, **__: Any) -> Any:
        gate.passed()
        gate.await_open()
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield gate
    gate.open()


def test_a_name_lookup_is_within_the_time_limit(
    cast: Cast, carrier: FakeTwilio, settings: Any, blocked_lookups: Gate
) -> None:
    settings.CARRIER_TIMEOUT = (0.1, 5)
    settings.TWILIO_API_URL = settings.TWILIO_API_URL.replace("127.0.0.1", "carrier.example")
    for _ in range(2):  # the second call waits for the lookup of the first
        with pytest.raises(TryLater):
            send(cast.shop)
    blocked_lookups.await_passed()
    assert carrier.sent == []
    settings.CARRIER_TIMEOUT = (5, 5)
    blocked_lookups.open()
    send(cast.shop)
    assert len(carrier.sent) == 1


@pytest.mark.parametrize("connected", [False, True], ids=["a new connection", "a connection kept open"])
def test_a_text_whose_claim_has_lapsed_is_not_written(
    cast: Cast, carrier: FakeTwilio, settings: Any, connected: bool
) -> None:
    settings.TWILIO_API_URL = settings.TWILIO_API_URL.replace("127.0.0.1", "localhost")
    if connected:
        send(cast.shop)
    with pytest.raises(TryLater):
        send(cast.shop, replace(HELLO, body="too late", write_before=monotonic()))
    assert "too late" not in carrier.bodies()
    send(cast.shop, replace(HELLO, body="in time", write_before=monotonic() + 60))
    assert carrier.bodies()[-1] == "in time"


def test_a_claim_that_lapses_while_the_connection_opens_is_not_written(
    cast: Cast, carrier: FakeTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is read again after the connection is open."""
    clock = [0.0]
    connect = create_connection

    def connect_slowly(*args: Any, **options: Any) -> Any:
        clock[0] = 6.0
        return connect(*args, **options)

    monkeypatch.setattr(call_deadline, "monotonic", lambda: clock[0])
    monkeypatch.setattr(call_deadline, "create_connection", connect_slowly)
    twilio._cached_client.cache_clear()  # no connection is kept open
    with pytest.raises(TryLater):
        send(cast.shop, replace(HELLO, write_before=5.0))
    assert (clock, carrier.sent) == ([6.0], [])


def test_a_response_that_never_ends_is_within_the_time_limit(cast: Cast, settings: Any) -> None:
    """Each part arrives in time, so that only the limit of the whole call applies."""
    settings.CARRIER_TIMEOUT = (0.2, 0.2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        given_up = threading.Event()

        def drip() -> None:
            taken, _ = listener.accept()
            with taken, suppress(OSError):
                taken.recv(65536)
                taken.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
                while not given_up.wait(0.02):
                    taken.sendall(b" ")

        thread = threading.Thread(target=drip)
        thread.start()
        settings.TWILIO_API_URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(OutcomeUnknown):
            send(cast.shop)
        given_up.set()
        thread.join(30)


def test_a_response_timeout_is_an_unknown_outcome(cast: Cast, carrier: FakeTwilio, settings: Any) -> None:
    settings.CARRIER_TIMEOUT = (5, 0.2)
    given_up = threading.Event()
    carrier.answers.append(SendAnswer(wait=given_up.wait))
    with pytest.raises(OutcomeUnknown):
        send(cast.shop)
    given_up.set()
    assert carrier.bodies() == [HELLO.body]


def test_a_connection_closed_after_the_request_is_an_unknown_outcome(cast: Cast, settings: Any) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def hang_up() -> None:
            taken, _ = listener.accept()
            taken.recv(65536)
            taken.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        settings.TWILIO_API_URL = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(OutcomeUnknown):
            send(cast.shop)
        thread.join(30)


def test_without_a_readable_token_the_error_names_the_settings_page(
    cast: Cast, carrier: FakeTwilio, settings: Any
) -> None:
    with scope(cast.harbor.id):
        stored = Inbox.objects.get(id=cast.shop.id)
    settings.ENCRYPTION_KEYS = ["another key"]
    with pytest.raises(Rejected, match="Settings > Inboxes"):
        send(stored)
    assert carrier.sent == []


# -- the list ----------------------------------------------------------------------------------------------------

NOON = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


def test_the_list_is_read_to_its_end(cast: Cast, carrier: FakeTwilio) -> None:
    """The list begins with the newest text. A limit would drop the first texts of an outage."""
    carrier.page_size = 2
    for minute in range(5):
        carrier.add_received(MARIA, cast.shop, f"text {minute}", NOON + timedelta(minutes=minute))
    found = list(twilio.TwilioAdapter().recent(cast.shop, NOON))
    assert [text.body for text in found] == [f"text {minute}" for minute in (4, 3, 2, 1, 0)]
    assert found[0].sent_at == NOON + timedelta(minutes=4)
    assert [query["To"] for query in carrier.queries] == [cast.shop.number] * 3 + [
        f"whatsapp:{cast.shop.number}"
    ]
    assert carrier.queries[0]["DateSent>"] == "2026-03-02T12:00:30Z"
    assert carrier.queries[0]["PageSize"] == "1000"


def test_more_than_a_thousand_texts_are_read(cast: Cast, carrier: FakeTwilio) -> None:
    for number in range(1001):
        carrier.add_received(MARIA, cast.shop, str(number), NOON)
    assert len(list(twilio.TwilioAdapter().recent(cast.shop, NOON))) == 1001


def test_outbound_texts_in_the_list_are_ignored(cast: Cast, carrier: FakeTwilio) -> None:
    for direction in ("outbound-api", "outbound-reply", "outbound-call", "inbound"):
        carrier.add_received(MARIA, cast.shop, direction, NOON, direction=direction)
    assert [text.body for text in twilio.TwilioAdapter().recent(cast.shop, NOON)] == ["inbound"]


def test_a_listed_text_is_parsed_like_a_webhook(cast: Cast, carrier: FakeTwilio) -> None:
    sid = carrier.add_received("72345", cast.shop, "He\x00llo", NOON, num_segments="2", num_media="1")
    account = cast.shop.account_id
    (found,) = twilio.TwilioAdapter().recent(cast.shop, NOON)
    picture = f"https://api.twilio.com/2010-04-01/Accounts/{account}/Messages/{sid}/Media/ME1"
    assert found == InboundText(sid, "US:72345", "Hello", NOON, 2, ((picture, "image/jpeg"),))


def test_texts_to_the_whatsapp_sender_are_listed(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.add_received(f"whatsapp:{MARIA}", cast.shop, "STOP", NOON, to=f"whatsapp:{cast.shop.number}")
    (found,) = twilio.TwilioAdapter().recent(cast.shop, NOON, NOON + timedelta(hours=1))
    assert (found.sender, found.channel, found.body) == (MARIA, "whatsapp", "STOP")
    assert carrier.queries[0]["DateSent<"] == "2026-03-02T13:00:30Z"


@pytest.mark.parametrize(
    "more", [{"num_segments": 2}, {"num_media": 1}, {"num_media": ["1"]}, {"num_segments": {"odd": 1}}]
)
def test_a_listed_text_in_another_form_is_received_with_its_words(
    cast: Cast, carrier: FakeTwilio, more: dict[str, Any]
) -> None:
    carrier.add_received(TOM, cast.shop, "STOP", NOON, **more)
    carrier.add_received(MARIA, cast.shop, "STOP", NOON)
    found = list(twilio.TwilioAdapter().recent(cast.shop, NOON))
    assert [(text.sender, text.body) for text in found] == [(MARIA, "STOP"), (TOM, "STOP")]
    assert [bool(text.left_out) for text in found] == [False, True]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"date_sent": None}, NOON),  # the creation date instead
        ({"date_sent": "garbage", "date_created": None}, None),
    ],
)
def test_a_listed_text_without_a_date_is_received(
    cast: Cast, carrier: FakeTwilio, more: dict[str, Any], expected: datetime | None
) -> None:
    carrier.add_received(MARIA, cast.shop, "Hello", NOON, **more)
    (found,) = twilio.TwilioAdapter().recent(cast.shop, NOON)
    assert found.sent_at == expected


def test_a_listed_text_without_sender_or_body_is_received(cast: Cast, carrier: FakeTwilio) -> None:
    carrier.add_received(None, cast.shop, None, NOON)
    (found,) = twilio.TwilioAdapter().recent(cast.shop, NOON)
    assert (found.sender, found.body) == ("unknown", "")


# -- forms of webhooks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize(
    "body",
    [
        "", "&", "=", "a", "a=", "=b", "a=b&&c=d", "a=b=c", "a+b=c+d", "a%2Bb=%2b+%20", "%61=%62&c", "a=%", "a=%4",
        "a=%zz%41", "a=b;c=d", "a=%C3%A9&b=é", "a=%E2%82&b=%FF", "é+%C3=%A9", "a=%00&b=\x00", "a=" + "%F0%9F%8F" * 3,
        "&".join(f"f{n}=+%2B{n}" for n in range(500)), "&" * 499,
    ],
)  # fmt: skip
def test_forms_are_decoded_as_the_standard_library_does(body: str, encoding: str) -> None:
    def outcome(decode: Callable[[], object]) -> object:
        try:
            return decode()
        except UnicodeDecodeError:
            return "not decodable"

    options: Any = {
        "keep_blank_values": True, "encoding": encoding, "errors": "strict", "max_num_fields": 500
    }  # fmt: skip
    ours = outcome(lambda: webhooks._parse(body.encode(), encoding, "strict"))
    assert ours == outcome(lambda: parse_qsl(body.encode().decode(encoding), **options))


def test_a_form_of_too_many_fields_is_refused() -> None:
    with pytest.raises(BadWebhook, match="too many fields"):
        webhooks._parse(b"&" * 500, "utf-8", "strict")
