"""Forms of an inbox's number: its type and further addresses, and its 10DLC registration."""

from typing import Any

from django import forms

from accounts.inbox_addresses import MOST, canonical_address
from accounts.models import Inbox
from accounts.number_types import NumberType, NumberTypeSource, guess_number_type
from kernel.revisions import RevisedForm
from messaging.numbers.models import Registration

WRONG_ADDRESS = (
    "“{}” is none of these. Write an RCS agent like rcs:our_agent, a WhatsApp sender like"
    " whatsapp:+15105550100, or the ID of a Messaging Service, MG and 32 digits."
)


class NumberForm(RevisedForm, forms.ModelForm):
    """The type of an inbox's number, and its further addresses, one a line."""

    stated_number_type = forms.ChoiceField(label="Type", required=False)
    further_addresses = forms.CharField(
        label="Further addresses",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One a line: an RCS agent (rcs:our_agent), a WhatsApp sender (whatsapp:+15105550100) or a Messaging "
        "Service (MG…). Texts to them arrive in this inbox, and replies by RCS and WhatsApp come from them.",
    )

    class Meta:
        model = Inbox
        fields = ["stated_number_type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guess = guess_number_type(self.instance.number).label
        choices = [("", f"As its number shows: {guess}"), *NumberType.choices]
        self.fields["stated_number_type"].choices = choices  # type: ignore[attr-defined]
        self.initial["further_addresses"] = "\n".join(self.instance.further_addresses)

    def clean_further_addresses(self) -> list[str]:
        lines = filter(None, map(str.strip, self.cleaned_data["further_addresses"].splitlines()))
        addresses = list(dict.fromkeys(map(self._read, lines)))
        if len(addresses) > MOST:
            raise forms.ValidationError(f"An inbox has at most {MOST} further addresses.")
        return addresses

    def _read(self, line: str) -> str:
        address = canonical_address(line)
        if not address:
            raise forms.ValidationError(WRONG_ADDRESS.format(line[:60]))
        others = self.instance.team.inboxes.present().exclude(id=self.instance.id)
        if other := others.filter(further_addresses__contains=[address]).first():
            raise forms.ValidationError(f"{address} belongs to {other.name} already.")
        return address

    def save(self, commit: bool = True) -> Inbox:
        inbox = self.instance
        if "stated_number_type" in self.changed_data:
            inbox.state_number_type(self.cleaned_data["stated_number_type"], NumberTypeSource.ADMIN)
        inbox.further_addresses = self.cleaned_data["further_addresses"]
        if inbox.unlisted_address in inbox.further_addresses:
            inbox.unlisted_address = ""
        inbox.save()
        return inbox


class RegistrationForm(RevisedForm, forms.ModelForm):
    """What a member enters about the 10DLC registration of an inbox."""

    revises_new = True

    class Meta:
        model = Registration
        fields = ["brand", "brand_state", "campaign", "campaign_state", "problem"]
        labels = {
            "brand": "Brand",
            "brand_state": "State of the brand",
            "campaign": "Campaign ID",
            "campaign_state": "State of the campaign",
            "problem": "Why it was rejected or suspended",
        }
        widgets = {"problem": forms.Textarea(attrs={"rows": 2})}

    def save(self, commit: bool = True) -> Registration:
        if self.has_changed():
            self.instance.read_at = None
        return super().save(commit)
