"""Forms of inboxes: name, number, carrier with its credentials, and members."""

import secrets
from typing import Any

from django import forms
from django.conf import settings

from accounts.carrier_setup import SETUPS, CredentialField
from accounts.memberships import set_members_of_inbox
from accounts.models import Carrier, Inbox, KeywordResponder, Member, Role
from accounts.sender_field import SenderField
from kernel.model_choices import offer_rows
from kernel.revisions import RevisedForm

SAVED = "Leave it empty to keep the saved one."


def offered_carriers() -> list[Carrier]:
    """The carriers that a new inbox can have; the simulator only in development."""
    return [carrier for carrier in Carrier if carrier in SETUPS and _is_offered(carrier)]


def _is_offered(carrier: Carrier) -> bool:
    return carrier != Carrier.SIMULATOR or settings.DEVELOPMENT


class InboxForm(RevisedForm, forms.ModelForm):
    """An inbox: its name, carrier credentials, and whether it replies to keywords."""

    keyword_responder = forms.ChoiceField(
        label="Replies to STOP, START and HELP", choices=KeywordResponder, widget=forms.RadioSelect
    )

    class Meta:
        model = Inbox
        fields = ["name", "account_id", "keyword_responder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setup = SETUPS.get(self.chosen_carrier, SETUPS[Carrier.TWILIO])
        for credential in self.setup.fields:
            self.fields[credential.name] = self._field_of(credential)
        self.fields["keyword_responder"].help_text = self.setup.who_replies

    @property
    def chosen_carrier(self) -> str:
        return self.instance.carrier

    @property
    def credential_fields(self) -> list[forms.BoundField]:
        return [self[credential.name] for credential in self.setup.fields]

    @property
    def entered_secrets(self) -> list[str]:
        """The labels of the secret credentials that a valid form replaces."""
        return [field.label for field in self.setup.fields if field.secret and self.cleaned_data[field.name]]

    def _field_of(self, credential: CredentialField) -> forms.Field:
        saved = self._saved(credential)
        help_text = " ".join(filter(None, (credential.where, SAVED if saved and credential.secret else "")))
        label = f"New {credential.noun}" if saved and credential.secret else credential.label
        options: Any = {"label": label, "required": False, "help_text": help_text}
        if not credential.secret:
            self.initial[credential.name] = saved
        if credential.choices:
            return forms.ChoiceField(choices=credential.choices, **options)
        attrs = {"autocomplete": "off"}
        widget = forms.PasswordInput(attrs=attrs) if credential.secret else forms.TextInput(attrs=attrs)
        return forms.CharField(strip=True, max_length=200, widget=widget, **options)

    def _saved(self, credential: CredentialField) -> str:
        """The saved value; empty if there is none, or for another carrier than the inbox's."""
        inbox = self.instance
        if not inbox.pk:
            return ""
        if credential.name == "account_id":
            return str(inbox.account_id)
        if credential.name == "auth_token":
            return next(iter(inbox.readable_tokens), "")
        return str(inbox.credential(credential.name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for credential in self.setup.fields:
            value = str(data.get(credential.name) or "")
            if value and not credential.accepts(value):
                self.add_error(credential.name, credential.mistake)
            elif not value and credential.name not in self.errors and self._must_have(credential):
                carrier = Carrier(self.chosen_carrier).label
                self.add_error(credential.name, f"Copy the {credential.noun} from {carrier}.")
        return data

    def _must_have(self, credential: CredentialField) -> bool:
        return not credential.secret

    def save(self, commit: bool = True) -> Inbox:
        inbox: Inbox = super().save(commit=False)
        if token := self.cleaned_data["auth_token"]:
            inbox.add_token(token)
        inbox.add_credentials({field.name: self.cleaned_data[field.name] for field in self.setup.more})
        if "account_id" in self.changed_data:
            inbox.verified_at = None  # the credentials of the other account prove nothing about this one
        inbox.save()
        return inbox


class NewInboxForm(InboxForm):
    """A new inbox, with its number, carrier and members."""

    members: Any = forms.ModelMultipleChoiceField(
        label="Members",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Roles that see every inbox, such as owner and admin, need no seat.",
    )
    carrier = forms.ChoiceField(initial=Carrier.TWILIO, widget=forms.HiddenInput)

    class Meta(InboxForm.Meta):
        fields = ["name", "number", "carrier", "account_id", "keyword_responder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.instance.team
        self.fields["number"] = SenderField(team.country)
        members = Member.objects.filter(team=team, role=Role.MEMBER).select_related("user")
        offer_rows(self, "members", members.by_name())
        choices = [(carrier.value, carrier.label) for carrier in offered_carriers()]
        self.fields["carrier"].choices = choices  # type: ignore[attr-defined]
        self.initial["keyword_responder"] = self.setup.responder

    @property
    def chosen_carrier(self) -> str:
        if self.is_bound:
            return str(self.data.get("carrier", ""))
        return str(self.initial.get("carrier") or Carrier.TWILIO)

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        team = self.instance.team
        if team.inboxes.present().filter(number=number).exists():
            raise forms.ValidationError("Your team already has an inbox with this number.")
        self.deleted = team.inboxes.filter(number=number).first()
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.instance.team.is_to_be_deleted:
            raise forms.ValidationError("The team is to be deleted. An owner may cancel that first.")
        if data.get("carrier") == Carrier.SIMULATOR:  # it accepts any credentials
            data["account_id"] = data.get("account_id") or f"AC{secrets.token_hex(16)}"
            data["auth_token"] = data.get("auth_token") or secrets.token_hex(16)
        return data

    def _must_have(self, credential: CredentialField) -> bool:
        return self.chosen_carrier in offered_carriers() and self.chosen_carrier != Carrier.SIMULATOR

    def save(self, commit: bool = True) -> Inbox:
        if self.deleted:  # adding its number again continues it
            self.instance.pk, self.instance.created_at = self.deleted.pk, self.deleted.created_at
            self.instance._state.adding = False
        inbox = super().save(commit)
        set_members_of_inbox(inbox, self.cleaned_data["members"])
        return inbox
