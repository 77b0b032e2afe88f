"""Forms of Settings > Sending hours: the team's own hours, the field of addresses, and laws that are set aside."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Team
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldKind
from kernel.revisions import RevisedForm
from messaging.hours.business_hours import DAY_MINUTES, Span
from messaging.hours.forms import DAY_FIELDS, DAYS, SpansField
from messaging.hours.spelling import write_spans
from messaging.sending_hours.hours import TeamHours, find_hold
from messaging.sending_hours.places import unknown_place
from messaging.sending_hours.rules import OTHER_COUNTRIES, HoursRule
from messaging.sending_hours.team_hours import address_field, own_week, set_aside, team_hours

_BY_NAME = "Found by its name: ZIP, postal code or address"


class OwnSpansField(SpansField):
    """The hours of one day. A text is sent on the day itself, so they end at midnight."""

    def clean(self, value: Any) -> tuple[Span, ...]:
        spans: tuple[Span, ...] = super().clean(value)
        if any(end > DAY_MINUTES for _, end in spans):
            raise forms.ValidationError("These hours end on the next day. Sending hours end at 24:00.")
        return spans


class SendingHoursForm(RevisedForm, forms.ModelForm):
    """Hours of the team's own, which apply besides the law's, and where contacts have their address."""

    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (OwnSpansField(day) for day in DAYS)
    address_field = forms.ChoiceField(label="Field with the postal code or address", required=False)

    class Meta:
        model = Team
        fields: list[str] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        week = own_week(self.instance)
        for number, name in enumerate(DAY_FIELDS):
            self.initial[name] = write_spans(week[number], self.instance.clock.hours) if week else ""
            self.fields[name].widget.attrs["placeholder"] = "No texts" if week else "As the law"
        kinds = (FieldKind.TEXT, FieldKind.NUMBER)
        found = CustomField.objects.of(self.instance.id).filter(kind__in=kinds)
        choices: Any = self.fields["address_field"]
        choices.choices = [("", _BY_NAME), *((field.key, field.name) for field in found)]
        self.initial["address_field"] = address_field(self.instance)

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in DAY_FIELDS]

    def clean(self) -> dict[str, Any]:
        """Hours that leave no time within the law of the team's own country would hold every text."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        week = tuple(cleaned.get(name, ()) for name in DAY_FIELDS)
        saved = team_hours(self.instance)
        team = replace(saved, week=week) if any(week) else TeamHours(hours=saved.hours)
        home = unknown_place(self.instance.country)
        hold = find_hold((replace(home, zones=home.zones[:1]),), team, timezone.now())
        if not self.errors and hold and hold.is_open_end:
            raise forms.ValidationError(
                f"With these hours no text could be sent in {home.name}: {hold.reason}."
            )
        return cleaned

    def save(self, commit: bool = True) -> Team:
        """Store the hours and the field."""
        team = self.instance
        week = [[list(span) for span in self.cleaned_data[name]] for name in DAY_FIELDS]
        team.sending_hours = {
            **team.sending_hours,
            "week": week if any(week) else [],
            "address_field": self.cleaned_data["address_field"],
        }
        team.save(update_fields=["sending_hours"])
        return team


class SetAsideForm(forms.Form):
    """A law that does not hold the team's texts, with the reason for the record."""

    place = forms.ChoiceField(label="Do not apply the hours of")
    reason = forms.CharField(
        label="Reason", max_length=300, min_length=10, widget=forms.Textarea({"rows": 2}),
        help_text="Why these hours do not apply to your texts, such as an exemption with its section. It is kept.",
        error_messages={"required": "Say why: the record keeps the reason."},
    )  # fmt: skip

    def __init__(self, data: Any, team: Team, rules: list[HoursRule]) -> None:
        super().__init__(data)
        place: Any = self.fields["place"]
        place.choices = [(rule.place, _label(rule)) for rule in rules if rule.place not in set_aside(team)]


def _label(rule: HoursRule) -> str:
    return "Countries without hours in this table" if rule.place == OTHER_COUNTRIES else rule.name
