"""Exports as downloads: of the contacts that a filter finds or that were ticked, and of the do-not-text list."""

from zoneinfo import ZoneInfo

from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Right, TeamRequest, team_view
from contacts import exports
from contacts.do_not_text import Asked
from contacts.exports import CONTACT, SUPPRESSION, Batches, Busy
from contacts.filters import matching
from contacts.writers import WRITERS, Row

MOST_TICKED = 1000  # a form has no more fields than that


@require_http_methods(["GET", "POST"])
@team_view(Right.EXPORT)
def export_contacts(request: TeamRequest) -> HttpResponseBase:
    """GET: those that match the contacts page's address. POST: those whose ids are `contact`."""
    if request.method == "GET":
        found = matching(request.team, request.member, request.GET)
    else:
        ids = [int(id) for id in request.POST.getlist("contact") if id.isdecimal() and len(id) < 19]
        found = request.team.contacts.filter(id__in=ids[:MOST_TICKED])
    return download(request, "contacts", CONTACT, exports.contacts(request.team, found))


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
