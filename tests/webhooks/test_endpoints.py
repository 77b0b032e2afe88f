"""Settings > Webhooks, and the receipts on a number's page."""

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
from webhooks import outbox
from webhooks.claims import claim
from webhooks.delivery_list import PAGE_SIZE
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint, EventType, WebhookEvent, event_choices
from webhooks.outbox import Event

AsClient = Callable[[Member], Client]
Step = Callable[[], None]
SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def admin(cast: Cast, as_client: AsClient) -> Client:
    return as_client(cast.admin)


def url_of(name: str, cast: Cast, *args: object) -> str:
    return reverse(name, args=[cast.northside.slug, *args])


def page(browser: Client, name: str, cast: Cast, /, *args: object, **query: str) -> str:
    answer = browser.get(url_of(name, cast, *args), query)
    assert answer.status_code == 200
    return flat(answer)


def post(browser: Client, name: str, cast: Cast, /, *args: object, **form: Any) -> str:
    """The page after the redirect."""
    answer = browser.post(url_of(name, cast, *args), form, follow=True)
    assert answer.status_code == 200
    return flat(answer)


def endpoint_of(cast: Cast) -> Endpoint:
    with scope(cast.northside.id):
        return Endpoint.objects.get(team=cast.northside)


def stored_secrets(cast: Cast) -> list[str]:
    return reload_endpoint(endpoint_of(cast)).readable_secrets()


# -- endpoints ---------------------------------------------------------------------------------------------------


def test_an_admin_adds_an_endpoint_and_sends_a_test_event(
    cast: Cast, admin: Client, receiver: Receiver, deliver_due: Step
) -> None:
    assert "No webhooks yet" in page(admin, "endpoints", cast)
    shown = post(
        admin, "new_endpoint", cast, name="CRM", url=receiver.address, events=["target_opt_out", "target_opt_in"]
    )  # fmt: skip
    (secret,) = set(SECRET.findall(shown))
    receiver.secret = secret
    endpoint = endpoint_of(cast)
    assert (endpoint.events, endpoint.active) == (["target_opt_out", "target_opt_in"], True)
    assert SECRET.findall(page(admin, "endpoint", cast, endpoint.id)) == [], "shown only once"
    assert all(secret not in str(session.get_decoded()) for session in Session.objects.all())
    assert "No attempts yet" in post(admin, "endpoint_test", cast, endpoint.id)
    deliver_due()
    assert receiver.types == ["test"] and "sent by Amir Adams" in str(receiver.accepted[0].event)
    assert "CRM" in page(admin, "endpoints", cast)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "This field is required"),
        ({"events": []}, "Choose at least one event"),
        ({"events": ["test"]}, "Select a valid choice"),
        ({"events": ["target_opt_out", "nothing"]}, "Select a valid choice"),
        ({"url": "crm"}, "Use an https URL"),
        ({"url": "http://10.0.0.1/"}, "private network"),
        ({"url": "https://169.254.169.254/latest"}, "private network"),
        ({"url": "https://a:b@crm.example/"}, "Leave name and password out"),
        ({"url": "https://" + "a" * 600}, "at most 500 characters"),
        ({"url": "https://crm.example/\0"}, "Null characters are not allowed"),
    ],
)
def test_an_invalid_form_is_shown_again_with_its_errors(
    cast: Cast, admin: Client, dns: dict[str, str], change: dict[str, Any], sentence: str
) -> None:
    form = {"name": "My CRM", "url": "https://crm.example/", "events": ["target_opt_out"], **change}
    answer = admin.post(url_of("new_endpoint", cast), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    if "name" not in change:
        assert "My CRM" in answer.content.decode(), "the other fields are kept"
    with scope(cast.northside.id):
        assert not Endpoint.objects.exists()


def test_an_endpoint_is_changed(cast: Cast, admin: Client, crm: Endpoint, dns: dict[str, str]) -> None:
    form = {"name": "Shop", "url": crm.url, "events": ["message_sent"]}
    assert "Saved." in post(admin, "edit_endpoint", cast, crm.id, **form)
    changed = reload_endpoint(crm)
    assert (changed.name, changed.events, changed.secrets) == ("Shop", ["message_sent"], crm.secrets)
    answer = admin.post(url_of("edit_endpoint", cast, crm.id), {**form, "url": "https://10.0.0.1/"})
    assert answer.status_code == 422 and reload_endpoint(crm).url == crm.url


def test_a_new_secret_is_added_to_the_old_secret(cast: Cast, admin: Client, crm: Endpoint) -> None:
    old = crm.secrets[0]
    shown = post(admin, "endpoint_secret", cast, crm.id)
    (new,) = set(SECRET.findall(shown))
    assert stored_secrets(cast) == [new, old]
    assert "Two secrets are active" in page(admin, "edit_endpoint", cast, crm.id)
    (new,) = set(SECRET.findall(post(admin, "endpoint_secret", cast, crm.id))) - {new}
    shown = page(admin, "edit_endpoint", cast, crm.id)
    assert "3 secrets are active" in shown and "Remove the old secrets" in shown
    assert "Old secrets were removed" in post(admin, "old_secret_removal", cast, crm.id)
    assert stored_secrets(cast) == [new]


def test_reencrypt_includes_endpoint_secrets(cast: Cast, crm: Endpoint, settings: Any) -> None:
    keys = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["new", *keys]
    call_command("reencrypt")
    settings.ENCRYPTION_KEYS = ["new"]
    assert reload_endpoint(crm).secrets == crm.secrets
    settings.ENCRYPTION_KEYS = ["lost"]
    with pytest.raises(CommandError, match="CRM"):
        call_command("reencrypt")


def test_an_endpoint_is_turned_off_and_on_and_deleted(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert "Turned off by Amir Adams." in post(admin, "endpoint_deactivation", cast, crm.id)
    deliver_due()
    assert receiver.received == []
    assert "turned off" in page(admin, "contact", cast, MARIA)
    assert "Turn it on first" in post(admin, "endpoint_test", cast, crm.id)
    assert "Sending 2 waiting events." in post(admin, "endpoint_activation", cast, crm.id)
    deliver_due()
    assert receiver.types == ["message_received", "target_opt_out"]
    assert "CRM and its deliveries are deleted" in post(admin, "endpoint_deletion", cast, crm.id)
    assert "No webhooks yet" in page(admin, "endpoints", cast)
    assert "CRM" not in page(admin, "contact", cast, MARIA)


# -- deliveries --------------------------------------------------------------------------------------------------


def test_deliveries_are_filtered_and_paged(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, deliver_due: Step
) -> None:
    receiver.reply_to = lambda webhook: Reply(500 if webhook.phone == TOM.removeprefix("+") else 204)
    with scope(cast.northside.id):
        outbox.record_events(cast.northside.id, [
            Event(EventType.RECEIVED, number, {"phone": number.removeprefix("+")})
            for number in [TOM] * 2 + [f"+1415555{n:04d}" for n in range(PAGE_SIZE)]
        ])  # fmt: skip
    deliver_due()
    first = page(admin, "endpoint", cast, crm.id)
    assert first.count('data-label="Status"') == PAGE_SIZE and 'rel="next"' in first
    (older,) = re.findall(r"before=(\d+)", first)
    assert page(admin, "endpoint", cast, crm.id, before=older).count('data-label="Status"') == 2
    failed = page(admin, "endpoint", cast, crm.id, show="failed")
    assert failed.count('data-label="Status"') == 1 and "500 Internal Server Error" in failed
    assert page(admin, "endpoint", cast, crm.id, show="waiting").count('data-label="Status"') == 2
    assert page(admin, "endpoint", cast, crm.id, show="delivered").count('data-label="Status"') == PAGE_SIZE
    for bad in ({"show": "no"}, {"before": "x"}, {"before": "9" * 30}, {"before": "²"}):
        assert page(admin, "endpoint", cast, crm.id, **bad).count('data-label="Status"') == PAGE_SIZE
    assert "No matching deliveries" in page(admin, "endpoint", cast, crm.id, show="waiting", before="1")


def test_a_delivery_shows_its_request_and_its_attempts(
    cast: Cast,
    admin: Client,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    skip_waits: Step,
    deliveries: Any,
) -> None:
    receiver.replies = [Reply(500, b"<b>out of order</b>")]
    carrier.text(cast.front_desk, MARIA, "Hello")
    deliver_due()
    (found,) = deliveries()
    shown = page(admin, "delivery", cast, found.id)
    assert receiver.received[0].signatures[0] in shown and found.event.uid in shown
    assert "&quot;text&quot;: &quot;Hello&quot;" in shown
    assert "&lt;b&gt;out of order&lt;/b&gt;" in shown and "500" in shown and "Retry" in shown
    assert "Sending again" in post(admin, "delivery_replay", cast, found.id)
    deliver_due()
    assert receiver.types == ["message_received"]
    assert "204" in page(admin, "delivery", cast, found.id)


def test_a_replay_counts_its_events_first(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliver_due: Step
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    carrier.text(cast.front_desk, TOM, "Hello")
    deliver_due()
    since = (timezone.localtime(timezone.now(), zone(cast)) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M")
    assert "<strong>2 events</strong>" in page(admin, "endpoint_replay", cast, crm.id, since=since)
    assert len(receiver.accepted) == 2, "only counted"
    assert "2 events queued again" in post(admin, "endpoint_replay", cast, crm.id, since=since)
    deliver_due()
    assert len(receiver.accepted) == 4
    later = (timezone.localtime(timezone.now(), zone(cast)) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert "No events since" in page(admin, "endpoint_replay", cast, crm.id, since=later)
    for bad in ("yesterday", "", "0001-01-01T00:00", "9999-12-31T23:59"):
        answer = admin.post(url_of("endpoint_replay", cast, crm.id), {"since": bad})
        assert answer.status_code == 422


def zone(cast: Cast) -> ZoneInfo:
    return ZoneInfo(cast.northside.time_zone)


# -- the number's page -------------------------------------------------------------------------------------------


def test_the_contact_page_shows_receipts(
    cast: Cast,
    crm: Endpoint,
    as_client: AsClient,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    skip_waits: Step,
) -> None:
    """To every member, for the newest change only."""
    member = as_client(cast.member)
    carrier.text(cast.front_desk, MARIA, "STOP")
    assert "yet: waiting" in page(member, "contact", cast, MARIA)
    receiver.replies = [Reply(), Reply(500)]
    deliver_due()
    assert "yet: 500 Internal Server Error" in page(member, "contact", cast, MARIA)
    skip_waits()
    deliver_due()
    now = timezone.localtime(timezone.now(), zone(cast))
    shown = page(member, "contact", cast, MARIA)
    assert re.search(rf"<bdi>CRM</bdi> \w+ <time[^>]*>at {now:%-I}:\d\d [AP]M</time>", shown)
    carrier.text(cast.front_desk, MARIA, "START")
    shown = page(member, "contact", cast, MARIA)
    assert "yet: waiting" in shown and not re.search(r"<bdi>CRM</bdi> \w+ <time", shown)


def test_an_endpoint_that_does_not_want_the_event_has_no_receipt(
    cast: Cast, receiver: Receiver, as_client: AsClient, carrier: FakeTwilio, deliver_due: Step
) -> None:
    create_endpoint(cast.northside, receiver, events=[EventType.OPT_OUT])
    carrier.text(cast.front_desk, MARIA, "STOP")
    deliver_due()
    carrier.text(cast.front_desk, MARIA, "START")
    assert "CRM" not in page(as_client(cast.member), "contact", cast, MARIA), "no receipt"


def test_every_event_type_can_be_chosen(cast: Cast, admin: Client) -> None:
    shown = page(admin, "new_endpoint", cast)
    for kind in SUBSCRIBABLE_TYPES:
        assert f'value="{kind}"' in shown and f">{kind}</code>" in shown
    assert 'value="test"' not in shown


def test_a_delivery_that_cannot_be_sent_is_not_replayed(
    cast: Cast, admin: Client, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, deliveries: Any
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    (found,) = deliveries()
    assert claim(cast.northside.id, crm.id)
    assert "cannot be sent again now" in post(admin, "delivery_replay", cast, found.id)
    post(admin, "endpoint_deactivation", cast, crm.id)
    assert "turn it on first" in post(admin, "delivery_replay", cast, found.id)


def test_a_new_type_of_events_needs_no_migration() -> None:
    """The choices of both columns are a function, which migrations name instead of listing what it returns."""
    events, type = Endpoint._meta.get_field("events").base_field, WebhookEvent._meta.get_field("type")
    for field in (events, type):
        *_, options = field.deconstruct()
        assert options["choices"] is event_choices
        assert field.flatchoices == EventType.choices
