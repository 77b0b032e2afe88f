"""Members of groups: how pages name the others to whom a person sent a text."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from contacts.contact.models import Contact
from kernel.loading import Loader
from kernel.phone_numbers import display
from messaging.groups.models import GroupRecipient
from messaging.models import Message


def with_others(texts: QuerySet[Message], team_id: int) -> QuerySet[Message]:
    """Annotate `other_numbers`: the other members of the group that got a text, in the carrier's order."""
    rows = GroupRecipient.objects.filter(team_id=team_id, message_id=OuterRef("id")).order_by("position")
    return texts.annotate(other_numbers=ArraySubquery(rows.values("number")))


def names_loader(team_id: int, country: str, texts: Iterable[Any]) -> Loader[Mapping[int, list[str]]]:
    """The other members by the ID of each annotated text, by name if the team knows them. Other texts are absent."""
    numbers = {text.id: text.other_numbers for text in texts if text.other_numbers}
    if not numbers:
        return {}
    others = {number for numbers_of_text in numbers.values() for number in numbers_of_text}
    (known,) = yield [Contact.objects.filter(team_id=team_id, number__in=others)]
    names = {contact.number: str(contact) for contact in known}
    return {
        id: [names.get(number) or display(number, country) for number in others]
        for id, others in numbers.items()
    }
