"""The filter of contacts as the audit log keeps it: without words and values that may be about a person."""

from django.http import QueryDict

from accounts.models import Member
from contacts.search.address import ContactsAddress
from contacts.search.custom_filters import PREFIX
from contacts.search.filters import ContactFilters
from contacts.search.selection import ContactSelection
from contacts.search.sorting import SortOrder


def audited_selection(member: Member, selection: ContactSelection) -> list[str]:
    """What was selected: ticked contacts, or the filters."""
    if selection.query is None:
        return [f"{len(selection.ids):,} ticked"]
    return audited_filter(member, QueryDict(selection.query))


def audited_filter(member: Member, query: QueryDict) -> list[str]:
    """The filters of a contacts page's address in words."""
    address = ContactsAddress(member.team, query, ContactFilters(member, query), SortOrder())
    chips = [
        f"{chip.label.partition(':')[0]}: value not kept" if chip.name.startswith(PREFIX) else chip.label
        for chip in address.chips()
    ]
    return [*chips, *(["Search: words not kept"] if query.get("q") else [])]
