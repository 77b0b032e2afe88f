"""Forms of users and teams."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.clock_fields import CLOCK_FIELDS, use_clock_fields
from accounts.models import Team, User
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


def country_field(**options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="Country",
        choices=list(COUNTRIES.items()),
        help_text="Numbers without + are read as numbers of this country.",
        **options,
    )


class TeamForm(RevisedForm, forms.ModelForm):
    """A team's name, the country of its local numbers, and its clock."""

    country = country_field()

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
        fields = [
            *TeamForm.Meta.fields,
            "waiting_goal",
            "broadcasts_per_week",
            "assign_on_reply",
            "allows_short_codes",
        ]
        labels = {
            **TeamForm.Meta.labels,
            "assign_on_reply": "Assign a conversation to the first member who answers it",
            "allows_short_codes": "Allow texts to short codes",
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


class NewAccountForm(FirstPasswordForm):
    """Sign-up: also the country of the new team."""

    country = country_field(initial="US", required=False)

    @property
    def team_settings(self) -> dict[str, str]:
        return self.clock_settings | {"country": self.cleaned_data["country"] or "US"}


class InvitedSignupForm(FirstPasswordForm):
    """Sign-up by an invitation."""

    name = name_field("Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    field_order = ("name", "password")

    def __init__(self, email: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(email, "", *args, **kwargs)
        self.user.name = self.data.get("name", "")

    def _add_clock_fields(self) -> None:
        use_clock_fields(self, none="As the team")
