"""Shown details of a contact beside a conversation: its tags and the custom fields that have a value."""

from dataclasses import dataclass

from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_values
from contacts.lists.models import Tag
from kernel.clock import Clock
from kernel.loading import Loader


@dataclass(frozen=True)
class ShownDetails:
    tags: list[Tag]  # by name
    custom_values: list[tuple[CustomField, str]]


def shown_details_loader(contact: Contact, clock: Clock) -> Loader[ShownDetails]:
    """None of both for a number without a contact."""
    fields = CustomField.objects.of(contact.team_id) if contact.custom else CustomField.objects.none()
    tags, with_values = yield [contact.sorted_tags(), fields]
    values = display_values(with_values, contact.custom, clock)
    return ShownDetails(tags, [(field, value) for field, value in values if value])
