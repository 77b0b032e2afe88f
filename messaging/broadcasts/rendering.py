"""Words of a broadcast for one person: its fields filled, with the opt-out words. Previews and sending use the same."""

from typing import Self

from accounts.models import Inbox, Member
from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from messaging.broadcasts.models import Broadcast
from messaging.text_templates.fields import FilledText, fill
from messaging.text_templates.values import values_of


class Renderer:
    """Renders one broadcast. It knows the sender and the team's custom fields, and asks the database nothing more."""

    def __init__(self, broadcast: Broadcast, sender: Member | None, custom_fields: list[CustomField]) -> None:
        self.broadcast, self.sender, self.custom_fields = broadcast, sender, custom_fields

    @classmethod
    def of(cls, broadcast: Broadcast) -> Self:
        """In the scope of the team. Without its author, who may have left, the sender's fields are empty."""
        members = Member.objects.select_related("user").filter(team_id=broadcast.team_id)
        sender = members.filter(id=broadcast.author_id).first() if broadcast.author_id else None
        return cls(broadcast, sender, list(CustomField.objects.of(broadcast.team_id)))

    def text_for(self, contact: Contact, inbox: Inbox, *, with_words: bool) -> FilledText:
        """The text to this contact from this inbox, whose team is loaded. It has problems if a field is unfilled."""
        filled = fill(self.broadcast.body, values_of(contact, inbox, self.sender, self.custom_fields))
        words = self.broadcast.opt_out_words.strip()
        if not with_words or not words or words.casefold() in filled.text.casefold():
            return filled
        return FilledText(f"{filled.text.rstrip()}\n{words}".strip(), filled.problems)
