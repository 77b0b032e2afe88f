"""Values of the fields of templates: of a contact, its custom fields, the sender, the inbox and the team."""

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_value
from kernel.loading import Loader, load
from kernel.phone_numbers import display

# The names that every team has, with what they mean.
BUILT_IN = {
    "first_name": "First name",
    "last_name": "Last name",
    "name": "Whole name",
    "email": "Email",
    "number": "Number",
    "sender_name": "Name of who sends it",
    "sender_first_name": "First name of who sends it",
    "inbox_name": "Inbox",
    "inbox_number": "Number of the inbox",
    "team_name": "Team",
}
CUSTOM = "custom."


def known_fields(team_id: int) -> dict[str, str]:
    """The names of all fields that a team's templates may have, with what they mean."""
    custom = CustomField.objects.of(team_id)
    return {**BUILT_IN, **{f"{CUSTOM}{field.key.lower()}": field.name for field in custom}}


def field_values(inbox: Inbox, number: str | None, sender: Member | None) -> dict[str, str]:
    return load(values_loader(inbox, number, sender))


def values_loader(inbox: Inbox, number: str | None, sender: Member | None) -> Loader[dict[str, str]]:
    """The value of each field in a text from this inbox to this number; empty where there is none.

    Without a number, nothing about the person is known. A text of a program has no sender.
    """
    contacts = Contact.objects.filter(team_id=inbox.team_id, number=number)
    found, fields = yield [contacts if number else contacts.none(), CustomField.objects.of(inbox.team_id)]
    contact = found[0] if found else Contact(team_id=inbox.team_id, number=number or "")
    return values_of(contact, inbox, sender, fields)


def values_of(
    contact: Contact, inbox: Inbox, sender: Member | None, custom_fields: list[CustomField]
) -> dict[str, str]:
    """The same for a contact, which may be unsaved, with the team's custom fields. Asks the database for nothing."""
    sender_name = str(sender) if sender else ""
    clock = inbox.team.clock_of(inbox.team)  # whoever sends it
    return {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "name": contact.name,
        "email": contact.email,
        "number": display(contact.number) if contact.number else "",
        "sender_name": sender_name,
        "sender_first_name": sender_name.split(" ")[0],
        "inbox_name": inbox.name,
        "inbox_number": inbox.shown_number,
        "team_name": inbox.team.name,
        **{
            f"{CUSTOM}{field.key.lower()}": display_value(field, contact.custom.get(field.key), clock)
            for field in custom_fields
        },
    }
