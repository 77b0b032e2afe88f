"""What is told, and by whom it is written: every type in one story, beside the samples of docs/webhooks.md."""

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

from accounts.models import Member
from contacts.bulk import operation
from contacts.bulk.models import BulkAction
from contacts.contact import deletion, number_changes
from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.imports.models import Import, ImportRow
from contacts.imports.writing import write_batch
from contacts.search.selection import ContactSelection
from kernel.tenancy import scope
from messaging import outbound
from optout.bulk_consent import block_many, opt_out_many
from optout.consent_types import Actor, StatedOptOut
from optout.models import Origin, StandingState
from tests.api.conftest import create_client
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import OPTED_OUT, FakeTwilio, refusal
from tests.webhooks.conftest import create_endpoint
from tests.webhooks.receiver import Receiver, Reply
from webhooks import replay
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint, EventType, WebhookEvent
from webhooks.retention import delete_old_events

DOCS = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
SAMPLES: dict[str, Any] = {
    sample["type"]: sample for sample in map(json.loads, re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL))
}
AsClient = Callable[[Member], Client]
Tell = Callable[[], None]
MAYA = Actor(Origin.MEMBER, "Maya Chen")


def data(found: list[WebhookEvent]) -> list[dict[str, Any]]:
    return [event.data for event in found]


def types(found: list[WebhookEvent]) -> list[str]:
    return [event.type for event in found]


# -- every type ----------------------------------------------------------------------------------------------------


def test_every_type_looks_like_its_sample(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    tell: Tell,
    work: Tell,
    as_client: AsClient,
) -> None:
    browser, slug = as_client(cast.admin), cast.northside.slug
    browser.post(reverse("endpoint_test", args=[slug, crm.id]))
    photo = {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/photo", "MediaContentType0": "image/jpeg"}
    carrier.text(cast.front_desk, STRANGER, "Is my order ready?", **photo)
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, STRANGER, "Yes, come by until six.", author=cast.member)
    work()
    carrier.text(cast.front_desk, STRANGER, "Stop. Thank you")
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, STRANGER, "One more thing", author=cast.member)
    carrier.text(cast.front_desk, STRANGER, "START")
    browser.post(reverse("block", args=[slug, STRANGER]))
    carrier.text(cast.front_desk, STRANGER, "Nobody hears this")
    browser.post(reverse("unblock", args=[slug, STRANGER]))
    browser.post(reverse("contact_deletion", args=[slug, STRANGER]))
    tell()
    assert list(dict.fromkeys(receiver.types)) == [
        "test", "contact_created", "message_received", "message_sent", "target_opt_out", "message_failed",
        "target_opt_in", "target_blocked", "target_unblocked", "contact_deleted",
    ]  # fmt: skip
    assert set(SAMPLES) == {*SUBSCRIBABLE_TYPES, EventType.TEST}
    for heard in receiver.accepted:
        assert unlike(heard.event, SAMPLES[heard.type]) == [], heard.event
    assert "Nobody hears this" not in str([heard.event for heard in receiver.accepted])
    told = {heard.type: heard.event["data"] for heard in reversed(receiver.accepted)}
    out, failed = told["target_opt_out"], told["message_failed"]
    assert (out["phone"], out["words"], out["position"]) == (STRANGER.removeprefix("+"), "Stop. Thank you", 1)
    assert (out["before"], out["after"], out["initiated_by"]["origin"]) == (
        "active",
        "unsubscribed",
        "contact",
    )
    assert (failed["status"], failed["reason"], failed["error"]) == (
        "refused", "opted_out", "This number has opted out.",
    )  # fmt: skip
    assert told["target_blocked"]["initiated_by"] == {"origin": "member", "name": "Amir Adams"}


def unlike(value: Any, sample: Any, path: str = "") -> list[str]:
    """Where a value has other names, in another order, or other kinds than a sample. Null and [] are like anything."""
    if value in (None, []) or sample in (None, []):
        return []
    if type(value) is not type(sample):
        return [f"{path}: {type(value).__name__}, not {type(sample).__name__}"]
    if isinstance(value, list):
        return [fault for one in value for fault in unlike(one, sample[0], f"{path}[]")]
    if isinstance(value, dict):
        if list(value) != list(sample):
            return [f"{path}: {list(value)}, not {list(sample)}"]
        return [fault for name in value for fault in unlike(value[name], sample[name], f"{path}.{name}")]
    return []


def test_types_in_the_document_and_in_the_form_are_the_same() -> None:
    for kind in SUBSCRIBABLE_TYPES:
        assert f"`{kind}`" in DOCS and f"### {kind}\n" in DOCS


# -- consent, however it changes -----------------------------------------------------------------------------------


def test_changes_of_many_numbers(cast: Cast, crm: Endpoint, events: Any) -> None:
    numbers = [f"+1415555{n:04d}" for n in range(20)]
    team_id = cast.northside.id
    with scope(team_id):
        opt_out_many(team_id, [StatedOptOut(number) for number in numbers], MAYA, reason="Moved in")
    with scope(team_id):
        opt_out_many(team_id, numbers, MAYA, reason="again")  # changes nothing
    with scope(team_id):
        block_many(team_id, numbers[:2], MAYA)
    assert types(events()) == ["target_opt_out"] * 20 + ["target_blocked"] * 2
    assert [event.number for event in events(type="target_opt_out")] == numbers
    assert {one["reason"] for one in data(events(type="target_opt_out"))} == {"Moved in"}


def test_what_the_carrier_reports(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Tell, events: Any
) -> None:
    carrier.answers = [OPTED_OUT]
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, MARIA, "Hello", author=cast.member)
    work()
    out, failed = events()
    assert (out.type, out.data["initiated_by"]["origin"]) == ("target_opt_out", "carrier")
    assert (failed.type, failed.data["reason"]) == ("message_failed", "carrier_opted_out")


# -- texts of ours -------------------------------------------------------------------------------------------------


def test_a_text_is_told_as_sent_once_and_as_undelivered_after_it(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Tell, texts: Any, events: Any
) -> None:
    for number in (MARIA, TOM):
        with scope(cast.northside.id):
            outbound.compose(cast.front_desk, number, "Hello", author=cast.member)
    work()
    marias, toms = texts()
    carrier.report(marias, "delivered")
    carrier.report(toms, "undelivered", ErrorCode="30003")
    carrier.report(toms, "undelivered", ErrorCode="30003")
    assert types(events(number=MARIA)) == ["message_sent"]
    assert types(events(number=TOM)) == ["message_sent", "message_failed"]
    assert events(number=TOM)[1].data["error_code"] == "30003"


def test_a_text_that_the_carrier_does_not_take(
    cast: Cast, crm: Endpoint, carrier: FakeTwilio, work: Tell, events: Any
) -> None:
    carrier.answers = [refusal(21211, "no such number")]
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, MARIA, "Hello", author=None)
    work()
    (failed,) = events()
    assert (failed.type, failed.data["status"], failed.data["error_code"]) == (
        "message_failed",
        "failed",
        "21211",
    )


# -- contacts come and go ------------------------------------------------------------------------------------------


def test_a_contact_is_new_once(cast: Cast, crm: Endpoint, carrier: FakeTwilio, events: Any) -> None:
    for words in ("Hello", "STOP", "START"):
        carrier.text(cast.front_desk, STRANGER, words)
    carrier.text(cast.billing, STRANGER, "Hello again")
    carrier.text(cast.front_desk, MARIA, "Known by name")
    with scope(cast.northside.id):
        outbound.compose(cast.front_desk, "+14155550777", "Hello", author=cast.member)
    created = events(type="contact_created")
    assert [event.number for event in created] == [STRANGER, "+14155550777"]
    assert [one["initiated_by"]["origin"] for one in data(created)] == ["contact", "member"]
    assert events()[0].type == "contact_created", "before what the person said"


def test_created_merged_and_deleted_by_members(cast: Cast, crm: Endpoint, events: Any) -> None:
    team_id = cast.northside.id
    with scope(team_id):
        field = CustomField.objects.create(team=cast.northside, name="Level", key="level")
        custom = {"level": "Gold", "of a field that is gone": 1}
        contact = Contact(team=cast.northside, first_name="Nina", custom=custom)
        number_changes.create_contact(contact, STRANGER, StandingState.OPTED_OUT, by=MAYA)
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


def test_by_an_import_and_a_selection(cast: Cast, crm: Endpoint, events: Any) -> None:
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
        write_batch(run)
    assert types(events()) == ["target_opt_out"] + ["contact_created"] * 60
    assert data(events())[1]["initiated_by"] == {"origin": "import", "name": "Amir Adams (people.csv)"}
    told = [created["custom"] for created in data(events(type="contact_created"))]
    assert sorted(told, key=len) == [{}] * 59 + [{str(field.id): "Gold"}]
    with scope(cast.northside.id):
        chosen = ContactSelection(
            tuple(Contact.objects.filter(number__in=numbers).values_list("id", flat=True)), None
        )
        selection = operation.start_run(cast.admin, BulkAction.DELETE, chosen, {})
        operation.run_batch(selection)
    assert len(events(type="contact_deleted")) == 60


def test_what_programs_do(cast: Cast, crm: Endpoint, events: Any) -> None:
    key = create_client(cast.owner, name="Shop")
    made = key.post("contact", {"phone": STRANGER, "first": "Nina", "is_opted_out": True})
    key.post("contact/set_status", {"phone": MARIA, "status": "blocked"}, **{"X-Heymarket-Dry-Run": "true"})
    key.post("contact/set_status", {"phone": MARIA, "status": "blocked"})
    assert key.call("DELETE", f"contact/{made['id']}").status_code == 200
    assert types(events()) == ["contact_created", "target_opt_out", "target_blocked", "contact_deleted"]
    shop = {"origin": "api", "name": "Shop"}
    assert [one["initiated_by"] for one in data(events())] == [shop] * 4


# -- erasing -------------------------------------------------------------------------------------------------------


def test_what_is_erased_does_not_linger(
    cast: Cast, crm: Endpoint, receiver: Receiver, carrier: FakeTwilio, tell: Tell, hurry: Tell, rows: Any
) -> None:
    """Some was told before, some waits; the opt-out and the deletion are told all the same, without words."""
    receiver.answers = lambda heard: Reply(200, heard.raw[-400:])  # it repeats what it was told
    carrier.text(cast.front_desk, MARIA, "My secret is Rosebud")
    tell()
    receiver.answers = lambda _: Reply(500)
    carrier.text(cast.front_desk, MARIA, "STOP at once, says Rosebud")
    carrier.text(cast.front_desk, MARIA, "STOP")
    carrier.text(cast.front_desk, TOM, "Tom stays")
    tell()
    with scope(cast.northside.id):
        deletion.delete_contacts(cast.northside.id, [cast.maria.id], erase=True, by=Actor.of(cast.admin))
    stored = str({table: lines for table, lines in rows().items() if table in HOOK_TABLES})
    assert "Rosebud" not in stored and "Maria" not in stored
    receiver.answers = lambda _: Reply()
    receiver.accepted.clear()
    hurry()
    tell()
    of_maria = [heard for heard in receiver.accepted if heard.phone == MARIA.removeprefix("+")]
    assert [heard.type for heard in of_maria] == ["target_opt_out", "contact_deleted"]
    assert "words" not in of_maria[0].event["data"] and of_maria[1].event["data"]["erased"]
    stored = str({table: lines for table, lines in rows().items() if table in HOOK_TABLES})
    assert MARIA.removeprefix("+") not in stored, "the number goes once it was told"
    assert "Tom stays" in stored
    with scope(cast.northside.id):
        assert replay.count_replayable(crm, timezone.now() - timedelta(days=1)) == 1, (
            "only Tom's can be replayed"
        )


HOOK_TABLES = ("webhooks_webhookevent", "webhooks_delivery", "webhooks_attempt")


def test_old_events_are_forgotten(
    cast: Cast,
    crm: Endpoint,
    receiver: Receiver,
    carrier: FakeTwilio,
    tell: Tell,
    events: Any,
    owner: Any,
    rows: Any,
) -> None:
    carrier.text(cast.front_desk, MARIA, "STOP")
    tell()
    delete_old_events()
    assert len(events()) == 2
    owner.execute("UPDATE webhooks_webhookevent SET created_at = created_at - interval '31 days'")
    delete_old_events()
    assert types(events()) == ["target_opt_out"], "that a system was told of an opt-out is kept for a year"
    owner.execute("UPDATE webhooks_webhookevent SET created_at = created_at - interval '340 days'")
    delete_old_events()
    assert all(not lines for table, lines in rows().items() if table in HOOK_TABLES)


# -- what it costs -------------------------------------------------------------------------------------------------


def test_a_team_that_nobody_listens_to_pays_no_round_trip(
    cast: Cast, carrier: FakeTwilio, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    execute = RawCursor.execute

    def counted(cursor: Any, statement: Any, *args: Any, **options: Any) -> Any:
        asked.append(str(statement))
        return execute(cursor, statement, *args, **options)

    monkeypatch.setattr(RawCursor, "execute", counted)

    def cost(words: str) -> int:
        carrier.text(cast.front_desk, MARIA, words)
        asked.clear()
        carrier.text(cast.front_desk, MARIA, words)
        return len(asked)

    hello = cost("Hello")
    assert not any("hookevent" in statement for statement in asked)
    assert hello == 3, asked  # the inboxes at the address, what is known of the number, the text
    asked.clear()
    carrier.text(cast.front_desk, TOM, "STOP")
    assert not any("hookevent" in statement for statement in asked)
    create_endpoint(cast.northside, receiver)
    assert cost("Hello") == hello + 2, "whether the contact is new, and the event"
