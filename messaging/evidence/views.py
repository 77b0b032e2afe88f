"""Pages of evidence: the sheet of a number, and the changes of an inbox in a period."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Right, TeamRequest, team_view
from accounts.audit.models import AuditEntry, SettingsSection
from accounts.settings_page import render_settings_page
from contacts.exports.download import export_busy_page
from contacts.exports.stream import ExportBusy, one_of_team
from kernel.phone_numbers import display
from messaging.evidence.forms import PeriodForm
from messaging.evidence.json_file import signature_of, signed_lines
from messaging.evidence.pdf import sheet_pdf
from messaging.evidence.printable import ShownSheet
from messaging.evidence.sheet import newest_root, number_parts, period_parts, record_making
from messaging.evidence.summary import summary_pdf
from messaging.models import Conversation
from optout import ledger
from optout.roots.forms import RootEmailForm
from optout.signing import signing_keys

SHOWN_CHANGES = 50


@require_GET
@team_view(Right.MAKE_EVIDENCE)
def number_evidence(request: TeamRequest, number: str) -> HttpResponse:
    context = {
        "section": "contacts",
        "number": number,
        "shown_number": display(number, request.team.country),
        "entries": ledger.entries(request.team.id, number).count(),
        "root": newest_root(request.team.id),
        "conversations": _conversations(request, number),
        "made": _made(request).filter(setting=f"Evidence: {number}")[:SHOWN_CHANGES],
    }
    return render(request, "evidence/number.html", context)


def _conversations(request: TeamRequest, number: str) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(team_id=request.team.id, number=number)
    return rows.select_related("inbox").order_by("id")


@require_POST
@team_view(Right.MAKE_EVIDENCE)
def export_evidence(request: TeamRequest, number: str) -> HttpResponseBase:
    """The sheet as PDF, as JSON, or as a page to print."""
    kind = request.POST.get("format", "pdf")
    parts = number_parts(request.member, number)
    file = "".join(signed_lines(parts))
    record_making(request.member, number, {"json": "JSON", "html": "page"}.get(kind, "PDF"))
    if kind == "html":
        return render(request, "evidence/sheet.html", {"sheet": ShownSheet(parts, signature_of(file))})
    name = f"evidence-{''.join(filter(str.isalnum, number))}"
    if kind == "json":
        return _download(request, f"{name}.json", [file.encode()])
    return _download(request, f"{name}.pdf", [sheet_pdf(parts, file)])


@require_GET
@team_view(Right.MAKE_EVIDENCE)
def evidence(request: TeamRequest) -> HttpResponse:
    return evidence_page(request)


def evidence_page(
    request: TeamRequest, *, period: PeriodForm | None = None, email: RootEmailForm | None = None
) -> HttpResponse:
    """Settings > Evidence; a form that is shown again comes by its name."""
    context = {
        "period": period or PeriodForm(None, request.member),
        "email": email or RootEmailForm(instance=request.team),
        "root": newest_root(request.team.id),
        "keys": signing_keys(),
        "changes": _made(request)[:SHOWN_CHANGES],
    }
    return render_settings_page(request, "evidence/evidence.html", "evidence", context)


@require_POST
@team_view(Right.MAKE_EVIDENCE)
def export_period_evidence(request: TeamRequest) -> HttpResponseBase:
    """All changes of an inbox in a period as JSON, or their summary as PDF."""
    form = PeriodForm(request.POST, request.member)
    if not form.is_valid():
        return evidence_page(request, period=form)
    kind, period = form.cleaned_data["format"], form.period
    lines = signed_lines(period_parts(request.member, period))
    pieces: Iterable[bytes] = (line.encode() for line in lines)
    if kind == "pdf":
        pieces = summary_pdf(request.member, period)
    try:
        pieces = one_of_team(request.team.id, iter(pieces))
    except ExportBusy:
        return export_busy_page(request)
    record_making(request.member, form.described, {"pdf": "PDF"}.get(kind, "JSON"))
    return _download(request, f"evidence-{period.inbox.id}-{form.cleaned_data['first']}.{kind}", pieces)


def _download(request: TeamRequest, name: str, pieces: Iterable[bytes]) -> StreamingHttpResponse:
    kind = "application/pdf" if name.endswith("pdf") else "application/json"
    headers = {
        "Content-Disposition": f'attachment; filename="{request.team.slug}-{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)


def _made(request: TeamRequest) -> QuerySet[AuditEntry]:
    """The sheets that were made, and the changes of where roots are sent, newest first."""
    rows = AuditEntry.objects.filter(team=request.team, section=SettingsSection.EVIDENCE)
    return rows.order_by("-id")
