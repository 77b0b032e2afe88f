"""What the report of opt-outs is asked."""

from functools import cached_property
from urllib.parse import urlencode

from django import forms

from contacts.do_not_text.listing import Key
from contacts.search.number_search import normalize_query
from optout.models import Action, Origin
from reports.forms import InboxFilterForm, StepFilterForm
from reports.opt_out_changes import ACTIONS, ChangeQuery
from reports.query import ReportQuery

# Whose doing it was. What moved in is neither's: it was said to somebody else, and no text of ours came before it.
PERSON_ORIGINS = (Origin.CONTACT, Origin.CARRIER)
TEAM_ORIGINS = (Origin.MEMBER, Origin.IMPORT, Origin.API)
ORIGIN_GROUPS = {"person": PERSON_ORIGINS, "team": TEAM_ORIGINS}
NO_INBOX = "0"
NO_CHOICE = {"invalid_choice": "There is no such choice. Choose another."}


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


class OptOutReportForm(StepFilterForm, InboxFilterForm):
    """Days and steps, an inbox; what happened, who initiated it, whose number it is."""

    MORE_CHOICES = ((NO_INBOX, "No inbox"),)

    action = forms.ChoiceField(
        label="What", required=False, error_messages=NO_CHOICE,
        choices=[("", "Opt-outs and opt-ins"), (Action.OPTED_OUT, "Opt-outs"), (Action.OPTED_IN, "Opt-ins")],
    )  # fmt: skip
    origin = forms.ChoiceField(
        label="Who initiated", required=False, error_messages=NO_CHOICE,
        choices=[
            ("", "Whoever initiated it"),
            ("Whose doing", [("person", "The person, in any way"), ("team", "Your team, in any way")]),
            ("How", [(origin.value, _capital(str(origin.label))) for origin in Origin]),
        ],
    )  # fmt: skip
    q = forms.CharField(
        label="Number or name", required=False, widget=forms.TextInput(attrs={"type": "search", "maxlength": 100})
    )  # fmt: skip
    repeated = forms.BooleanField(label="Also repeated requests", required=False)
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
        asked = self.value("origin")
        return ORIGIN_GROUPS.get(asked) or ((Origin(asked),) if asked else tuple(Origin))

    @property
    def shared_query_string(self) -> str:
        """No other report knows of what belongs to no inbox."""
        return "&".join(
            part for part in super().shared_query_string.split("&") if part != f"inbox={NO_INBOX}"
        )

    @property
    def reversed_query_string(self) -> str:
        """The address in the other order."""
        said = self._said()
        return urlencode(said if said.pop("sort", "") else said | {"sort": "oldest"})

    def at(self, place: Key) -> str:
        """The address of the page behind a place."""
        return urlencode({**self._said(), "after": str(place)})

    def _label(self, name: str) -> str:
        if name == "q":
            return f"“{self.value(name)}”"
        return "repeated requests too" if name == "repeated" else super()._label(name)
