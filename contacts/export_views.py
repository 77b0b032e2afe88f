"""Exports as downloads: of the contacts that a filter finds or that were ticked, and of the do-not-text list."""

from zoneinfo import ZoneInfo

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Right, TeamRequest, team_view
from contacts import exports
from contacts.do_not_text import Asked
from contacts.exports import SUPPRESSION, Batches, Busy
from contacts.filters import matching
from contacts.models import CustomField
from contacts.selections import Chosen
from contacts.writers import WRITERS, Row


@require_http_methods(["GET", "POST"])
@team_view(Right.EXPORT)
def export_contacts(request: TeamRequest) -> HttpResponseBase:
    """Those that a selection names; without one, those that match the contacts page's address."""
    asked = request.GET if request.method == "GET" else request.POST
    chosen = Chosen.read(asked)
    found = chosen.contacts(request.member) if chosen else matching(request.team, request.member, asked)
    fields = list(CustomField.objects.of(request.team.id))
    batches = exports.contacts(request.team, found, fields)
    return download(request, "contacts", exports.header(fields), batches)


@require_GET
@team_view(Right.EXPORT)
def export_do_not_text(request: TeamRequest) -> HttpResponseBase:
    """The list, as its page shows it with these filters."""
    batches = exports.suppressions(request.team, Asked.read(request.GET))
    return download(request, "do-not-text", SUPPRESSION, batches)


def download(request: TeamRequest, what: str, header: Row, batches: Batches) -> HttpResponseBase:
    """The file `what` of the team and this day, in the format that was asked for."""
    kind = "xlsx" if "xlsx" in (request.GET.get("format"), request.POST.get("format")) else "csv"
    writer = WRITERS[kind]()
    try:
        body = exports.sent(header, batches, writer)
    except Busy:
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
