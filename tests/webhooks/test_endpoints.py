"""Stories of Settings > Webhooks, and of what a number's page says about them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from tests.cast import MARIA, TOM, Cast
from tests.html import flat
from tests.messaging.fake_twilio import FakeTwilio
from tests.webhooks.conftest import create_endpoint, reload_endpoint
from tests.webhooks.receiver import Receiver, Reply
from webhooks import delivery, outbox
from webhooks.delivery_list import PAGE_SIZE
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint, EventType
from webhooks.outbox import Event

AsClient = Callable[[Member], Client]
Tell = Callable[[], None]
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def admin(cast: Cast, as_client: AsClient) -> Client:
    return as_client(cast.admin)


def at(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def page(browser: Client, name: str, cast: Cast, /, *args: object, **query: str) -> str:
    answer = browser.get(at(name, cast, *args), query)
    assert answer.status_code == 200
    return flat(answer)


def post(browser: Client, name: str, cast: Cast, /, *args: object, **form: Any) -> str:
    """The page that it leads to."""
    answer = browser.post(at(name, cast, *args), form, follow=True)
    assert answer.status_code == 200
    return flat(answer)


def endpoint_of(cast: Cast) -> Endpoint:
    with scope(cast.northside.id):
        return Endpoint.objects.get(team=cast.northside)


def stored_secrets(cast: Cast) -> list[str]:
    return reload_endpoint(endpoint_of(cast)).readable_secrets()


# -- endpoints -----------------------------------------------------------------------------------------------------


def test_from_nothing_to_a_test_that_arrives(
    cast: Cast, admin: Client, receiver: Receiver, tell: Tell
) -> None:
    assert "Nobody is told yet" in page(admin, "endpoints", cast)
    shown = post(
        admin, "new_endpoint", cast, name="CRM", url=receiver.address, events=["target_opt_out", "target_opt_in"]
    )  # fmt: skip
    (secret,) = set(SECRET.findall(shown))
    receiver.secret = secret
    endpoint = endpoint_of(cast)
    assert (endpoint.events, endpoint.active) == (["target_opt_out", "target_opt_in"], True)
    assert SECRET.findall(page(admin, "endpoint", cast, endpoint.id)) == [], "never again"
    assert all(secret not in str(session.get_decoded()) for session in Session.objects.all())
    assert "None yet" in post(admin, "endpoint_test", cast, endpoint.id)
    tell()
    assert receiver.types == ["test"] and "sent by Amir Adams" in str(receiver.accepted[0].event)
    assert "CRM" in page(admin, "endpoints", cast)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"events": []}, "Choose at least one event"),
        ({"events": ["test"]}, "Select a valid choice"),
        ({"events": ["target_opt_out", "nothing"]}, "Select a valid choice"),
        ({"url": "crm"}, "Use an https address"),
        ({"url": "http://10.0.0.1/"}, "private network"),
        ({"url": "https://169.254.169.254/latest"}, "private network"),
        ({"url": "https://a:b@crm.example/"}, "Leave name and password out"),
        ({"url": "https://" + "a" * 600}, "at most 500 characters"),
        ({"url": "https://crm.example/\0"}, "Null characters are not allowed"),
    ],
)
def test_a_form_with_a_mistake_comes_back_with_it(
    cast: Cast, admin: Client, names: dict[str, str], wrong: dict[str, Any], sentence: str
) -> None:
    form = {"name": "My CRM", "url": "https://crm.example/", "events": ["target_opt_out"], **wrong}
    answer = admin.post(at("new_endpoint", cast), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    if "name" not in wrong:
        assert "My CRM" in answer.content.decode(), "nothing is lost"
    with scope(cast.northside.id):
        assert not Endpoint.objects.exists()


def test_changing_it(cast: Cast, admin: Client, crm: Endpoint, names: dict[str, str]) -> None:
    form = {"name": "Shop", "url": crm.url, "events": ["message_sent"]}
    assert "Saved." in post(admin, "edit_endpoint", cast, crm.id, **form)
    changed = reload_endpoint(crm)
    assert (changed.name, changed.events, changed.secrets) == ("Shop", ["message_sent"], crm.secrets)
    answer = admin.post(at("edit_endpoint", cast, crm.id), {**form, "url": "https://10.0.0.1/"})
    assert answer.status_code == 422 and reload_endpoint(crm).url == crm.url


def test_a_new_secret_beside_the_old_one(cast: Cast, admin: Client, crm: Endpoint) -> None:
    old = crm.secrets[0]
    shown = post(admin, "endpoint_secret", cast, crm.id)
    (new,) = set(SECRET.findall(shown))
    assert stored_secrets(cast) == [new, old]
    assert "Two secrets sign now" in page(admin, "edit_endpoint", cast, crm.id)
    (new,) = set(SECRET.findall(post(admin, "endpoint_secret", cast, crm.id))) - {new}
    shown = page(admin, "edit_endpoint", cast, crm.id)
    assert "3 secrets sign now" in shown and "Remove the old secrets" in shown
    assert "Only the newest secret signs now" in post(admin, "old_secret_removal", cast, crm.id)
    assert stored_secrets(cast) == [new]


def test_secrets_are_encrypted_anew_with_the_others(cast: Cast, crm: Endpoint, settings: Any) -> None:
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["new", *keys]
    call_command("reencrypt")
    settings.ENCRYPTION_KEYS = ["new"]
    assert reload_endpoint(crm).secrets == crm.secrets
    settings.ENCRYPTION_KEYS = ["lost"]
    with pytest.raises(CommandError, match="CRM"):
        call_command("reencrypt")


def test_off_and_on_and_deleted(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, tell: Tell
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert "Switched off by Amir Adams." in post(admin, "endpoint_deactivation", cast, crm.id)
    tell()
    assert receiver.received == []
    assert "switched off" in page(admin, "contact", cast, MARIA)
    assert "Switch it on, then send" in post(admin, "endpoint_test", cast, crm.id)
    assert "What waited for it goes out now: 2 events." in post(admin, "endpoint_activation", cast, crm.id)
    tell()
    assert receiver.types == ["message_received", "target_opt_out"]
    assert "CRM is deleted" in post(admin, "endpoint_deletion", cast, crm.id)
    assert "Nobody is told yet" in page(admin, "endpoints", cast)
    assert "notified" not in page(admin, "contact", cast, MARIA)


# -- deliveries ----------------------------------------------------------------------------------------------------


def test_deliveries_by_state_and_page(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, tell: Tell
) -> None:
    receiver.answers = lambda heard: Reply(500 if heard.phone == TOM.removeprefix("+") else 204)
    with scope(cast.northside.id):
        outbox.record_events(cast.northside.id, [
            Event(EventType.RECEIVED, number, {"phone": number.removeprefix("+")})
            for number in [TOM] * 2 + [f"+1415555{n:04d}" for n in range(PAGE_SIZE)]
        ])  # fmt: skip
    tell()
    first = page(admin, "endpoint", cast, crm.id)
    assert first.count('data-label="State"') == PAGE_SIZE and 'rel="next"' in first
    (older,) = re.findall(r"before=(\d+)", first)
    assert page(admin, "endpoint", cast, crm.id, before=older).count('data-label="State"') == 2
    failed = page(admin, "endpoint", cast, crm.id, show="failed")
    assert failed.count('data-label="State"') == 1 and "500 Internal Server Error" in failed
    assert page(admin, "endpoint", cast, crm.id, show="waiting").count('data-label="State"') == 2
    assert page(admin, "endpoint", cast, crm.id, show="delivered").count('data-label="State"') == PAGE_SIZE
    for bad in ({"show": "no"}, {"before": "x"}, {"before": "9" * 30}, {"before": "²"}):
        assert page(admin, "endpoint", cast, crm.id, **bad).count('data-label="State"') == PAGE_SIZE
    assert "None of these" in page(admin, "endpoint", cast, crm.id, show="waiting", before="1")


def test_one_delivery_shows_request_and_answers(
    cast: Cast,
    admin: Client,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    tell: Tell,
    hurry: Tell,
    deliveries: Any,
) -> None:
    receiver.replies = [Reply(500, b"<b>out of order</b>")]
    carrier.text(cast.front_desk, MARIA, "Hello")
    tell()
    (told,) = deliveries()
    shown = page(admin, "delivery", cast, told.id)
    assert receiver.received[0].signatures[0] in shown and told.event.uid in shown
    assert "&quot;text&quot;: &quot;Hello&quot;" in shown
    assert "&lt;b&gt;out of order&lt;/b&gt;" in shown and "500" in shown and "Again" in shown
    assert "It is sent again" in post(admin, "delivery_replay", cast, told.id)
    tell()
    assert receiver.types == ["message_received"]
    assert "204" in page(admin, "delivery", cast, told.id)


def test_replay_counts_first(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, tell: Tell
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    carrier.text(cast.front_desk, TOM, "Hello")
    tell()
    since = (timezone.localtime(timezone.now(), zone(cast)) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    assert "<strong>2 events</strong>" in page(admin, "endpoint_replay", cast, crm.id, since=since)
    assert len(receiver.accepted) == 2, "counted, no more"
    assert "2 events sent again" in post(admin, "endpoint_replay", cast, crm.id, since=since)
    tell()
    assert len(receiver.accepted) == 4
    later = (timezone.localtime(timezone.now(), zone(cast)) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Nothing was to be told" in page(admin, "endpoint_replay", cast, crm.id, since=later)
    for bad in ("yesterday", "", "0001-01-01T00:00", "9999-12-31T23:59"):
        answer = admin.post(at("endpoint_replay", cast, crm.id), {"since": bad})
        assert answer.status_code == 422


def zone(cast: Cast) -> ZoneInfo:
    return ZoneInfo(cast.northside.time_zone)


# -- the number's page ---------------------------------------------------------------------------------------------


def test_the_contact_page_says_who_was_told(
    cast: Cast,
    crm: Endpoint,
    as_client: AsClient,
    receiver: Receiver,
    carrier: FakeTwilio,
    tell: Tell,
    hurry: Tell,
) -> None:
    """To every member, of the newest change alone."""
    member = as_client(cast.member)
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert "not notified yet: waiting" in page(member, "contact", cast, MARIA)
    receiver.replies = [Reply(), Reply(500)]
    tell()
    assert "not notified yet: 500 Internal Server Error" in page(member, "contact", cast, MARIA)
    hurry()
    tell()
    now = timezone.localtime(timezone.now(), zone(cast))
    shown = page(member, "contact", cast, MARIA)
    assert re.search(rf"<bdi>CRM</bdi> was notified <time[^>]*>at {now:%H}:\d\d</time>", shown)
    carrier.text(cast.front_desk, MARIA, "START")
    shown = page(member, "contact", cast, MARIA)
    assert "not notified yet" in shown and "notified <time" not in shown


def test_who_does_not_want_to_be_told_is_not_named(
    cast: Cast, receiver: Receiver, as_client: AsClient, carrier: FakeTwilio, tell: Tell
) -> None:
    create_endpoint(cast.northside, receiver, events=[EventType.OPT_OUT])
    carrier.text(cast.front_desk, MARIA, "STOP")
    tell()
    carrier.text(cast.front_desk, MARIA, "START")
    assert "CRM" not in page(as_client(cast.member), "contact", cast, MARIA), (
        "it was not told of the newest change"
    )


def test_every_event_can_be_chosen(cast: Cast, admin: Client) -> None:
    shown = page(admin, "new_endpoint", cast)
    for kind in SUBSCRIBABLE_TYPES:
        assert f'value="{kind}"' in shown and f">{kind}</code>" in shown
    assert 'value="test"' not in shown


def test_replaying_what_cannot_be_sent(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliveries: Any
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    (told,) = deliveries()
    assert delivery.claim(cast.northside.id, crm.id)
    assert "cannot be sent again now" in post(admin, "delivery_replay", cast, told.id)
    post(admin, "endpoint_deactivation", cast, crm.id)
    assert "switch it on first" in post(admin, "delivery_replay", cast, told.id)
