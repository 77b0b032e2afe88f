"""OptOutReportQuery: the filters of the opt-out report, and their form."""

from functools import cached_property

from django import forms

from contacts.search.number_search import normalize_query
from kernel.keyset import Cursor
from optout.models import Action, Origin
from reports.forms import InboxFilterForm, StepFilterForm
from reports.opt_out_changes import ACTIONS, ChangeQuery
from reports.query import ReportQuery

# A list is in neither group: the person opted out elsewhere, and no text of ours came before.
PERSON_ORIGINS = (Origin.CONTACT, Origin.CARRIER, Origin.TOLD_MEMBER, Origin.TOLD_API)
LIST_ORIGINS = (Origin.VENDOR_LIST, Origin.TOLD_IMPORT, Origin.LINKED)
TEAM_ORIGINS = (Origin.MEMBER, Origin.IMPORT, Origin.API)
ORIGIN_GROUPS = {"person": PERSON_ORIGINS, "team": TEAM_ORIGINS}
NO_INBOX = "0"
NO_CHOICE = {"invalid_choice": "This choice no longer exists. Choose another."}


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


class OptOutReportForm(StepFilterForm, InboxFilterForm):
    """Days and steps, an inbox, the change, its initiator, and a search by number or name."""

    MORE_CHOICES = ((NO_INBOX, "No inbox"),)

    action = forms.ChoiceField(
        label="Change", required=False, error_messages=NO_CHOICE,
        choices=[("", "All changes"), (Action.OPTED_OUT, "Opt-outs"), (Action.OPTED_IN, "Opt-ins")],
    )  # fmt: skip
    origin = forms.ChoiceField(
        label="By", required=False, error_messages=NO_CHOICE,
        choices=[
            ("", "Anyone"),
            ("Person or team", [("person", "The person"), ("team", "Your team")]),
            ("In detail", [(origin.value, _capital(str(origin.label))) for origin in Origin]),
        ],
    )  # fmt: skip
    q = forms.CharField(
        label="Number or name", required=False, widget=forms.TextInput(attrs={"type": "search", "maxlength": 100})
    )  # fmt: skip
    repeated = forms.BooleanField(label="Include repeated requests", required=False)
    sort = forms.ChoiceField(
        label="Order", required=False, error_messages=NO_CHOICE, widget=forms.HiddenInput,
        choices=[("", "Newest first"), ("oldest", "Oldest first")],
    )  # fmt: skip
    field_order = (
        "period", "first", "last", "step", "inbox", "action", "origin", "q", "repeated", "sort"
    )  # fmt: skip

    def clean_q(self) -> str:
        return normalize_query(self.cleaned_data["q"])


class OptOutReportQuery(ReportQuery):
    @cached_property
    def change_query(self) -> ChangeQuery:
        return ChangeQuery(
            self.team,
            self.period,
            inbox=int(self.value("inbox")) if self.value("inbox") else None,
            actions=(Action(self.value("action")),) if self.value("action") else ACTIONS,
            origins=self._origins(),
            repeated=bool(self.value("repeated")),
            oldest_first=bool(self.value("sort")),
            q=self.value("q"),
        )

    def _origins(self) -> tuple[Origin, ...]:
        origin = self.value("origin")
        return ORIGIN_GROUPS.get(origin) or ((Origin(origin),) if origin else tuple(Origin))

    @property
    def shared_query_string(self) -> str:
        """Other reports have no choice "No inbox"."""
        return "&".join(
            part for part in super().shared_query_string.split("&") if part != f"inbox={NO_INBOX}"
        )

    @property
    def reversed_query_string(self) -> str:
        """The same filters in the reverse order."""
        return self.query_string_with(sort="" if self.value("sort") else "oldest")

    def next_page_query(self, cursor: Cursor) -> str:
        """The same filters with the page after the cursor."""
        return self.query_string_with(after=str(cursor))

    def _label(self, name: str) -> str:
        if name == "q":
            return f"“{self.value(name)}”"
        return "including repeated requests" if name == "repeated" else super()._label(name)
