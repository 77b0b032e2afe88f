"""The form of a scheduled report."""

from calendar import day_name
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from accounts.models import Member
from reports.forms import choice_field
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS
from reports.schedules import report_email
from reports.schedules.models import ReportRecipient, ReportSchedule

RECURRENCE_FIELDS = {"every", "weekday", "hour"}
PERIOD_FIELDS = ("period", "first", "last")  # of an address; the rhythm says them instead


class ScheduleForm(forms.ModelForm):
    """Which report, when, and for whom; its filters come along from the page that it was scheduled on."""

    report = forms.ChoiceField(label="Report")
    weekday = forms.TypedChoiceField(label="On", coerce=int, choices=list(enumerate(day_name)))
    hour = forms.TypedChoiceField(
        label="At", coerce=int, choices=[(hour, f"{hour:02}:00") for hour in range(24)]
    )
    recipients = forms.MultipleChoiceField(
        label="Who gets it",
        widget=forms.CheckboxSelectMultiple,
        help_text="Owners and admins. Whoever is neither any more, or left, gets nothing from then on.",
        error_messages={"required": "Choose who gets it."},
    )

    class Meta:
        model = ReportSchedule
        fields = ("report", "query", "every", "weekday", "hour")
        widgets = {"query": forms.HiddenInput}
        labels = {"every": "How often"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = self.instance.team
        self.members = report_email.entitled_members(team.members.select_related("user").order_by("id"))
        choice_field(self, "report").choices = [(kind.page, kind.label) for kind in REPORT_KINDS.values()]
        choice_field(self, "recipients").choices = [(member.id, str(member)) for member in self.members]
        self.fields["hour"].help_text = f"By the clock of {team.time_zone.replace('_', ' ')}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "report" in cleaned and "query" in cleaned:
            question = self.question(cleaned["report"], cleaned["query"])
            if question.form.errors:
                self.add_error(
                    None, "What the report is narrowed to is not there any more. Schedule it from its page."
                )
            cleaned["query"] = filters_only(QueryDict(question.query))
        return cleaned

    def question(self, report: str, query: str) -> ReportQuery:
        return REPORT_KINDS[report].ask(self.instance.team, QueryDict(query))

    @property
    def filters(self) -> str:
        """What the report is narrowed to, in words."""
        report, query = self["report"].value(), self["query"].value() or ""
        return report_email.describe_filters(self.question(report, query)) if report in REPORT_KINDS else ""

    def save(self, commit: bool = True) -> ReportSchedule:
        """With those who get it, by their names of now. Due anew where its rhythm changed, unless it is paused."""
        schedule: ReportSchedule = self.instance
        if schedule._state.adding:
            schedule.resume()
            schedule.save()
        else:
            schedule.save(update_fields=[*self.Meta.fields, *self._due_anew()])
        ReportRecipient.objects.filter(team_id=schedule.team_id, schedule_id=schedule.pk).delete()
        ReportRecipient.objects.bulk_create(
            ReportRecipient(
                team_id=schedule.team_id, schedule=schedule, member_id=member.id, name=str(member)
            )
            for member in self._chosen()
        )
        return schedule

    def _due_anew(self) -> tuple[str, ...]:
        """What is written of when it is due: nothing else, since a worker may be putting it off just now."""
        if not self.instance.due_at or not RECURRENCE_FIELDS & set(self.changed_data):
            return ()
        self.instance.resume()
        return ("due_at", "settled_day", "tries")

    def _chosen(self) -> list[Member]:
        return [member for member in self.members if str(member.id) in self.cleaned_data["recipients"]]


def filters_only(query: QueryDict) -> str:
    """A report's address without its days."""
    return urlencode({name: query[name] for name in query if name not in PERIOD_FIELDS})
