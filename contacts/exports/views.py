"""Exports as downloads: of the contacts that a filter finds or that were ticked, and of the do-not-text list."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Right, TeamRequest, team_view
from contacts.custom_fields.models import CustomField
from contacts.do_not_text.listing import DoNotTextQuery
from contacts.exports import rows
from contacts.exports.download import download_response
from contacts.exports.rows import DO_NOT_TEXT_HEADER
from contacts.search.filters import matching_contacts
from contacts.search.selection import ContactSelection


@require_http_methods(["GET", "POST"])
@team_view(Right.EXPORT)
def export_contacts(request: TeamRequest) -> HttpResponseBase:
    """Those that a selection names; without one, those that match the contacts page's address."""
    asked = request.GET if request.method == "GET" else request.POST
    chosen = ContactSelection.read(asked)
    found = (
        chosen.contacts(request.member) if chosen else matching_contacts(request.team, request.member, asked)
    )
    fields = list(CustomField.objects.of(request.team.id))
    batches = rows.contact_rows(request.team, found, fields)
    return download_response(request, "contacts", rows.contact_header(fields), batches)


@require_GET
@team_view(Right.EXPORT)
def export_do_not_text(request: TeamRequest) -> HttpResponseBase:
    """The list, as its page shows it with these filters."""
    batches = rows.do_not_text_rows(request.team, DoNotTextQuery.read(request.GET))
    return download_response(request, "do-not-text", DO_NOT_TEXT_HEADER, batches)
