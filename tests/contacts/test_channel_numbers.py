"""Repair of numbers that were stored with their channel: the opt-out reaches the number, and nothing is lifted."""

from io import StringIO
from typing import Any

from django.core.management import call_command

from contacts.contact.models import Contact
from kernel.tenancy import scope
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import Origin, StandingState
from optout.number_state import standing
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio

VENDOR = Actor(Origin.VENDOR_LIST, "Former vendor")


def store(cast: Cast, number: str, name: str = "") -> None:
    """Store an opt-out, and a contact, as an earlier version did."""
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, number, VENDOR, reason="Earlier version")
        if name:
            Contact.objects.create(team=cast.northside, number=number, first_name=name)


def repair() -> str:
    out = StringIO()
    call_command("repair_channel_numbers", stdout=out)
    return out.getvalue()


def state(cast: Cast, number: str) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, number).state


def test_opt_outs_of_numbers_with_a_channel_reach_the_number(cast: Cast, carrier: FakeTwilio) -> None:
    store(cast, f"rcs:{STRANGER}")
    store(cast, f"WhatsApp:{TOM}")
    store(cast, "US:384387")
    store(cast, "messenger:12065550103")
    output = repair()
    assert (
        state(cast, STRANGER) == state(cast, TOM) == state(cast, f"rcs:{STRANGER}") == StandingState.OPTED_OUT
    )
    assert state(cast, MARIA) == StandingState.ACTIVE
    assert f"rcs:{STRANGER} -> {STRANGER}" in output and "2 numbers were carried." in output
    assert "384387" not in output and "messenger" not in output
    with scope(cast.northside.id):
        (entry,) = history(cast.northside.id, STRANGER)
    assert (entry.origin, entry.source) == (Origin.VENDOR_LIST, f"copied from rcs:{STRANGER}")
    assert "0 numbers were carried." in repair()


def test_a_repair_never_repeats_an_opt_out_that_the_person_lifted(cast: Cast, carrier: FakeTwilio) -> None:
    store(cast, f"rcs:{MARIA}")
    repair()
    carrier.text(cast.front_desk, MARIA, "START")
    assert state(cast, MARIA) == StandingState.ACTIVE
    assert "0 numbers were carried." in repair()
    assert state(cast, MARIA) == StandingState.ACTIVE


def test_contacts_move_to_the_number_or_merge_with_its_contact(cast: Cast, rows: Any) -> None:
    store(cast, f"rcs:{STRANGER}", "Sam")
    store(cast, f"whatsapp:{MARIA}", "Maria")
    repair()
    with scope(cast.northside.id):
        numbers = Contact.objects.filter(team=cast.northside).values_list("number", flat=True)
        assert STRANGER in numbers and not any(":" in number for number in numbers)
        assert Contact.objects.filter(team=cast.northside, number=MARIA).count() == 1
    assert state(cast, STRANGER) == state(cast, MARIA) == StandingState.OPTED_OUT
