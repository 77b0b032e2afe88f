"""Forms for texts: a message in a conversation, and a first message to a number."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Inbox, Team
from kernel.model_choices import offer_rows
from kernel.visible_text import has_visible_characters
from messaging.crossing import CrossingText
from messaging.recipients import RecipientField
from optout.consent_types import Refusal
from optout.invited_keywords import PATTERN, invitation_warning
from optout.number_state import standing

# Twilio's limit of a text's body, in characters (error 21617).
MAX_TEXT_LENGTH = 1600
NOTHING_WRITTEN = "Write something."


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(FilesField, self).clean(file, initial) for file in data or () if file]


class MessageForm(forms.Form):
    """A text: words, attachments, or both."""

    is_repeated = False  # whether it sends a text again that was sent again already
    invites = PATTERN  # for the warning while somebody types
    crossing: CrossingText | None = None  # what a colleague sent meanwhile; the writer is asked

    body = forms.CharField(
        label="Text",
        max_length=MAX_TEXT_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 1, "placeholder": "Write a text", "data-takes-templates": True}),
    )
    attachments = FilesField(label="Attachments", required=False)
    again = forms.IntegerField(
        required=False, widget=forms.HiddenInput
    )  # the text whose attachments go along
    template = forms.IntegerField(required=False, widget=forms.HiddenInput)  # that it was written with
    picture = forms.IntegerField(
        required=False, widget=forms.HiddenInput
    )  # the template whose picture goes along

    @property
    def draft(self) -> str:
        """The draft with which the page began; empty without one."""
        return str(self.initial.get("draft", ""))

    @property
    def invitation_warning(self) -> str:
        return invitation_warning(str(self["body"].value() or ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        has_more = any(data.get(name) for name in ("attachments", "again", "picture"))
        if "body" in data and not has_visible_characters(data["body"]) and not has_more:
            self.add_error("body", NOTHING_WRITTEN)
        return data


def sender_label(inbox: Inbox) -> str:
    """An inbox as a sender to choose: its name and its number."""
    return f"{inbox} · {inbox.shown_number}"


class NewConversationForm(MessageForm):
    """A text to a number that may have no conversation yet."""

    inbox = forms.ModelChoiceField(label="From", queryset=Inbox.objects.none(), empty_label=None)
    field_order = ["number", "inbox", "body", "attachments"]
    refused_number = ""  # the number that may not be texted

    def __init__(self, *args: Any, team: Team, inboxes: QuerySet[Inbox], **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = team
        del self.fields["again"]
        self.fields["number"] = RecipientField(team, label="To")
        self.fields["number"].widget.attrs.update(type="text", placeholder="Name or number")
        offer_rows(self, "inbox", inboxes, label=sender_label)
        self.fields["body"].widget.attrs["rows"] = 4
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (number := data.get("number")) and (inbox := data.get("inbox")):
            if number == inbox.number:
                self.add_error("number", str(Refusal.OWN_NUMBER.label))
            current = standing(self.team.id, number, inbox.id)
            if not current.may_text:
                refusal = Refusal.BLOCKED if current.blocked else Refusal.OPTED_OUT
                sentence = str(refusal.label)
                if not current.blocked and all(row.inbox_id for row in current.rows):
                    sentence = f"This number has opted out of {inbox}."
                self.add_error("number", sentence)
                self.refused_number = number
        return data
