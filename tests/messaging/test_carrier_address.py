"""Connect to Twilio: the address for texts is set at the number or its Messaging Service; no other is lost unasked."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from tests.cast import Cast
from tests.messaging.fake_twilio import FakeTwilio

HERE = "https://inbox.example.com/webhooks/twilio/messages"
OTHER = "https://former.example/sms"
NUMBER = {"sid": "PN1", "phone_number": "+15105550100", "sms_url": "", "sms_application_sid": ""}
SERVICE = {
    "sid": "MG1",
    "numbers": ["PN1"],
    "inbound_request_url": None,
    "use_inbound_webhook_on_number": False,
}
AT_NUMBER = {
    "SmsUrl": HERE, "SmsMethod": "POST", "SmsFallbackUrl": HERE, "SmsFallbackMethod": "POST",
    "SmsApplicationSid": "",
}  # fmt: skip
AT_SERVICE = {
    "InboundRequestUrl": HERE,
    "InboundMethod": "POST",
    "FallbackUrl": HERE,
    "FallbackMethod": "POST",
}


@pytest.fixture(autouse=True)
def _https(settings: Any) -> None:
    settings.SECURE, settings.PUBLIC_URL = True, "https://inbox.example.com"
    settings.SECURE_SSL_REDIRECT = False


@pytest.fixture
def connect(cast: Cast, as_client: Callable[[Member], Client]) -> Callable[..., str]:
    """Press "Connect to Twilio" as an admin; the page that follows."""
    browser = as_client(cast.admin)
    address = reverse("inbox_carrier_address", args=[cast.northside.slug, cast.front_desk.id])

    def press(**form: str) -> str:
        return str(browser.post(address, form, follow=True).content.decode())

    return press


PLACES: tuple[tuple[str, dict[str, Any], list[dict[str, Any]], str, dict[str, str]], ...] = (
    ("a number without an address", {}, [], "IncomingPhoneNumbers/PN1.json", AT_NUMBER),
    (
        "a new number",
        {"sms_url": "https://demo.twilio.com/welcome/sms/reply"},
        [],
        "IncomingPhoneNumbers/PN1.json",
        AT_NUMBER,
    ),
    ("our own address", {"sms_url": HERE}, [], "IncomingPhoneNumbers/PN1.json", AT_NUMBER),
    (
        "another number's service",
        {},
        [{**SERVICE, "numbers": []}],
        "IncomingPhoneNumbers/PN1.json",
        AT_NUMBER,
    ),
    ("the number's service", {"sms_url": OTHER}, [SERVICE], "Services/MG1", AT_SERVICE),
    (
        "the second service",
        {},
        [{**SERVICE, "sid": "MG0", "numbers": []}, SERVICE],
        "Services/MG1",
        AT_SERVICE,
    ),
    (
        "a service that leaves it to the number",
        {},
        [{**SERVICE, "use_inbound_webhook_on_number": True}],
        "IncomingPhoneNumbers/PN1.json",
        AT_NUMBER,
    ),
)


def test_address_is_set_where_texts_are_received(carrier: FakeTwilio, connect: Callable[..., str]) -> None:
    for place, number, services, path, form in PLACES:
        carrier.numbers, carrier.services, carrier.changes = [{**NUMBER, **number}], services, []
        assert "Connected." in connect(), place
        ((changed, sent),) = carrier.changes
        assert changed.endswith(path), place
        assert sent == form, place


ELSEWHERE: tuple[tuple[dict[str, Any], list[dict[str, Any]], str], ...] = (
    ({"sms_url": OTHER}, [], OTHER),
    ({"sms_url": HERE, "sms_application_sid": "AP1"}, [], "TwiML app AP1"),
    ({}, [{**SERVICE, "inbound_request_url": OTHER}], OTHER),
)


def test_another_address_is_replaced_only_when_it_was_shown(
    carrier: FakeTwilio, connect: Callable[..., str]
) -> None:
    for number, services, address in ELSEWHERE:
        carrier.numbers, carrier.services, carrier.changes = [{**NUMBER, **number}], services, []
        assert f'value="{address}"' in connect()
        assert "go elsewhere now" in connect(replacing="https://shown.earlier.example/")
        assert not carrier.changes
        assert "Connected." in connect(replacing=address)
        assert len(carrier.changes) == 1


def test_what_keeps_an_inbox_from_being_connected_is_said(
    carrier: FakeTwilio, connect: Callable[..., str], cast: Cast, settings: Any
) -> None:
    carrier.numbers = [{**NUMBER, "phone_number": "+151055501001"}]
    assert "no number +15105550100" in connect()
    carrier.token = "another token"
    assert "Not connected: The carrier does not accept" in connect()
    carrier.token = ""
    settings.SECURE = False
    assert "PUBLIC_URL is not https" in connect()
    settings.TWILIO_API_URL = "http://127.0.0.1:9"
    assert "could not be reached" in connect()
    assert not carrier.changes
    with scope(cast.northside.id):
        assert Inbox.objects.get(
            id=cast.front_desk.id
        ).verified_at  # the credentials themselves were accepted
