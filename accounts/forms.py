"""The forms of people, teams, invitations and inboxes."""

import re
import secrets
from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts import memberships
from accounts.access import Right, may
from accounts.models import Carrier, Inbox, KeywordResponder, Member, Role, Team, User
from kernel import phone_numbers
from kernel.regions import COUNTRIES, time_zones


def _name(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=80, **options)


def _new_password() -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label="Password", strip=False, widget=widget, help_text="At least 10 characters.")


class SignupForm(AllauthSignupForm):
    """Sign-up makes a user and the team that this user owns, both or neither."""

    name = _name("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    business = _name("Business name", widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    field_order = ["name", "business", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "Email"
        self.fields["password1"].help_text = "At least 10 characters."
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:  # the same form sent twice, at once
            messages.info(request, "There is an account with this e-mail address now. Sign in.")
            return None, redirect("account_login")

    def custom_signup(self, request: HttpRequest, user: Any) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        Team.objects.create_with_owner(self.cleaned_data["business"], user)


class ProfileForm(forms.ModelForm):
    name = _name("Your name", help_text="Your team sees it beside what you write.")

    class Meta:
        model = User
        fields = ["name"]


class TeamForm(forms.ModelForm):
    """A team's name; how it reads local numbers and clocks."""

    country = forms.ChoiceField(choices=list(COUNTRIES.items()), help_text="How numbers without + are read.")
    time_zone = forms.ChoiceField(choices=time_zones, initial="America/New_York")

    class Meta:
        model = Team
        fields = ["name", "country", "time_zone"]
        labels = {"name": "Business name"}


class InvitedSignupForm(forms.Form):
    """Sign-up through an invitation: the address is known and proved."""

    name = _name("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = _new_password()

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, User(email=self.email, name=self.data.get("name", "")))
        return str(password)


class MembershipForm(forms.Form):
    """A role in the team, and the inboxes that a plain member sees."""

    role = forms.ChoiceField(widget=forms.RadioSelect, initial=Role.MEMBER)
    inboxes: Any = forms.ModelMultipleChoiceField(
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Owners and admins see every inbox.",
    )

    def __init__(self, by: Member, *args: Any, member: Member | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners_too = may(by, Right.MANAGE_OWNERS) or (member and member.role == Role.OWNER)
        roles = [role for role in Role if role != Role.OWNER or owners_too]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["inboxes"].queryset = by.team.inboxes.order_by("name", "id")  # type: ignore[attr-defined]


class InvitationForm(MembershipForm):
    email = forms.EmailField(label="Email")
    field_order = ["email", "role", "inboxes"]


class InboxForm(forms.ModelForm):
    """An inbox: what it is called, how it reaches its carrier, who sees it, who answers keywords."""

    field_order = ["name", "account_id", "auth_token", "keyword_responder", "members"]
    auth_token = forms.CharField(
        label="Auth token",
        required=False,
        strip=True,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    keyword_responder = forms.ChoiceField(
        label="Who answers STOP, START and HELP",
        choices=KeywordResponder,
        widget=forms.RadioSelect,
        help_text="Twilio answers them itself unless that was switched off there.",
    )
    members: Any = forms.ModelMultipleChoiceField(
        label="Who sees it",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Owners and admins see every inbox.",
    )

    class Meta:
        model = Inbox
        fields = ["name", "account_id", "keyword_responder"]
        labels = {"account_id": "Account SID"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inbox = self.instance
        plain = Member.objects.filter(team=inbox.team, role=Role.MEMBER).select_related("user")
        self.fields["members"].queryset = plain.order_by("user__name", "id")  # type: ignore[attr-defined]
        if inbox.pk:
            self.initial["members"] = [seat.member_id for seat in inbox.seats.all()]
            self.fields["auth_token"].label = "New auth token"

    def clean_account_id(self) -> str:
        account_id = str(self.cleaned_data["account_id"]).strip()
        if self._carrier == Carrier.TWILIO and not re.fullmatch(r"AC[0-9A-Za-z]{32}", account_id):
            raise forms.ValidationError("A Twilio Account SID is AC and 32 more characters.")
        return account_id

    def clean_auth_token(self) -> str:
        token = str(self.cleaned_data["auth_token"])
        if token and not re.fullmatch(r"[!-~]{16,200}", token):
            raise forms.ValidationError(
                "That is no auth token. Copy it from the carrier's console once more."
            )
        return token

    @property
    def _carrier(self) -> str:
        return self.instance.carrier

    def save(self, commit: bool = True) -> Inbox:
        inbox: Inbox = super().save(commit=False)
        if token := self.cleaned_data["auth_token"]:
            inbox.add_token(token)
        inbox.save()
        memberships.set_members_of_inbox(inbox, self.cleaned_data["members"])
        return inbox


class NewInboxForm(InboxForm):
    """A number that the team gets ready for texting."""

    number = forms.CharField(label="Number", max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    carrier = forms.ChoiceField(initial=Carrier.TWILIO)
    field_order = ["name", "number", "carrier", "account_id", "auth_token", "keyword_responder", "members"]

    class Meta(InboxForm.Meta):
        fields = ["name", "number", "carrier", "account_id", "keyword_responder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carriers = [carrier for carrier in Carrier if carrier != Carrier.SIMULATOR or settings.DEVELOPMENT]
        self.fields["carrier"].choices = [(c.value, c.label) for c in carriers]  # type: ignore[attr-defined]
        self.fields["account_id"].required = False
        self.initial["keyword_responder"] = KeywordResponder.CARRIER  # as every Twilio account starts out

    def clean_number(self) -> str:
        team = self.instance.team
        try:
            number = phone_numbers.canonical(self.cleaned_data["number"], team.country)
        except phone_numbers.InvalidNumber as invalid:
            raise forms.ValidationError(str(invalid)) from None
        if team.inboxes.filter(number=number).exists():
            raise forms.ValidationError("Your team has an inbox with this number already.")
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("carrier") == Carrier.SIMULATOR:  # it takes any credentials, so it gets made-up ones
            data["account_id"] = data.get("account_id") or f"AC{secrets.token_hex(16)}"
            data["auth_token"] = data.get("auth_token") or secrets.token_hex(16)
        elif "carrier" in data:
            for field, name in (("account_id", "Account SID"), ("auth_token", "auth token")):
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, f"Copy the {name} from the Twilio Console.")
        return data

    @property
    def _carrier(self) -> str:
        return str(self.data.get("carrier", "")) if self.data.get("account_id") else ""
