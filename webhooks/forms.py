"""The forms of webhooks: an endpoint, and a time from which on its deliveries are sent again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from accounts.models import Team
from webhooks import endpoint_urls
from webhooks.models import SUBSCRIBABLE_TYPES, Endpoint


class EndpointForm(forms.ModelForm):
    """Where it is, and what it wants to be told. Checking the address asks DNS."""

    name = forms.CharField(
        max_length=60, help_text="As your team calls that system: the contact page says “CRM told at 10:42”."
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput({"type": "url", "placeholder": "https://crm.example.com/heymarket"}),
        help_text="We post to it. It has to answer 2xx within 10 seconds.",
    )
    events = forms.MultipleChoiceField(
        label="What it is told",
        choices=[(kind.value, kind.label) for kind in SUBSCRIBABLE_TYPES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url", "events"]

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        if url == self.initial.get("url"):  # not changed: it is looked at again at each delivery
            return url
        try:
            endpoint_urls.check_url(url)
        except endpoint_urls.UrlNotAllowed as why:
            raise forms.ValidationError(str(why)) from None
        return url


class ReplayForm(forms.Form):
    """A time in the team's zone."""

    since = forms.DateTimeField(
        label="Everything since",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: object, team: Team, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.zone = ZoneInfo(team.time_zone)
        self.fields["since"].help_text = f"In {team.time_zone.replace('_', ' ')} time."

    def clean_since(self) -> datetime:
        # The field reads the wall clock in the server's zone; what was typed is the team's.
        since = timezone.make_naive(self.cleaned_data["since"]).replace(tzinfo=self.zone)
        if not 2000 <= since.year < 3000:  # what no other zone could say
            raise forms.ValidationError("Choose a time of this century.")
        return since
