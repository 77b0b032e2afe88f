"""The demo: written once, with a consistent ledger, and two teams that see nothing of each other."""

import json
import time
from collections import Counter
from dataclasses import dataclass
from io import StringIO
from typing import Any

import jwt
import psycopg
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import scope_lookups
from accounts.models import User
from api import keys
from contacts.contact.models import Contact
from demo import scripts, seeding, story
from kernel import phone_numbers
from kernel.tenancy import scope
from messaging.media.content_types import FileKind
from messaging.media.models import Attachment
from messaging.media.storage import open_file
from messaging.models import Conversation, Message, MessagePurpose, MessageStatus
from messaging.saved_views.models import SavedView
from messaging.scope_lookups import conversations_due
from messaging.simulator.models import SimulatedText
from optout.consent_records.models import ConsentCategory
from optout.consent_records.on_record import numbers_with_consent
from optout.ledger import history
from optout.linked_teams.models import LinkedOptOut
from optout.models import ConsentEvent, Origin, StandingState, Suppression, SuppressionKind
from optout.number_state import standing
from optout.wording import describe_entry
from tests.saved_rows import SavedRows


@dataclass(frozen=True)
class Seeded:
    team_id: int


def seed() -> Seeded:
    assert seeding.seed_teams()
    return Seeded(scope_lookups.team_ids_by_slug()[story.SLUG])


@pytest.fixture(scope="module")
def _seeded(resets: psycopg.Connection, django_db_blocker: Any) -> SavedRows[Seeded]:
    with django_db_blocker.unblock():
        return SavedRows(resets, "demo", seed)


@pytest.fixture
def team_id(_seeded: SavedRows[Seeded], transactional_db: None, settings: LazySettings) -> int:
    """The bicycle shop of the demo, which was seeded once."""
    settings.DEVELOPMENT = True
    return _seeded.insert().team_id


def facts() -> dict[str, Any]:
    out = StringIO()
    call_command("demo", json=True, stdout=out)
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


def test_the_demo_is_written_once(team_id: int) -> None:
    with scope(team_id):
        before = Message.objects.count()
    assert not seeding.seed_teams()
    assert sorted(scope_lookups.team_ids_by_slug()) == sorted(story.SLUGS)
    with scope(team_id):
        assert Message.objects.count() == before


def test_the_demo_is_for_development_only(transactional_db: None, settings: LazySettings) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="development only"):
        call_command("demo")
    assert not scope_lookups.team_ids_by_slug()


def test_the_facts_for_scripts_work(team_id: int, settings: LazySettings) -> None:
    printed = facts()
    assert list(printed) == [
        "base_url", "public_url", "database_url", "team", "members", "inboxes", "api_key", "api_signing",
    ]  # fmt: skip
    assert printed["team"] == {"slug": story.SLUG, "name": story.NAME}
    assert (printed["public_url"], printed["database_url"]) == (settings.PUBLIC_URL, settings.DATABASE_URL)
    assert keys.authenticate(printed["api_key"]).team_id == team_id
    secret_id, secret_key = printed["api_signing"].values()
    claims = {"iss": secret_id, "iat": time.time()}
    assert keys.authenticate(jwt.encode(claims, f"{secret_id}||{secret_key}")).team_id == team_id
    assert Counter(member["role"] for member in printed["members"]) == {"owner": 1, "admin": 1, "member": 2}
    assert [set(inbox) for inbox in printed["inboxes"]] == [
        {"id", "name", "number", "account_id", "auth_token"}
    ] * 2
    for inbox in printed["inboxes"]:
        (found,) = scope_lookups.inboxes_by_address(inbox["account_id"], inbox["number"])
        assert (found.team_id, found.id) == (team_id, inbox["id"])


def test_all_printed_members_can_sign_in(team_id: int) -> None:
    for member in facts()["members"]:
        browser = Client()
        form = {"login": member["email"], "password": member["password"]}
        assert browser.post(reverse("account_login"), form).status_code == 302
        assert browser.get(reverse("members", args=[story.SLUG])).status_code == 200
        assert browser.get(reverse("members", args=[story.OTHER_SLUG])).status_code == 404


def test_all_numbers_are_valid_and_unique(team_id: int) -> None:
    with scope(team_id):
        numbers = [
            *Contact.objects.values_list("number", flat=True),
            *(number for number, *_ in story.INBOXES.values()),
        ]
    assert len(numbers) == len(set(numbers)) >= 50
    assert [phone_numbers.canonical(number, "US") for number in numbers] == numbers


def test_the_demo_has_every_kind_of_suppression(team_id: int) -> None:
    with scope(team_id):
        kinds = Counter(Suppression.objects.values_list("kind", "origin"))
    assert kinds.pop((SuppressionKind.OPT_OUT, Origin.CONTACT)) >= 3, "STOP, CANCEL, and in own words"
    assert kinds == {
        (SuppressionKind.OPT_OUT, Origin.MEMBER): 1,
        (SuppressionKind.OPT_OUT, Origin.TOLD_MEMBER): 3,
        (SuppressionKind.OPT_OUT, Origin.VENDOR_LIST): len(story.VENDOR_OPT_OUTS),
        (SuppressionKind.OPT_OUT, Origin.IMPORT): 1,
        (SuppressionKind.OPT_OUT, Origin.CARRIER): 1,
        (SuppressionKind.OPT_OUT, Origin.LINKED): 1,
        (SuppressionKind.BLOCK, Origin.MEMBER): 1,
    }


def test_a_contact_who_opted_in_again_has_both_entries(team_id: int) -> None:
    number = story.number_of("Patrick O’Connell")
    with scope(team_id):
        assert standing(team_id, number).state == StandingState.ACTIVE
        refusal, *own = history(team_id, number)
        assert (refusal.origin, refusal.only_in_inbox) == (Origin.CARRIER, True)
        assert [event.after for event in own] == [
            StandingState.ACTIVE,
            StandingState.OPTED_OUT,
        ]


def test_texts_are_in_order_and_in_the_past(team_id: int) -> None:
    now = timezone.now()
    with scope(team_id):
        assert not Message.objects.filter(at__gt=now).exists()
        assert not ConsentEvent.objects.filter(happened_at__gt=now).exists()
        for conversation in Conversation.objects.all():
            texts = conversation.messages.order_by("id")
            times = [text.at for text in texts]
            assert times == sorted(times)
            # Texts of broadcasts move no conversation in the list.
            moving = [
                text.at for text in texts if text.purpose == MessagePurpose.TEXT and text.broadcast_id is None
            ]
            assert conversation.last_message_at == max(moving, default=times[0])


def test_the_demo_has_a_disagreement_and_a_linked_team(team_id: int) -> None:
    browser = Client()
    browser.force_login(User.objects.get(email=story.PEOPLE["ruth"][1]))
    page = browser.get(reverse("disagreements", args=[story.SLUG])).content.decode()
    assert "1 number" in page and "Patrick O’Connell" in page and "(21610)" in page
    page = browser.get(reverse("linked_teams", args=[story.SLUG])).content.decode()
    assert story.RENTALS_NAME in page and "Naomi Adeyemi and Ruth Adeyemi" in page
    with scope(team_id):
        (entry,) = history(team_id, story.number_of("Nkechi Okafor"))
    assert describe_entry(entry) == "Opted out at Alder Street Rentals, a linked team"
    rentals = scope_lookups.team_ids_by_slug()[story.RENTALS_SLUG]
    with scope(rentals):
        assert Suppression.objects.filter(origin=Origin.LINKED).count() >= len(story.VENDOR_OPT_OUTS)
        assert not LinkedOptOut.objects.exists()


def test_no_text_of_the_demo_is_queued(team_id: int) -> None:
    with scope(team_id):
        assert not Message.objects.filter(
            status__in=[MessageStatus.QUEUED, MessageStatus.CLAIMED, MessageStatus.SENDING]
        ).exists()
    assert conversations_due(10) == []


def test_the_inbox_of_the_demo_has_something_snoozed_and_views(team_id: int) -> None:
    with scope(team_id):
        assert [str(found) for found in Conversation.objects.filter(snoozed_until__isnull=False)] == [
            "Kai Nakamura"
        ]
        assert {view.name for view in SavedView.objects.all()} == {"Unread, nobody's", "Mine, held"}


def test_the_simulator_shows_the_same_texts(team_id: int) -> None:
    with scope(team_id):
        arrived = Message.objects.filter(status__in=[MessageStatus.RECEIVED, MessageStatus.DELIVERED])
        assert set(arrived.values_list("carrier_id", "body")) == set(
            SimulatedText.objects.values_list("carrier_id", "body")
        )


def test_the_two_teams_share_a_person_and_nothing_else(team_id: int) -> None:
    number = story.number_of("Kai Nakamura")
    other = scope_lookups.team_ids_by_slug()[story.OTHER_SLUG]
    with scope(team_id):
        assert standing(team_id, number).state == StandingState.ACTIVE
        assert not Message.objects.filter(body__contains="yearly checkup").exists()
    with scope(other):
        assert standing(other, number).state == StandingState.OPTED_OUT
        assert Conversation.objects.count() == len(scripts.OTHER_DIALOGUES)


def test_the_command_attaches_files_that_were_drawn(transactional_db: None, settings: LazySettings) -> None:
    settings.DEVELOPMENT = True
    facts()
    with scope(scope_lookups.team_ids_by_slug()[story.SLUG]):
        attachments = list(Attachment.objects.order_by("id"))
        texts = {text.id: text.media for text in Message.objects.exclude(media=[])}
    assert Counter(file.kind for file in attachments) == {
        FileKind.PICTURE: 3, FileKind.PDF: 1, FileKind.CARD: 1,
    }  # fmt: skip
    for file in attachments:
        with open_file(file.file) as stored:
            assert (file.is_stored, stored.size) == (True, file.size)
    assert texts == {file.message_id: [file.stored_medium()] for file in attachments}


def test_most_people_have_consent_on_record_and_opt_outs_take_it_back(team_id: int) -> None:
    numbers = {name: story.number_of(name) for name in story.CUSTOMERS}
    with scope(team_id):
        informed, marketed = (
            numbers_with_consent(team_id, list(numbers.values()), category)
            for category in ConsentCategory.granting()[::-1]
        )
    assert marketed < informed and len(informed) > len(numbers) * 0.6
    assert numbers["Maria Alvarez"] in marketed and numbers["Ben Kowalski"] not in informed, (
        "he asked us to stop"
    )
    assert numbers["Ravi Subramaniam"] not in marketed
    assert numbers["Chidi Eze"] not in informed, "who opted out at the former vendor signed nothing since"
