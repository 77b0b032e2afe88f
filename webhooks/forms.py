"""Forms of webhooks: an endpoint, and the start time of a replay."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Team
from kernel.revisions import RevisedForm
from webhooks import endpoint_urls
from webhooks.models import CHOSEN_FORMATS, SUBSCRIBABLE_TYPES, Endpoint, PayloadFormat

TOKEN_LENGTHS = 8, 200  # characters


class EndpointForm(RevisedForm, forms.ModelForm):
    """Name, URL, event types and format of an endpoint. Validation queries DNS."""

    name = forms.CharField(
        max_length=60, help_text="The contact page shows this name: “CRM notified at 10:42”."
    )
    url = forms.CharField(
        label="URL",
        max_length=500,
        widget=forms.TextInput({"type": "url", "placeholder": "https://crm.example.com/heymarket"}),
        help_text="We post events to this URL. It must respond with 2xx within 10 seconds.",
    )
    events = forms.MultipleChoiceField(
        label="Events",
        choices=[(kind.value, kind.label) for kind in SUBSCRIBABLE_TYPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )

    format = forms.ChoiceField(
        required=False,
        choices=[(kind.value, kind.label) for kind in CHOSEN_FORMATS],
        initial=PayloadFormat.STANDARD,
        widget=forms.RadioSelect,
        help_text="Holds for all that is sent from now on, also for events that wait and for replays.",
    )
    token = forms.CharField(
        required=False,
        min_length=TOKEN_LENGTHS[0],
        max_length=TOKEN_LENGTHS[1],
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="For the old format only: the token that your receiver checks. Leave it empty for a new one, which "
        "is shown once, or to keep the saved one.",
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url", "events", "format"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.is_of_n8n:  # its events, and how they are written, are those of a workflow
            for name in ("events", "format", "token"):
                del self.fields[name]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url == self.initial.get("url"):  # unchanged; each attempt checks it again
            return url
        try:
            endpoint_urls.check_url(url)
        except endpoint_urls.UrlNotAllowed as error:
            raise forms.ValidationError(str(error)) from None
        return url

    def clean_format(self) -> str:
        return self.cleaned_data["format"] or self.instance.format

    def clean_token(self) -> str:
        token = str(self.cleaned_data["token"])
        if token and self.cleaned_data.get("format") != PayloadFormat.HEYMARKET:
            raise forms.ValidationError(
                "Only Heymarket’s old format has a token. Choose it, or leave this empty."
            )
        return token


class ReplayForm(forms.Form):
    """A start time by the member's clock."""

    since = forms.DateTimeField(
        label="Since",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: object, team: Team, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.zone = team.clock.zone
        self.fields["since"].help_text = team.clock.zone_name

    def clean_since(self) -> datetime:
        # The field reads the time in the server's zone, but it was entered by the member's clock.
        since = timezone.make_naive(self.cleaned_data["since"]).replace(tzinfo=self.zone)
        if not 2000 <= since.year < 3000:  # times near the limits of datetime overflow in other zones
            raise forms.ValidationError("Choose a time between 2000 and 3000.")
        return since
