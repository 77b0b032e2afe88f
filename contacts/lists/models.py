"""Lists and tags, the labels of contacts, and why a contact is on a list."""

from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference


class _Label(TenantModel):
    """A list or a tag. Its name is unique in a team, whatever its case."""

    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name  # type: ignore[attr-defined]


class ContactListQuerySet(models.QuerySet[Any]):
    def with_entries(self) -> Self:
        """The lists whose contacts are entries: contacts are added to these, by hand or by imports."""
        return self.filter(is_live=False)


class ContactList(_Label):
    """A named list of contacts that a team texts for one purpose.

    A live list has no entries: it has whoever matches its filter at the moment when it is read.
    """

    name = models.CharField(max_length=80)
    is_live = models.BooleanField(default=False, db_default=False)
    query = models.TextField(
        default="", db_default=""
    )  # of a live list: the query string of the contacts page
    import_id = models.BigIntegerField(null=True)  # the import that created it
    created_by = models.CharField(max_length=120, default="", db_default="")

    objects: Any = ContactListQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_contactlist_isolation"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_contactlist_name"),
        ]

    @property
    def kind(self) -> "ListKind":
        if self.is_live:
            return ListKind.LIVE
        return ListKind.IMPORTED if self.import_id else ListKind.BY_HAND


class ListKind(models.TextChoices):
    """How a list gets its contacts."""

    BY_HAND = "by_hand", "By hand"
    IMPORTED = "imported", "Imported"  # created by an import
    LIVE = "live", "Live"  # a filter


class Tag(_Label):
    """A short word that describes contacts."""

    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_tag_isolation"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_tag_name"),
        ]


class EntrySource(models.TextChoices):
    """What put a contact on a list."""

    UNKNOWN = "", "Added before reasons were kept"
    MEMBER = "member", "Added"
    IMPORT = "import", "Imported"
    API = "api", "Added by a program"
    MERGE = "merge", "Came with a merged contact"
    UNDO = "undo", "Back after the undo of an import"


@dataclass(frozen=True)
class AddedBy:
    """Who put contacts on a list: a member or an API key with its name."""

    source: EntrySource = EntrySource.UNKNOWN
    name: str = ""

    @classmethod
    def member(cls, name: str) -> Self:
        return cls(EntrySource.MEMBER, name[:120])


UNKNOWN = AddedBy()


class ListEntry(TenantModel):
    """A contact on a list, with the reason."""

    list = TenantKey(ContactList, related_name="entries")
    contact = TenantKey("contacts.Contact", related_name="entries")
    source = models.CharField(max_length=8, choices=EntrySource, default="", db_default="")
    by_name = models.CharField(max_length=120, default="", db_default="")  # of the member or the API key
    import_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_listentry_isolation"),
            TenantReference(field="list", on_delete="CASCADE", name="contacts_listentry_list"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_listentry_contact"),
            models.UniqueConstraint(fields=["team", "list", "contact"], name="contacts_listentry_once"),
        ]
        indexes = [models.Index(fields=["team", "contact"], name="contacts_listentry_of")]


class Tagging(TenantModel):
    """A tag on a contact."""

    tag = TenantKey(Tag, related_name="taggings")
    contact = TenantKey("contacts.Contact", related_name="taggings")

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_tagging_isolation"),
            TenantReference(field="tag", on_delete="CASCADE", name="contacts_tagging_tag"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_tagging_contact"),
            models.UniqueConstraint(fields=["team", "tag", "contact"], name="contacts_tagging_once"),
        ]
        indexes = [models.Index(fields=["team", "contact"], name="contacts_tagging_of")]
