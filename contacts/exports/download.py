"""FIXME module docstring."""

from zoneinfo import ZoneInfo

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.access import TeamRequest
from contacts.exports.stream import ExportBusy, RowBatches, stream_export
from kernel.spreadsheets.writers import WRITERS, Row


def download_response(request: TeamRequest, what: str, header: Row, batches: RowBatches) -> HttpResponseBase:
    """The file `what` of the team and this day, in the format that was asked for."""
    kind = "xlsx" if "xlsx" in (request.GET.get("format"), request.POST.get("format")) else "csv"
    writer = WRITERS[kind]()
    try:
        body = stream_export(header, batches, writer)
    except ExportBusy:
        return _busy(request)
    today = timezone.localdate(timezone=ZoneInfo(request.team.time_zone))
    name = f"{request.team.slug}-{what}-{today}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(body, content_type=writer.content_type, headers=headers)


def _busy(request: TeamRequest) -> HttpResponseBase:
    context = {
        "title": "Another export is running",
        "sentence": "Only one is sent at a time, so that texts never wait. Try again in a minute.",
    }
    response = render(request, "error.html", context, status=503)
    response["Retry-After"] = "60"
    return response
