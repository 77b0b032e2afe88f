"""Events: every type in one scenario, compared with the samples of docs/webhooks.md, and where each is recorded."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg import RawCursor

from accounts.models import Inbox, Member
from contacts.bulk import operation
from contacts.bulk.models import BulkAction
from contacts.contact import deletion, number_changes
from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.imports.models import Import, ImportOptOut, ImportRow
from contacts.imports.writing import write_batch
from contacts.search.selection import ContactSelection
from kernel.tenancy import scope
from messaging.broadcasts import lifecycle
from messaging.broadcasts.models import Broadcast
from messaging.compose import compose_text
from messaging.models import Conversation
from messaging.scheduling.schedule import schedule
from messaging.snoozing.snooze import snooze, wake
from messaging.teamwork.assignment import assign, set_closed
from messaging.teamwork.notes import write_note
from messaging.teamwork.transfer import transfer
from optout.bulk_consent import block_many, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.double_opt_in.models import DoubleOptIn
from optout.holds import record_decision
from optout.models import Action, Origin, StandingState
from optout.number_locks import lock_number
from optout.reviews import Review
from optout.roots.making import make_root
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.clocks import earlier
from tests.cluster_database import is_used
from tests.messaging.fake_twilio import OPTED_OUT, FakeTwilio, refusal
from tests.webhooks.conftest import create_endpoint
from tests.webhooks.receiver import Receiver, Reply
from webhooks import outbox, replay
from webhooks.models import SUBSCRIBABLE_TYPES, Delivery, Endpoint, EventType, WebhookEvent
from webhooks.retention import delete_old_events

DOCS = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
SAMPLES: dict[str, Any] = {
    sample["type"]: sample for sample in map(json.loads, re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL))
}
AsClient = Callable[[Member], Client]
Step = Callable[[], None]
MAYA = Actor(Origin.MEMBER, "Maya Chen")


def data(events: list[WebhookEvent]) -> list[dict[str, Any]]:
    return [event.data for event in events]


def types(events: list[WebhookEvent]) -> list[str]:
    return [event.type for event in events]


# -- every type --------------------------------------------------------------------------------------------------


def test_every_event_type_matches_its_sample(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    work: Step,
    as_client: AsClient,
    texts: Any,
) -> None:
    browser, slug, app = as_client(cast.admin), cast.northside.slug, create_client(cast.owner)
    with scope(cast.northside.id):
        crm.update(events=list(SUBSCRIBABLE_TYPES))
    browser.post(reverse("endpoint_test", args=[slug, crm.id]))
    photo = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/photo", "MediaContentType0": "image/jpeg"}
    carrier.text(cast.front_desk, STRANGER, "Is my order ready?", **photo)
    with scope(cast.northside.id):
        compose_text(cast.front_desk, STRANGER, "Yes, come by until six.", author=cast.member)
    work()
    carrier.report(texts(number=STRANGER, outbound=True)[0], "delivered")
    carrier.text(cast.front_desk, STRANGER, "STOP 12345")
    with scope(cast.northside.id):
        held = Review.objects.select_related("inbox").get(number=STRANGER)
        lock_number(cast.northside.id, STRANGER)
        record_decision(held, Action.RELEASED, MAYA, "STOP 12345")
    carrier.text(cast.front_desk, STRANGER, "Stop. Thank you")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, STRANGER, "One more thing", author=cast.member)
    carrier.text(cast.front_desk, STRANGER, "START")
    browser.post(reverse("block", args=[slug, STRANGER]), {"reason": "spam"})
    carrier.text(cast.front_desk, STRANGER, "A text of a blocked number")
    browser.post(reverse("unblock", args=[slug, STRANGER]), {"reason": "mistake"})
    with scope(cast.northside.id):
        conversation = Conversation.objects.select_related("inbox").get(number=STRANGER)
        assign(conversation, cast.member, cast.admin)
        write_note(conversation, "@Maya Chen, she is allergic", cast.admin)
        set_closed(conversation, True, cast.admin)
        set_closed(conversation, False, cast.admin)
        transfer(conversation, cast.billing, by_id=cast.admin.id, by_name=str(cast.admin))
        snooze([conversation], timezone.now() + timedelta(hours=1), cast.admin)
        wake([conversation], cast.admin)
        waiting = Broadcast.objects.create(team=cast.northside, name="News", status="scheduled")
        lifecycle.cancel(waiting.id, waiting.team_id)
        schedule(conversation, "Later", timezone.now() + timedelta(days=1), cast.admin, unless_answered=True)
    app.post("contact", {"phone": STRANGER, "last": "Rivera"})
    browser.post(reverse("contact_deletion", args=[slug, STRANGER]))
    with scope(cast.northside.id):
        Inbox.objects.filter(team=cast.northside, id=cast.front_desk.id).update(double_opt_in=True)
        asked = {"number": TOM, "asked_at": timezone.now()}
        DoubleOptIn.objects.create(team=cast.northside, inbox=cast.front_desk, **asked)
    carrier.text(cast.front_desk, TOM, "START")
    make_root(cast.northside.id)
    deliver_due()
    assert set(receiver.types) == {
        "test", "contact_created", "message_received", "message_sent", "target_opt_out", "message_failed",
        "target_opt_in", "target_blocked", "target_unblocked", "contact_deleted",
        "target_held", "target_released", "held_for_review", "target_double_opt_in",
        "chat_started", "contact_updated",
        "chat_reassigned", "chat_closed", "chat_opened", "chat_transferred", "chat_snoozed", "chat_woken",
        "note_created", "message_scheduled",
        "message_delivered", "broadcast_finished", "ledger_root", "audit_recorded",
    }  # fmt: skip
    assert set(SAMPLES) == {*SUBSCRIBABLE_TYPES, EventType.TEST}
    for webhook in receiver.accepted:
        assert differences(webhook.event, SAMPLES[webhook.type]) == [], webhook.event
    assert "A text of a blocked number" not in str([webhook.event for webhook in receiver.accepted])
    first = {webhook.type: webhook.event["data"] for webhook in reversed(receiver.accepted)}
    out, failed = first["target_opt_out"], first["message_failed"]
    assert (out["phone"], out["words"], out["position"]) == (STRANGER.removeprefix("+"), "Stop. Thank you", 3)
    assert (out["before"], out["after"], out["initiated_by"]["origin"]) == (
        "active",
        "unsubscribed",
        "contact",
    )
    assert (failed["status"], failed["reason"], failed["error"]) == (
        "refused", "opted_out", "This number has opted out.",
    )  # fmt: skip
    assert [receiver.types.count(kind) for kind in ("held_for_review", "target_double_opt_in")] == [1, 1]
    assert first["held_for_review"]["event_id"] == first["target_held"]["event_id"]
    assert first["target_blocked"]["initiated_by"] == {"origin": "member", "name": "Amir Adams"}


def differences(value: Any, sample: Any, path: str = "") -> list[str]:
    """The paths where the names, their order or the types differ from the sample. Null and [] match anything."""
    if value in (None, []) or sample in (None, []):
        return []
    if type(value) is not type(sample):
        return [f"{path}: {type(value).__name__}, not {type(sample).__name__}"]
    if isinstance(value, list):
        return [found for item in value for found in differences(item, sample[0], f"{path}[]")]
    if isinstance(value, dict):
        if list(value) != list(sample):
            return [f"{path}: {list(value)}, not {list(sample)}"]
        return [found for name in value for found in differences(value[name], sample[name], f"{path}.{name}")]
    return []


def test_every_event_type_is_documented() -> None:
    for kind in SUBSCRIBABLE_TYPES:
        assert f"`{kind}`" in DOCS and f"### {kind}\n" in DOCS


# -- consent ---------------------------------------------------------------------------------


def test_changes_of_many_numbers_are_recorded(cast: Cast, crm: Endpoint, events: Any) -> None:
    numbers = [f"+1415555{n:04d}" for n in range(20)]
    team_id = cast.northside.id
    with scope(team_id):
        opt_out_many(team_id, [StatedOptOut(number) for number in numbers], MAYA, reason="Vendor list")
    with scope(team_id):
        opt_out_many(team_id, numbers, MAYA, reason="again")  # changes nothing
    with scope(team_id):
        block_many(team_id, numbers[:2], MAYA)
    assert types(events()) == ["target_opt_out"] * 20 + ["target_blocked"] * 2
    assert [event.number for event in events(type="target_opt_out")] == numbers
    assert {event_data["reason"] for event_data in data(events(type="target_opt_out"))} == {"Vendor list"}


def test_a_carrier_refusal_is_recorded_as_opt_out_and_failed_text(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Step, events: Any
) -> None:
    carrier.answers = [OPTED_OUT]
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=cast.member)
    work()
    out, failed = events()
    assert (out.type, out.data["initiated_by"]["origin"]) == ("target_opt_out", "carrier")
    assert (failed.type, failed.data["reason"]) == ("message_failed", "carrier_opted_out")


# -- outbound texts -----------------------------------------------------------------------------------------------


def test_a_text_is_recorded_as_sent_once_and_then_as_undelivered(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Step, texts: Any, events: Any
) -> None:
    for number in (MARIA, TOM):
        with scope(cast.northside.id):
            compose_text(cast.front_desk, number, "Hello", author=cast.member)
    work()
    marias, toms = texts()
    carrier.report(marias, "delivered")
    carrier.report(toms, "undelivered", ErrorCode="30003")
    carrier.report(toms, "undelivered", ErrorCode="30003")
    carrier.report(marias, "delivered")
    assert types(events(number=MARIA)) == ["message_sent", "message_delivered"]
    assert types(events(number=TOM)) == ["message_sent", "message_failed"]
    assert events(number=TOM)[1].data["error_code"] == "30003"


def test_a_text_that_the_carrier_refuses_is_recorded_as_failed(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Step, events: Any
) -> None:
    carrier.answers = [refusal(21211, "no such number")]
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "Hello", author=None)
    work()
    (failed,) = events()
    assert (failed.type, failed.data["status"], failed.data["error_code"]) == (
        "message_failed",
        "failed",
        "21211",
    )


# -- contacts ----------------------------------------------------------------------------------------


def test_a_new_contact_is_recorded_once(cast: Cast, crm: Endpoint, carrier: FakeTwilio, events: Any) -> None:
    for words in ("Hello", "STOP", "START"):
        carrier.text(cast.front_desk, STRANGER, words)
    carrier.text(cast.billing, STRANGER, "Hello again")
    carrier.text(cast.front_desk, MARIA, "Known by name")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, "+14155550777", "Hello", author=cast.member)
    created = events(type="contact_created")
    assert [event.number for event in created] == [STRANGER, "+14155550777"]
    assert [event_data["initiated_by"]["origin"] for event_data in data(created)] == ["contact", "member"]
    assert events()[0].type == "contact_created", "before the text"


def test_contacts_that_members_create_merge_and_delete_are_recorded(
    cast: Cast, crm: Endpoint, events: Any
) -> None:
    team_id = cast.northside.id
    with scope(team_id):
        field = CustomField.objects.create(team=cast.northside, name="Level", key="level")
        custom = {"level": "Gold", "of a deleted field": 1}
        contact = Contact(team=cast.northside, first_name="Nina", custom=custom)
        number_changes.create_contact(contact, STRANGER, StandingState.OPTED_OUT, by=MAYA, reason="decision")
        merge_contacts(Contact.objects.get(team=cast.northside, number=MARIA), contact, by=MAYA)
        deletion.delete_contacts(team_id, [cast.tom.id], erase=False, by=Actor.of(cast.admin))
    assert types(events()) == [
        "contact_created", "target_opt_out", "contact_deleted", "target_opt_out", "contact_deleted",
    ]  # fmt: skip
    (created,) = data(events(type="contact_created"))
    assert created["custom"] == {str(field.id): "Gold"}
    merged, deleted = data(events(type="contact_deleted"))
    assert (merged["first"], merged["merged_into"]["phone"]) == ("Nina", MARIA.removeprefix("+"))
    assert (deleted["first"], deleted["merged_into"], deleted["erased"]) == ("Tom", None, False)


def test_an_import_and_a_bulk_action_are_recorded(cast: Cast, crm: Endpoint, events: Any) -> None:
    numbers = [f"+1415555{n:04d}" for n in range(60)]
    with scope(cast.northside.id):
        run = Import(team=cast.northside, file_name="people.csv", size=1, total=61)
        run.set_author(cast.admin)
        run.save()
        rows = [
            ImportRow(team=cast.northside, run=run, line=n, number=number) for n, number in enumerate(numbers)
        ]
        rows[0].opt_out, rows[1].custom = True, {"level": "Gold"}
        field = CustomField.objects.create(team=cast.northside, name="Level", key="level")
        ImportRow.objects.bulk_create([*rows, ImportRow(team=cast.northside, run=run, line=99, number=MARIA)])
        ImportOptOut.objects.create(
            team=cast.northside, run=run, number=numbers[0], line=0, words="Opt Out: yes"
        )
        write_batch(run)  # opt-outs first
        write_batch(run)
    assert types(events()) == ["target_opt_out"] + ["contact_created"] * 60
    assert data(events())[1]["initiated_by"] == {"origin": "import", "name": "Amir Adams (people.csv)"}
    custom = [created["custom"] for created in data(events(type="contact_created"))]
    assert sorted(custom, key=len) == [{}] * 59 + [{str(field.id): "Gold"}]
    with scope(cast.northside.id):
        chosen = ContactSelection(
            tuple(Contact.objects.filter(number__in=numbers).values_list("id", flat=True)), None
        )
        selection = operation.start_run(cast.admin, BulkAction.DELETE, chosen, {})
        operation.run_batch(selection)
    assert len(events(type="contact_deleted")) == 60


def test_changes_by_the_api_are_recorded(cast: Cast, crm: Endpoint, events: Any) -> None:
    client = create_client(cast.owner, name="Shop")
    created = client.post("contact", {"phone": STRANGER, "first": "Nina", "is_opted_out": True})
    client.post(
        "contact/set_status", {"phone": MARIA, "status": "blocked"}, **{"X-Heymarket-Dry-Run": "true"}
    )
    client.post("contact/set_status", {"phone": MARIA, "status": "blocked"})
    assert client.call("DELETE", f"contact/{created['id']}").status_code == 200
    assert types(events()) == ["contact_created", "target_opt_out", "target_blocked", "contact_deleted"]
    shop = {"origin": "api", "name": "Shop"}
    assert [event_data["initiated_by"] for event_data in data(events())] == [shop] * 4


# -- erasure -----------------------------------------------------------------------------------------------------


def test_an_erased_person_is_in_no_stored_event(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    skip_waits: Step,
    rows: Any,
) -> None:
    """Some events are delivered, some wait. The opt-out and the deletion are delivered later, without words."""
    receiver.reply_to = lambda webhook: Reply(200, webhook.raw[-400:])  # it quotes the event
    carrier.text(cast.front_desk, MARIA, "My secret is Rosebud")
    deliver_due()
    receiver.reply_to = lambda _: Reply(500)
    carrier.text(cast.front_desk, MARIA, "STOP at once, says Rosebud")
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, TOM, "Tom stays")
    deliver_due()
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))
    stored = str({table: content for table, content in rows().items() if table in WEBHOOK_TABLES})
    assert "Rosebud" not in stored and "Maria" not in stored
    receiver.reply_to = lambda _: Reply()
    receiver.accepted.clear()
    skip_waits()
    deliver_due()
    of_maria = [webhook for webhook in receiver.accepted if webhook.phone == MARIA.removeprefix("+")]
    assert [webhook.type for webhook in of_maria] == ["target_opt_out", "contact_deleted"]
    assert "words" not in of_maria[0].event["data"] and of_maria[1].event["data"]["erased"]
    stored = str({table: content for table, content in rows().items() if table in WEBHOOK_TABLES})
    assert MARIA.removeprefix("+") not in stored, "the number is erased after the delivery"
    assert "Tom stays" in stored
    with scope(cast.northside.id):
        assert replay.count_replayable(crm, timezone.now() - timedelta(days=1)) == 1, "Tom's"


WEBHOOK_TABLES = ("webhooks_webhookevent", "webhooks_delivery", "webhooks_attempt")


def test_old_events_are_deleted(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    deliver_due: Step,
    events: Any,
    owner: Any,
    rows: Any,
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    deliver_due()
    delete_old_events()
    assert len(events()) == 2
    owner.execute(f"UPDATE webhooks_webhookevent SET created_at = {earlier('created_at', '31 days')}")
    delete_old_events()
    assert types(events()) == ["target_opt_out"], "consent events are kept for a year"
    owner.execute(f"UPDATE webhooks_webhookevent SET created_at = {earlier('created_at', '340 days')}")
    delete_old_events()
    assert all(not content for table, content in rows().items() if table in WEBHOOK_TABLES)


# -- cost -----------------------------------------------------------------------------------------------


def test_a_team_without_endpoints_needs_no_extra_round_trip(
    cast: Cast, carrier: FakeTwilio, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    execute = RawCursor.execute

    def counted(cursor: Any, statement: Any, *args: Any, **options: Any) -> Any:
        statements.append(str(statement))
        return execute(cursor, statement, *args, **options)

    monkeypatch.setattr(RawCursor, "execute", counted)

    def cost(words: str) -> int:
        carrier.text(cast.front_desk, MARIA, words)
        statements.clear()
        carrier.text(cast.front_desk, MARIA, words)
        return len(statements)

    hello = cost("Hello")
    assert not any("hookevent" in statement for statement in statements)
    if not is_used():  # a cluster takes more: it finds the team's node
        assert hello == 3, statements  # the inboxes of the address, the number's state, the text
    statements.clear()
    carrier.text(cast.front_desk, TOM, "STOP")
    assert not any("hookevent" in statement for statement in statements)
    create_endpoint(cast.northside, receiver)
    assert cost("Hello") == hello + 2, "whether the contact is new, and the event"


@pytest.mark.parametrize("whole", [True, False])
def test_events_are_written_by_one_statement_or_in_parts(
    cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr("kernel.combined_inserts.runs_whole", lambda: whole)
    all_types = create_endpoint(cast.northside, receiver, "All")
    about_maria = create_endpoint(cast.northside, receiver, "Maria", condition={"contact_id": 7})
    off = create_endpoint(cast.northside, receiver, "Off", active=False)
    create_endpoint(cast.northside, receiver, "Other", events=[EventType.OPT_IN])
    with scope(cast.northside.id):
        outbox.record_events(
            cast.northside.id,
            [
                outbox.Event(EventType.RECEIVED, MARIA, {"contact_id": 7}),
                outbox.Event(EventType.SENT, TOM, {"contact_id": 8}),
            ],
        )
        outbox.record_for_endpoint(
            cast.northside.id, off.id, outbox.Event(EventType.TEST, "", {"message": "Hello"})
        )
        found = Delivery.objects.filter(team=cast.northside).order_by("id")
        written = list(
            found.values_list("event__type", "endpoint_id", "event__contact_id", "number", "urgent")
        )
    assert written == [
        (EventType.RECEIVED, all_types.id, 7, MARIA, False),
        (EventType.RECEIVED, about_maria.id, 7, MARIA, False),
        (EventType.SENT, all_types.id, 8, TOM, False),
        (EventType.TEST, off.id, None, "", False),
    ]
