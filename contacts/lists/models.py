"""Lists and tags, the labels of contacts."""

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


class ContactList(_Label):
    """A named list of contacts that a team texts for one purpose."""

    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_contactlist_wall"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_contactlist_name"),
        ]


class Tag(_Label):
    """A short word that describes contacts."""

    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_tag_wall"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_tag_name"),
        ]


class ListEntry(TenantModel):
    """A contact on a list."""

    list = TenantKey(ContactList, related_name="entries")
    contact = TenantKey("contacts.Contact", related_name="entries")

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_listentry_wall"),
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
            TenantIsolation(name="contacts_tagging_wall"),
            TenantReference(field="tag", on_delete="CASCADE", name="contacts_tagging_tag"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_tagging_contact"),
            models.UniqueConstraint(fields=["team", "tag", "contact"], name="contacts_tagging_once"),
        ]
        indexes = [models.Index(fields=["team", "contact"], name="contacts_tagging_of")]
