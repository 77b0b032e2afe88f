"""Contact: a person whom a team knows. Whether the person may be texted is a fact about the number, kept in optout."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, TextField, Value
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import display_values
from contacts.lists.models import ContactList, Tag
from kernel.combined_inserts import insert_together
from kernel.phone_numbers import display
from kernel.sql import InsertStatement
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from optout.models import StandingQuerySet

# The newest of several texts counts, in whatever order they are received.
NEWEST_TEXT = (
    "ON CONFLICT (team_id, number) DO UPDATE SET last_message_at = excluded.last_message_at,"
    " last_inbox_id = excluded.last_inbox_id"
    " WHERE t.last_message_at IS NULL OR t.last_message_at < excluded.last_message_at"
)


class SortName(Func):
    """The shown name in lower case and without accents (SQL function contacts_sort_name)."""

    function = "contacts_sort_name"
    output_field = TextField()


class SearchWords(Func):
    """The words that searches find a contact by, each prefixed with the team (SQL function contacts_search_words)."""

    function = "contacts_search_words"
    output_field = SearchVectorField()

    def __init__(self) -> None:
        super().__init__("team_id", "number", "first_name", "last_name", "display_name", "email")


class UncheckedGeneratedField(models.GeneratedField):
    """A generated column. It skips the checks that ask the database for its version: checks run without a database."""

    def _check_supported(self, databases: Any) -> list[Any]:
        return []

    def _check_persistence(self, databases: Any) -> list[Any]:
        return []

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, options


class ContactQuerySet(StandingQuerySet):
    def ensure(self, inbox: Inbox, number: str, at: datetime, now: datetime | None = None) -> None:
        """Ensure that the inbox's team has a contact at this number, with the time of a text in this inbox.

        A new contact has `now` as its time of creation, by which callers recognize it.
        """
        insert_together(contact=self.ensure_statement(inbox, number, at, now))

    def ensure_statement(
        self, inbox: Inbox, number: str, at: datetime, now: datetime | None = None
    ) -> InsertStatement:
        """The statement of `ensure`, for a round trip with other writes."""
        now = now or timezone.now()
        return self.model.insert_statement(
            NEWEST_TEXT, team_id=inbox.team_id, number=number, created_at=now, updated_at=now,
            last_message_at=at, last_inbox_id=inbox.id,
        )  # fmt: skip

    def with_name(self) -> Self:
        return self.exclude(sort_name="")


class Contact(TenantModel):
    """A person whom a team knows, with one number that is unique in the team."""

    number = models.CharField(max_length=64)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=120, blank=True)  # shown instead of first and last name
    email = models.EmailField(blank=True)
    note = models.TextField(blank=True, max_length=2000)
    # The values of custom fields by their keys; see contacts.custom_fields.values.
    custom = models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()), blank=True)
    assignee = TenantKey(Member, null=True, blank=True, related_name="contacts")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    rev = models.PositiveIntegerField(default=1, db_default=1)  # number of changes, counted by a trigger
    # The newest text from or to this number in all inboxes, kept here so that an index can sort contacts by it.
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_inbox = TenantKey(Inbox, null=True, blank=True, related_name="+")
    sort_name = UncheckedGeneratedField(
        expression=SortName("display_name", "first_name", "last_name"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    # Stored, not only indexed: a broad search tests contact by contact, and computing the words takes 17 us each.
    search_words = UncheckedGeneratedField(
        expression=SearchWords(), output_field=SearchVectorField(), db_persist=True
    )
    lists: models.ManyToManyField = models.ManyToManyField(
        "ContactList", through="ListEntry", related_name="contacts"
    )
    tags: models.ManyToManyField = models.ManyToManyField("Tag", through="Tagging", related_name="contacts")

    objects: Any = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_contact_isolation"),
            TenantReference(field="assignee", name="contacts_contact_assignee"),
            TenantReference(field="last_inbox", name="contacts_contact_last_inbox"),
            models.UniqueConstraint(fields=["team", "number"], name="contacts_contact_number"),
        ]
        indexes = [
            GinIndex(fields=["search_words"], name="contacts_contact_found"),
            # The number is included to join the standing, so that a walk along these indexes does not read the table.
            models.Index(
                fields=["team", "sort_name", "id"], include=["number"], name="contacts_contact_by_name"
            ),
            models.Index(
                fields=["team", "created_at", "id"], include=["number"], name="contacts_contact_by_created"
            ),
            models.Index(fields=["team", "updated_at", "id"], name="contacts_contact_by_updated"),
            models.Index(
                "team",
                F("last_message_at").desc(nulls_last=True),
                F("id").desc(),
                include=["number"],
                name="contacts_contact_by_last",
            ),
            models.Index(
                fields=["team", "last_inbox", "id"],
                condition=models.Q(last_inbox__isnull=False),
                name="contacts_contact_inbox",
            ),
            models.Index(
                fields=["team", "assignee", "id"],
                condition=models.Q(assignee__isnull=False),
                name="contacts_contact_of_member",
            ),
        ]

    def __str__(self) -> str:
        return self.name or display(self.number)

    @property
    def name(self) -> str:
        """The shown name; empty if there is none."""
        return self.display_name or f"{self.first_name} {self.last_name}".strip()

    def sorted_tags(self) -> "models.QuerySet[Tag]":
        """By name; none for an unsaved contact."""
        on_contact = {"taggings__team_id": self.team_id, "taggings__contact_id": self.pk}
        return Tag.objects.filter(team_id=self.team_id, **on_contact).order_by("name", "id")

    def sorted_lists(self) -> "models.QuerySet[ContactList]":
        """By name; none for an unsaved contact."""
        with_contact = {"entries__team_id": self.team_id, "entries__contact_id": self.pk}
        return ContactList.objects.filter(team_id=self.team_id, **with_contact).order_by("name", "id")

    def custom_fields(self) -> list[tuple[CustomField, str]]:
        """The team's custom fields, each with this contact's value as people read it, or empty."""
        return display_values(CustomField.objects.of(self.team_id), self.custom, self.team.clock)
