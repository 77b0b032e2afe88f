"""Export pages: contacts that match a filter or are selected, and the do-not-text list, as downloads."""

from django.http import HttpResponseBase
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import Right, TeamRequest, team_view
from contacts.custom_fields.models import CustomField
from contacts.do_not_text.query import DoNotTextQuery
from contacts.exports.download import download_response, invalid_filters_page, invalid_link_page
from contacts.exports.rows import DO_NOT_TEXT_HEADER, contact_header, contact_rows, do_not_text_rows
from contacts.search.audited_filter import audited_filter, audited_selection
from contacts.search.filters import ContactFilters
from contacts.search.selection import ContactSelection
from kernel.unknown_filters import in_a_sentence


@require_http_methods(["GET", "POST"])
@team_view(Right.EXPORT)
def export_contacts(request: TeamRequest) -> HttpResponseBase:
    """The selected contacts; without a selection, those that match the filters in the address."""
    query = request.GET if request.method == "GET" else request.POST
    if selection := ContactSelection.read(query):
        found, filters = selection.contacts(request.member), audited_selection(request.member, selection)
    else:
        asked = ContactFilters(request.member, query)
        if asked.errors:
            return invalid_filters_page(request, asked.form)
        found, filters = asked.matching(), audited_filter(request.member, query)
    fields = list(CustomField.objects.of(request.team.id))
    batches = contact_rows(request.team, found, fields)
    return download_response(request, "contacts", contact_header(fields), batches, filters=filters)


@require_GET
@team_view(Right.EXPORT)
def export_do_not_text(request: TeamRequest) -> HttpResponseBase:
    """The list, filtered as its page is."""
    query = DoNotTextQuery.read(request.GET)
    if query.unknown:
        return invalid_link_page(request, in_a_sentence(list(query.unknown)))
    batches = do_not_text_rows(request.team, query)
    return download_response(request, "do-not-text", DO_NOT_TEXT_HEADER, batches)
