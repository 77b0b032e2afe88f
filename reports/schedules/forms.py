"""Form of a report schedule."""

from calendar import day_name
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from accounts.models import Member
from kernel.regions import format_zone
from kernel.revisions import RevisedForm
from reports.forms import choice_field
from reports.query import ReportQuery
from reports.report_kinds import REPORT_KINDS
from reports.schedules import report_email
from reports.schedules.models import ReportRecipient, ReportSchedule

RECURRENCE_FIELDS = {"every", "weekday", "hour"}
PERIOD_FIELDS = ("period", "first", "last")  # not stored: the recurrence determines the period


class ScheduleForm(RevisedForm, forms.ModelForm):
    """The report, its recurrence and recipients; a hidden field has the filters of the page it was opened from."""

    report = forms.ChoiceField(label="Report")
    weekday = forms.TypedChoiceField(label="On", coerce=int, choices=list(enumerate(day_name)))
    hour = forms.TypedChoiceField(label="At", coerce=int)
    recipients = forms.MultipleChoiceField(
        label="Recipients",
        widget=forms.CheckboxSelectMultiple,
        help_text="Members who may see reports and export data. Who leaves or loses these rights gets it no more.",
        error_messages={"required": "Choose at least one recipient."},
    )

    class Meta:
        model = ReportSchedule
        fields = ("report", "query", "every", "weekday", "hour")
        widgets = {"query": forms.HiddenInput}
        labels = {"every": "Frequency"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        team = self.instance.team
        self.members = report_email.entitled_members(
            team.members.select_related("user", "custom_role").order_by("id")
        )
        choice_field(self, "report").choices = [(kind.page, kind.label) for kind in REPORT_KINDS.values()]
        choice_field(self, "recipients").choices = [(member.id, str(member)) for member in self.members]
        hours = [(hour, team.clock.time_of_day(hour * 60)) for hour in range(24)]
        choice_field(self, "hour").choices = hours
        self.fields["hour"].help_text = format_zone(team.time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "report" in cleaned and "query" in cleaned:
            query = self.report_query(cleaned["report"], cleaned["query"])
            if query.form.errors:
                self.add_error(None, "A filter no longer exists. Schedule the report from its page.")
            cleaned["query"] = filters_only(QueryDict(query.query_string))
        return cleaned

    def report_query(self, report: str, query: str) -> ReportQuery:
        return REPORT_KINDS[report].read_query(self.instance.team, QueryDict(query))

    @property
    def filters(self) -> str:
        """The filters in words."""
        report, query = self["report"].value(), self["query"].value() or ""
        return self.report_query(report, query).filters if report in REPORT_KINDS else ""

    def save(self, commit: bool = True) -> ReportSchedule:
        """Save with recipients and their current names. A changed recurrence sets a new due time, unless paused."""
        schedule: ReportSchedule = self.instance
        if schedule._state.adding:
            schedule.resume()
            schedule.save()
        else:
            schedule.save(update_fields=[*self.Meta.fields, *self._reschedule()])
        ReportRecipient.objects.filter(team_id=schedule.team_id, schedule_id=schedule.pk).delete()
        ReportRecipient.objects.bulk_create(
            ReportRecipient(
                team_id=schedule.team_id, schedule=schedule, member_id=member.id, name=str(member)
            )
            for member in self._chosen()
        )
        return schedule

    def _reschedule(self) -> tuple[str, ...]:
        """The fields to save; none if the recurrence is unchanged, since a worker may be moving `due_at` now."""
        if not self.instance.due_at or not RECURRENCE_FIELDS & set(self.changed_data):
            return ()
        self.instance.resume()
        return ("due_at", "settled_day", "tries")

    def _chosen(self) -> list[Member]:
        return [member for member in self.members if str(member.id) in self.cleaned_data["recipients"]]


def filters_only(query: QueryDict) -> str:
    """The query string without the period."""
    return urlencode({name: query[name] for name in query if name not in PERIOD_FIELDS})
