"""Pages of the export of conversations: what to export, and the file."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import Right, TeamRequest, team_view, visible_inboxes
from accounts.models import Inbox, Member
from accounts.settings_page import settings_context
from contacts.exports.download import download_response
from contacts.exports.stream import RowBatches
from kernel.model_choices import offer_rows
from kernel.spreadsheets.cells import escape_formula
from messaging.conversation_exports.json_lines import JsonLinesWriter
from messaging.conversation_exports.rows import HEADER, ExportQuery, export_rows

_DAY = timedelta(days=1)
FORMATS = [("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON, an object a line")]


class ConversationExportForm(forms.Form):
    """The first and the last day, in the team's time zone; an inbox, or all; the format of the file."""

    first = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label="Until", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    inbox = forms.ModelChoiceField(queryset=Inbox.objects.none(), required=False, empty_label="All inboxes")
    format = forms.ChoiceField(choices=FORMATS, initial="csv")

    def __init__(self, data: Any, member: Member) -> None:
        super().__init__(data)
        self.member, self.zone = member, ZoneInfo(member.team.time_zone)
        today = datetime.now(self.zone).date()
        self.fields["first"].initial, self.fields["last"].initial = today - 30 * _DAY, today
        offer_rows(self, "inbox", visible_inboxes(member))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["first"] > data["last"]:
            self.add_error("last", "This is before the first day.")
        return data

    @property
    def query(self) -> ExportQuery:
        """What a valid form asks for."""
        data = self.cleaned_data
        inboxes = [data["inbox"]] if data["inbox"] else visible_inboxes(self.member)
        start, end = (
            datetime.combine(day, time(), self.zone) for day in (data["first"], data["last"] + _DAY)
        )
        return ExportQuery(self.member.team, self.zone, [inbox.id for inbox in inboxes], start, end)


@require_GET
@team_view(Right.EXPORT)
def conversation_exports(request: TeamRequest) -> HttpResponse:
    return _page(request, ConversationExportForm(None, request.member))


@require_GET
@team_view(Right.EXPORT)
def export_conversations(request: TeamRequest) -> HttpResponseBase:
    """The file; or the page, with what is wrong if something was asked for."""
    if not request.GET:
        return redirect("conversation_exports", request.team.slug)
    form = ConversationExportForm(request.GET, request.member)
    if not form.is_valid():
        return _page(request, form, status=422)
    batches = export_rows(form.query)
    if form.cleaned_data["format"] != "jsonl":
        batches = _escaped(batches)
    return download_response(request, "conversations", HEADER, batches, {"jsonl": JsonLinesWriter})


def _escaped(batches: RowBatches) -> RowBatches:
    """The rows without cells that a spreadsheet would run as a formula."""
    for batch in batches:
        yield [[escape_formula(cell) for cell in row] for row in batch]


def _page(request: TeamRequest, form: ConversationExportForm, status: int = 200) -> HttpResponse:
    context = {**settings_context(request, "inboxes"), "form": form}
    return render(request, "messaging/conversation_exports.html", context, status=status)
