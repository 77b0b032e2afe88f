"""Forms of work in a team: an assignee, and a private note."""

from typing import Any

from django import forms

from accounts.models import Member
from contacts.lists.models import Tag
from messaging.teamwork.models import Note


class AssignmentForm(forms.Form):
    """The member who takes care of a conversation; empty for nobody."""

    member = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, data: Any, members: list[Member]) -> None:
        super().__init__(data)
        self.members = {member.id: member for member in members}
        field: Any = self.fields["member"]
        field.choices = [("", "Nobody"), *((member.id, str(member)) for member in members)]

    @property
    def chosen(self) -> Member | None:
        return self.members.get(self.cleaned_data["member"])


class ConversationTagForm(forms.Form):
    """The name of a tag for the contact of a conversation."""

    name = forms.CharField(
        label="Tag",
        max_length=Tag._meta.get_field("name").max_length,
        error_messages={"required": "Write the name of a tag."},
    )

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class NoteForm(forms.Form):
    body = forms.CharField(
        label="Private note",
        max_length=Note.MAX_LENGTH,
        error_messages={"required": "Write a note first."},
        widget=forms.Textarea({"rows": 2}),
    )
