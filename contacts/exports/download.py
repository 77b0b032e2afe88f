"""Download responses: an export as a CSV or XLSX file, or a page that asks to try again later."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accounts.access import TeamRequest
from contacts.exports.audited_export import RecordedDownload, RowCount, filter_of_address, record_export
from contacts.exports.stream import ExportBusy, RowBatches, stream_export
from kernel.spreadsheets.writers import WRITERS, Row, SpreadsheetWriter


def download_response(
    request: TeamRequest,
    name: str,
    header: Row,
    batches: RowBatches,
    more_writers: Mapping[str, Callable[[], SpreadsheetWriter]] = MappingProxyType({}),
    filters: list[str] | None = None,
) -> HttpResponseBase:
    """The file, in the format that the request's `format` names. Team, `name` and date make the file's name.

    `more_writers` are formats besides CSV, which is the default, and XLSX. `filters` say in words what the file has; by
    default they are those of the address. The audit log has the export.
    """
    writers = {**WRITERS, **more_writers}
    kind = request.GET.get("format") or request.POST.get("format") or "csv"
    if kind not in writers:
        return invalid_link_page(request, f"Format: Choose one of {', '.join(writers)}.")
    writer, count = writers[kind](), RowCount()
    try:
        pieces = stream_export(request.team.id, header, count.counted(batches), writer)
    except ExportBusy:
        return export_busy_page(request)
    shown = filter_of_address(request.GET) if filters is None else filters
    started = record_export(request, name, kind, shown)
    today = timezone.localdate(timezone=ZoneInfo(request.team.time_zone))
    file_name = f"{request.team.slug}-{name}-{today}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return RecordedDownload(pieces, started, count, content_type=writer.content_type, headers=headers)


def invalid_filters_page(request: TeamRequest, form: BaseForm) -> HttpResponse:
    """The response to an export whose filters cannot be read: what is wrong with each."""
    errors = (f"{form[name].label}: {' '.join(map(str, found))}" for name, found in form.errors.items())
    return invalid_link_page(request, " ".join(errors))


def invalid_link_page(request: TeamRequest, sentence: str) -> HttpResponse:
    """The response to an export that cannot be made as its address asks."""
    return render(
        request, "error.html", {"title": "This link is not valid", "sentence": sentence}, status=400
    )


def export_busy_page(request: TeamRequest) -> HttpResponse:
    context = {
        "title": "Another export is running",
        "sentence": "A team makes one export at a time. Try again when the other is finished.",
    }
    response = render(request, "error.html", context, status=503)
    response["Retry-After"] = "60"
    return response
