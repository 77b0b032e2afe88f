"""Members of groups: how pages name the others to whom a person sent a text."""

from collections.abc import Iterable

from contacts.contact.models import Contact
from kernel.phone_numbers import display
from messaging.groups.models import GroupRecipient


def names_of_others(team_id: int, country: str, message_ids: Iterable[int]) -> dict[int, list[str]]:
    """The other members of the group of each text, by name if the team knows them. Texts to one person are absent."""
    numbers = GroupRecipient.objects.of_texts(team_id, message_ids)
    if not numbers:
        return {}
    known = Contact.objects.filter(
        team_id=team_id, number__in={n for others in numbers.values() for n in others}
    )
    names = {contact.number: str(contact) for contact in known}
    return {
        id: [names.get(number, display(number, country)) for number in others]
        for id, others in numbers.items()
    }
