"""Numbers that earlier versions stored with their channel ("rcs:+15105553344"): carried to the number itself."""

from collections.abc import Iterator

from contacts.contact.merge import merge_contacts
from contacts.contact.models import Contact
from contacts.contact.number_changes import NumberTaken, change_number
from kernel.phone_numbers import display, from_carrier, names_channel
from kernel.tenancy import scope
from optout.bulk_consent import copy_suppressions, numbers_opted_in_since
from optout.consent_types import Actor, StatedOptOut
from optout.models import Action, ConsentEvent, Origin, Suppression

REPAIR = Actor(Origin.MEMBER, "Repair of numbers with a channel")


def numbers_with_channel(team_id: int) -> list[str]:
    """The stored numbers of suppressions and contacts that name a channel. In the scope of the team."""
    models = (Suppression, Contact)
    stored = {
        number
        for model in models
        for number in model.objects.filter(team_id=team_id, number__contains=":").values_list(
            "number", flat=True
        )
    }
    return sorted(filter(names_channel, stored))


def carry_numbers(team_id: int) -> Iterator[tuple[str, str, bool]]:
    """Carry suppressions and contacts, a number per transaction. Yields the stored number, the number, and if changed.

    The old number keeps its suppressions and texts. If the number opted in since, only its contact is carried (with the
    suppressions, as in every number change), so that the repair can be repeated. Outside any scope.
    """
    with scope(team_id):
        stored = numbers_with_channel(team_id)
    for old in stored:
        with scope(team_id):
            number = from_carrier(old, "US")
            yield old, number, _carry(team_id, old, number)


def _carry(team_id: int, old: str, number: str) -> bool:
    contact = Contact.objects.filter(team_id=team_id, number=old).first()
    if contact:
        _move_contact(contact, number)
    if _opted_in_since(team_id, old, number):
        return contact is not None
    reason = f"{display(old)} is {display(number)}"
    return bool(copy_suppressions(team_id, old, number, REPAIR, reason=reason)) or contact is not None


def _move_contact(contact: Contact, number: str) -> None:
    try:
        change_number(contact, number, by=REPAIR, answer=None)
    except NumberTaken as taken:
        if taken.holder:
            merge_contacts(taken.holder, contact, by=REPAIR)


def _opted_in_since(team_id: int, old: str, number: str) -> bool:
    newest = (
        ConsentEvent.objects.filter(team_id=team_id, number=old, action=Action.OPTED_OUT)
        .order_by("-happened_at")
        .values_list("happened_at", flat=True)
        .first()
    )
    return bool(newest and numbers_opted_in_since(team_id, [StatedOptOut(number, newest)]))
