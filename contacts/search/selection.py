"""Selection of contacts: ticked contacts, or all that match the filters of a contacts page's address."""

from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.search.filters import matching_contacts
from contacts.search.text_search import IdIsIn


@dataclass(frozen=True)
class ContactSelection:
    """The IDs of ticked contacts, or the query string of the filters (and then no IDs)."""

    ids: tuple[int, ...]
    query: str | None

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        """From a form's `contact`, `all` and `query`."""
        if data.get("all"):
            return cls((), data.get("query", ""))
        ids = (text for text in data.getlist("contact") if text.isdecimal() and len(text) < 19)
        return cls(tuple(sorted({int(text) for text in ids})), None)

    def __bool__(self) -> bool:
        return self.query is not None or bool(self.ids)

    def contacts(self, member: Member) -> QuerySet[Contact]:
        if self.query is not None:
            return matching_contacts(member.team, member, QueryDict(self.query))
        ticked: QuerySet[Contact] = member.team.contacts.filter(IdIsIn(self.ids))
        return ticked
