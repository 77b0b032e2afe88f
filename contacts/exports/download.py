"""Download responses: an export as a CSV or XLSX file, or a page that asks to try again later."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from zoneinfo import ZoneInfo

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
    asked = (request.GET.get("format"), request.POST.get("format"))
    kind = next((kind for kind in writers if kind in asked), "csv")
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


def export_busy_page(request: TeamRequest) -> HttpResponse:
    context = {
        "title": "Another export is running",
        "sentence": "A team makes one export at a time. Try again when the other is finished.",
    }
    response = render(request, "error.html", context, status=503)
    response["Retry-After"] = "60"
    return response
