"""Forms of users, teams and inboxes."""

import re
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from accounts.clock_fields import CLOCK_FIELDS, use_clock_fields
from accounts.memberships import set_members_of_inbox
from accounts.models import Carrier, Inbox, KeywordResponder, Member, Role, Team, User
from kernel.number_field import NumberField
from kernel.regions import COUNTRIES
from kernel.revisions import RevisedForm

INVALID_EMAIL = "Enter a valid email address."


def name_field(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=80, **options)


def _new_password() -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label="Password", strip=False, widget=widget, help_text="At least 10 characters.")


UNDO_CHOICES = (
    (True, "A text that you send waits five seconds, so that you can take it back"),
    (False, "Texts are sent at once"),
)
ENTER_CHOICES = (
    (True, "Enter sends, Shift-Enter makes a new line"),
    (False, "Ctrl-Enter or ⌘-Enter sends, Enter makes a new line"),
)


def _is_yes(value: str) -> bool:
    return value == "True"


class ProfileForm(forms.ModelForm):
    """What a user chooses for every team: the name, and how texts are sent from pages."""

    name = name_field("Your name", help_text="Your team sees this name next to your texts.")

    undo_sends = forms.TypedChoiceField(
        label="Undo",
        coerce=_is_yes,
        choices=UNDO_CHOICES,
        widget=forms.RadioSelect,
        required=False,
        empty_value=None,
    )
    enter_sends = forms.TypedChoiceField(
        label="Key that sends",
        coerce=_is_yes,
        choices=ENTER_CHOICES,
        widget=forms.RadioSelect,
        required=False,
        empty_value=None,
    )

    class Meta:
        model = User
        fields = ["name", *CLOCK_FIELDS, "undo_sends", "enter_sends"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_clock_fields(self, none="As the team")

    def clean(self) -> dict[str, Any]:
        """A choice that the form does not bring stays as it is."""
        data = super().clean() or {}
        for name in ("undo_sends", "enter_sends"):
            if data.get(name) is None:
                data[name] = self.initial[name]
        return data


def waiting_goal_field(help_text: str) -> forms.IntegerField:
    """The business minutes within which people are answered."""
    return forms.IntegerField(
        label="Answer within, in minutes of business hours",
        required=False, min_value=1, max_value=10_000, help_text=help_text,
    )  # fmt: skip


class TeamForm(RevisedForm, forms.ModelForm):
    """A team's name, the country of its local numbers, and its clock."""

    country = forms.ChoiceField(
        choices=list(COUNTRIES.items()), help_text="Numbers without + are read as numbers of this country."
    )

    class Meta:
        model = Team
        fields = ["name", "country", *CLOCK_FIELDS]
        labels = {"name": "Business name"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_clock_fields(self)
        self.fields["time_zone"].required = True
        clock = self.instance.clock_of(self.instance)
        self.initial = {**self.initial, "hour_format": clock.hours, "date_order": clock.order}


class TeamSettingsForm(TeamForm):
    """A team with what it expects of its members."""

    waiting_goal = waiting_goal_field("Empty: no goal. An inbox may have its own.")
    broadcasts_per_week = forms.IntegerField(
        label="Broadcasts to one person in seven days, at most", required=False, min_value=1, max_value=100,
        help_text="People who have had that many are left out of the next one.",
    )  # fmt: skip

    class Meta(TeamForm.Meta):
        fields = [*TeamForm.Meta.fields, "waiting_goal", "broadcasts_per_week", "assign_on_reply"]
        labels = {
            **TeamForm.Meta.labels,
            "assign_on_reply": "Assign a conversation to the first member who answers it",
        }

    def clean_broadcasts_per_week(self) -> int:
        """A form without it leaves it as it is."""
        return int(self.cleaned_data["broadcasts_per_week"] or self.initial["broadcasts_per_week"])


class FirstPasswordForm(forms.Form):
    """The password of a new account, whose email address the link of this page proves."""

    password = _new_password()

    def __init__(self, email: str, name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = User(email=email, name=name)
        self._add_clock_fields()

    def _add_clock_fields(self) -> None:
        use_clock_fields(self)
        clock = Team().clock
        self.initial = {
            **self.initial,
            "time_zone": clock.zone.key,
            "hour_format": clock.hours,
            "date_order": clock.order,
        }

    @property
    def clock_settings(self) -> dict[str, str]:
        """Those that were chosen."""
        return {name: self.cleaned_data[name] for name in CLOCK_FIELDS if self.cleaned_data[name]}

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return str(password)


class InvitedSignupForm(FirstPasswordForm):
    """Sign-up by an invitation."""

    name = name_field("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "password")

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(email, "", *args, **kwargs)
        self.user.name = self.data.get("name", "")

    def _add_clock_fields(self) -> None:
        use_clock_fields(self, none="As the team")


class InboxForm(RevisedForm, forms.ModelForm):
    """An inbox: its name, carrier credentials, members, and whether it replies to keywords."""

    field_order = ["name", "account_id", "auth_token", "keyword_responder", "members"]
    auth_token = forms.CharField(
        label="Auth token",
        required=False,
        strip=True,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    keyword_responder = forms.ChoiceField(
        label="Replies to STOP, START and HELP",
        choices=KeywordResponder,
        widget=forms.RadioSelect,
        help_text="Twilio sends its own replies unless you turned them off at Twilio.",
    )
    members: Any = forms.ModelMultipleChoiceField(
        label="Members",
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
        members = Member.objects.filter(team=inbox.team, role=Role.MEMBER).select_related("user")
        self.fields["members"].queryset = members.order_by("user__name", "id")  # type: ignore[attr-defined]
        if inbox.pk:
            self.initial["members"] = [seat.member_id for seat in inbox.seats.all()]
            self.fields["auth_token"].label = "New auth token"

    def clean_account_id(self) -> str:
        account_id = str(self.cleaned_data["account_id"]).strip()
        if self._carrier == Carrier.TWILIO and not re.fullmatch(r"AC[0-9A-Za-z]{32}", account_id):
            raise forms.ValidationError("A Twilio Account SID starts with AC and has 34 characters.")
        return account_id

    def clean_auth_token(self) -> str:
        token = str(self.cleaned_data["auth_token"])
        if token and not re.fullmatch(r"[!-~]{16,200}", token):
            raise forms.ValidationError(
                "This is not an auth token. Copy it from the carrier's console again."
            )
        return token

    @property
    def _carrier(self) -> str:
        return self.instance.carrier

    def save(self, commit: bool = True) -> Inbox:
        inbox: Inbox = super().save(commit=False)
        if token := self.cleaned_data["auth_token"]:
            inbox.add_token(token)
        if "account_id" in self.changed_data:
            inbox.verified_at = None  # the credentials of the other account prove nothing about this one
        inbox.save()
        set_members_of_inbox(inbox, self.cleaned_data["members"])
        return inbox


class NewInboxForm(InboxForm):
    """A new inbox, with its number and carrier."""

    carrier = forms.ChoiceField(initial=Carrier.TWILIO)
    field_order = ["name", "number", "carrier", "account_id", "auth_token", "keyword_responder", "members"]

    class Meta(InboxForm.Meta):
        fields = ["name", "number", "carrier", "account_id", "keyword_responder"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        carriers = [carrier for carrier in Carrier if carrier != Carrier.SIMULATOR or settings.DEVELOPMENT]
        self.fields["number"] = NumberField(self.instance.team.country, short_codes=True)
        self.fields["carrier"].choices = [(c.value, c.label) for c in carriers]  # type: ignore[attr-defined]
        self.fields["account_id"].required = False
        self.order_fields(self.field_order)
        self.initial["keyword_responder"] = KeywordResponder.CARRIER  # the default of Twilio accounts

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        team = self.instance.team
        if team.inboxes.present().filter(number=number).exists():
            raise forms.ValidationError("Your team already has an inbox with this number.")
        self.deleted = team.inboxes.filter(number=number).first()
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("carrier") == Carrier.SIMULATOR:  # it accepts any credentials
            data["account_id"] = data.get("account_id") or f"AC{secrets.token_hex(16)}"
            data["auth_token"] = data.get("auth_token") or secrets.token_hex(16)
        elif "carrier" in data:
            for field, name in (("account_id", "Account SID"), ("auth_token", "auth token")):
                if not data.get(field) and field not in self.errors:
                    self.add_error(field, f"Copy the {name} from the Twilio Console.")
        return data

    def save(self, commit: bool = True) -> Inbox:
        if self.deleted:  # adding its number again continues it
            self.instance.pk, self.instance.created_at = self.deleted.pk, self.deleted.created_at
            self.instance._state.adding = False
        return super().save(commit)

    @property
    def _carrier(self) -> str:
        return str(self.data.get("carrier", "")) if self.data.get("account_id") else ""
