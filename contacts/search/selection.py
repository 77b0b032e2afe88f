"""FIXME module docstring."""

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
    """Contacts that were ticked one by one, or all that match the filters of a page's address."""

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
        found: QuerySet[Contact] = member.team.contacts.filter(IdIsIn(self.ids))
        return found
