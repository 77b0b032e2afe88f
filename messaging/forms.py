"""Forms for texts: a message in a conversation, and a first message to a number."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Inbox, Team
from kernel.visible_text import has_visible_characters
from messaging.recipients import RecipientField
from optout.consent_types import Refusal
from optout.invited_keywords import PATTERN, invitation_warning
from optout.number_state import standing

# Twilio's limit of a text's body, in characters (error 21617).
MAX_TEXT_LENGTH = 1600


class MessageForm(forms.Form):
    invites = PATTERN  # for the warning while somebody types

    body = forms.CharField(
        label="Text",
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea({"rows": 1, "placeholder": "Write a text"}),
        error_messages={"required": "Write something."},
    )

    @property
    def invitation_warning(self) -> str:
        return invitation_warning(str(self["body"].value() or ""))

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        if not has_visible_characters(body):
            raise forms.ValidationError("Write something.")
        return body


class NewConversationForm(MessageForm):
    """A text to a number that may have no conversation yet."""

    inbox = forms.ModelChoiceField(label="From", queryset=Inbox.objects.none(), empty_label=None)
    field_order = ["number", "inbox", "body"]
    refused_number = ""  # the number that may not be texted

    def __init__(self, *args: Any, team: Team, inboxes: QuerySet[Inbox], **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = team
        self.fields["number"] = RecipientField(team, label="To")
        self.fields["number"].widget.attrs.update(type="text", placeholder="Name or number")
        self.fields["inbox"].queryset = inboxes  # type: ignore[attr-defined]
        self.fields["inbox"].label_from_instance = lambda inbox: f"{inbox} · {inbox.shown_number}"  # type: ignore[attr-defined]
        self.fields["body"].widget.attrs["rows"] = 4
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (number := data.get("number")) and (inbox := data.get("inbox")):
            current = standing(self.team.id, number, inbox.id)
            if not current.may_text:
                refusal = Refusal.BLOCKED if current.blocked else Refusal.OPTED_OUT
                self.add_error("number", str(refusal.label))
                self.refused_number = number
        return data
