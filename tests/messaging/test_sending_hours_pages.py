"""Pages of sending hours: the settings with their audit, both clocks at schedules, and the warning of a writer."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.audit.models import AuditEntry
from accounts.models import Member, Team
from contacts.contact.models import Contact
from contacts.custom_fields.define import define_field
from contacts.custom_fields.values import FieldKind
from kernel.tenancy import scope
from messaging.models import Conversation
from messaging.sending_hours.places import place_of_number
from messaging.sending_hours.recipient_clock import clock_at, clock_for_writer, describe_clock
from messaging.sending_hours.rules import current_rules
from tests.cast import MARIA, Cast
from tests.clocks import UTC_CLOCK, earlier
from tests.messaging.fake_twilio import FakeTwilio

type ClientOf = Callable[[Member], Client]
PAGE = reverse("sending_hours", args=["northside-dental"])
ASIDE = reverse("set_asides", args=["northside-dental"])


def _hours(cast: Cast) -> dict[str, Any]:
    with scope(cast.northside.id):
        return dict(Team.objects.get(id=cast.northside.id).sending_hours)


def _changes(cast: Cast) -> list[tuple[str, str, str, str]]:
    with scope(cast.northside.id):
        rows = AuditEntry.objects.filter(team_id=cast.northside.id, section="sending-hours").order_by("id")
        return list(rows.values_list("setting", "before", "after", "actor_name"))


@pytest.fixture
def _lawful(cast: Cast) -> None:
    """Northside has set no law aside."""
    with scope(cast.northside.id):
        Team.objects.filter(id=cast.northside.id).update(sending_hours={})
    cast.northside.sending_hours = cast.front_desk.team.sending_hours = {}


@pytest.mark.usefixtures("_lawful")
def test_own_hours_are_saved_and_audited(cast: Cast, as_client: ClientOf) -> None:
    with scope(cast.northside.id):
        define_field(cast.northside, "Home", FieldKind.TEXT)
    admin = as_client(cast.admin)
    shown = admin.get(PAGE).content.decode()
    assert "47 CFR 64.1200(c)(1)" in shown and "12 PM–9 PM" in shown
    assert shown.count('data-label="Sunday"') == len(current_rules(date(2026, 11, 29)))
    wrong = admin.post(PAGE, {"monday": "22:00-2:00", "tuesday": "from nine"})
    assert wrong.status_code == 422
    assert (
        "Sending hours end at 24:00." in wrong.content.decode()
        and "is no time span" in wrong.content.decode()
    )
    night = admin.post(PAGE, {"monday": "3:00-4:00"})
    assert "With these hours no text could be sent in United States" in night.content.decode()
    assert _hours(cast) == {} and _changes(cast) == []
    assert admin.post(PAGE, {"monday": "9-17", "address_field": "home"}).status_code == 302
    assert _hours(cast) == {"week": [[[540, 1020]], [], [], [], [], [], []], "address_field": "home"}
    assert ("Own hours: Monday", "as the law", "9 AM–5 PM", "Amir Adams") in _changes(cast)
    assert ("Own hours: Sunday", "as the law", "None", "Amir Adams") in _changes(cast)
    assert admin.post(PAGE, {"monday": ""}).status_code == 302
    assert _hours(cast)["week"] == []
    assert as_client(cast.member).get(PAGE).status_code == 403


@pytest.mark.usefixtures("_lawful")
def test_a_law_is_set_aside_only_with_a_reason_in_the_record(cast: Cast, as_client: ClientOf) -> None:
    admin = as_client(cast.admin)
    for reason in ("", "  ", "because"):
        refused = admin.post(ASIDE, {"place": "US-TX", "reason": reason})
        assert refused.status_code == 422
    assert admin.post(ASIDE, {"place": "US-ZZ", "reason": "There is no such place."}).status_code == 422
    assert _hours(cast) == {} and _changes(cast) == []
    why = "We text only our own patients: Sec. 302.058."
    assert admin.post(ASIDE, {"place": "US-TX", "reason": why}).status_code == 302
    assert _hours(cast)["set_aside"] == {"US-TX": why}
    page = admin.get(PAGE).content.decode()
    assert page.count(why) == 2, "at the row and among the changes"
    assert (
        admin.post(reverse("delete_set_aside", args=["northside-dental"]), {"place": "US-TX"}).status_code
        == 302
    )
    assert _hours(cast)["set_aside"] == {}
    assert _changes(cast) == [
        ("Hours of Texas", "", f"set aside: {why}", "Amir Adams"),
        ("Hours of Texas", f"set aside: {why}", "applies", "Amir Adams"),
    ]


@pytest.mark.usefixtures("_lawful")
def test_who_writes_first_is_warned_and_a_schedule_shows_both_clocks(cast: Cast, carrier: FakeTwilio) -> None:
    night, noon = datetime(2026, 6, 10, 8, tzinfo=UTC), datetime(2026, 6, 10, 19, tzinfo=UTC)
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        found = Conversation.objects.select_related("contact", "inbox").get(team=cast.northside, number=MARIA)
        found.inbox.team = cast.northside
        clock = clock_for_writer(found, night)
        assert (clock.sentence, clock.differs) == ("1:00 AM in California", True)
        assert clock_for_writer(found, noon).hold is None
        Contact.objects.filter(team_id=cast.northside.id, number=MARIA).update(custom={"zip": "33139"})
        found.contact.refresh_from_db()
        at = clock_at(found, night)
    assert at.sentence == "Wed 1:00 AM in California or Wed 4:00 AM in Florida"
    assert at.hold and at.hold.reason == "California, before 8 AM Pacific time"


def test_the_composer_warns_and_does_not_forbid(
    cast: Cast, carrier: FakeTwilio, as_client: ClientOf, owner: Any
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        id = Conversation.objects.get(team=cast.northside, number=MARIA).id
        hours = {**cast.northside.sending_hours, "week": [[[0, 1]], [], [], [], [], [], []]}
        Team.objects.filter(id=cast.northside.id).update(sending_hours=hours)
    desk = as_client(cast.member)
    pages = [reverse(name, args=["northside-dental", id]) for name in ("conversation", "recipient_clock")]
    replying = [desk.get(page).content.decode() for page in pages]
    assert not any("outside sending hours" in page for page in replying), "the person wrote just now"
    owner.execute(f"UPDATE messaging_message SET at = {earlier('at', '25 hours')}")
    suggested = desk.get(
        reverse("recipients", args=["northside-dental"]), {"number": "Maria"}
    ).content.decode()
    assert "Outside sending hours (your team" in suggested
    first = [desk.get(page).content.decode() for page in pages]
    assert all("in California: outside sending hours (your team" in page for page in first)
    sent = desk.post(reverse("messages", args=["northside-dental", id]), {"body": "Are you well?"})
    assert sent.status_code == 302


def test_clock_of_several_zones() -> None:
    at = datetime(2026, 6, 10, 19, tzinfo=UTC)
    clocks = {
        "+18005550101": "09:00 to 15:00 in the United States",
        "+12125550101": "15:00 in New York",
        "+18505550101": "14:00 to 15:00 in Florida",
    }
    assert {number: describe_clock((place_of_number(number),), at, UTC_CLOCK) for number in clocks} == clocks
