"""A person whom a team knows; whether they may be texted is a fact about their number, kept in optout."""

from datetime import datetime
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Inbox, Member
from accounts.numbers import display
from accounts.statements import Write, together
from accounts.tenancy import TenantKey, TenantModel, TenantReference, TenantWall
from contacts.fields import shown_of
from contacts.models.fields import CustomField
from optout.models import StandingQuerySet

# Of several texts the newest counts, in whatever order they are taken in.
NEWEST_TEXT = (
    "ON CONFLICT (team_id, number) DO UPDATE SET last_message_at = excluded.last_message_at,"
    " last_inbox_id = excluded.last_inbox_id"
    " WHERE t.last_message_at IS NULL OR t.last_message_at < excluded.last_message_at"
)


class SortName(Func):
    """The name as it is shown, in lower case and without accents (SQL function contacts_sort_name)."""

    function = "contacts_sort_name"
    output_field = TextField()


class FoundBy(Func):
    """The words that a contact is found by, each behind its team (SQL function contacts_found_by)."""

    function = "contacts_found_by"
    output_field = SearchVectorField()

    def __init__(self) -> None:
        super().__init__("team_id", "number", "first_name", "last_name", "display_name", "email")


class Generated(models.GeneratedField):
    """A column that PostgreSQL writes. Checks of the settings run without a database: its version is not asked for."""

    def _check_supported(self, databases: Any) -> list[Any]:
        return []

    def _check_persistence(self, databases: Any) -> list[Any]:
        return []

    def deconstruct(self) -> Any:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.GeneratedField", args, options


class ContactQuerySet(StandingQuerySet):
    def know(self, inbox: Inbox, number: str, at: datetime, now: datetime | None = None) -> None:
        """See to it that the inbox's team has a contact for this number, whose newest text was `at` there.

        One that is new is created at `now`, and so told from others.
        """
        together(contact=self.knowing(inbox, number, at, now))

    def knowing(self, inbox: Inbox, number: str, at: datetime, now: datetime | None = None) -> Write:
        """The same, to be done together with other writes."""
        now = now or timezone.now()
        return self.model.new(
            NEWEST_TEXT, team_id=inbox.team_id, number=number, created_at=now, updated_at=now,
            last_message_at=at, last_inbox_id=inbox.id,
        )  # fmt: skip

    def named(self) -> Self:
        return self.exclude(sort_name="")


class Contact(TenantModel):
    """A person whom a team knows; one number, unique in the team."""

    number = models.CharField(max_length=64)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=120, blank=True)  # shown instead of first and last, if given
    email = models.EmailField(blank=True)
    note = models.TextField(blank=True, max_length=2000)
    # What the team's own fields say, by their keys; see contacts.fields.
    custom = models.JSONField(default=dict, db_default=Value({}, output_field=models.JSONField()), blank=True)
    assignee = TenantKey(Member, null=True, blank=True, related_name="contacts")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(auto_now=True)
    rev = models.PositiveIntegerField(
        default=1, db_default=1
    )  # counts its changes; a trigger does, whoever writes
    # The newest text from or to this number, in whichever inbox: kept here, so that contacts are sorted by it.
    last_message_at = models.DateTimeField(null=True, blank=True)
    last_inbox = TenantKey(Inbox, null=True, blank=True, related_name="+")
    sort_name = Generated(
        expression=SortName("display_name", "first_name", "last_name"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    # Kept, not only indexed: a broad search tests one contact after the other, and to make the words costs 17 us each.
    found_by = Generated(expression=FoundBy(), output_field=SearchVectorField(), db_persist=True)
    lists: models.ManyToManyField = models.ManyToManyField(
        "ContactList", through="ListEntry", related_name="contacts"
    )
    tags: models.ManyToManyField = models.ManyToManyField("Tag", through="Tagging", related_name="contacts")

    objects: Any = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            TenantWall(name="contacts_contact_wall"),
            TenantReference(field="assignee", on_delete="SET NULL", name="contacts_contact_assignee"),
            TenantReference(field="last_inbox", on_delete="SET NULL", name="contacts_contact_last_inbox"),
            models.UniqueConstraint(fields=["team", "number"], name="contacts_contact_number"),
        ]
        indexes = [
            GinIndex(fields=["found_by"], name="contacts_contact_found"),
            # With the number, by which the standing is joined: a walk along them needs no look at the table.
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
        """As it is shown; empty where nobody gave one."""
        return self.display_name or f"{self.first_name} {self.last_name}".strip()

    def sorted_tags(self) -> "models.QuerySet[Tag]":
        """By name; none of a contact that is not saved yet."""
        mine = {"taggings__team_id": self.team_id, "taggings__contact_id": self.pk}
        return Tag.objects.filter(team_id=self.team_id, **mine).order_by("name", "id")

    def sorted_lists(self) -> "models.QuerySet[ContactList]":
        """By name; none of a contact that is not saved yet."""
        mine = {"entries__team_id": self.team_id, "entries__contact_id": self.pk}
        return ContactList.objects.filter(team_id=self.team_id, **mine).order_by("name", "id")

    def own_fields(self) -> list[tuple[CustomField, str]]:
        """The team's own fields, each with what it says here as people read it."""
        return shown_of(CustomField.objects.of(self.team_id), self.custom)

    def own_values(self) -> list[tuple[CustomField, str]]:
        """Those that say something here."""
        return [(field, words) for field, words in self.own_fields() if words] if self.custom else []


class _Label(TenantModel):
    """A word that a team puts on contacts; one spelling of it, whatever the case."""

    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name  # type: ignore[attr-defined]


class ContactList(_Label):
    """A named list of contacts: whom a team writes to for one purpose."""

    name = models.CharField(max_length=80)

    class Meta:
        constraints = [
            TenantWall(name="contacts_contactlist_wall"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_contactlist_name"),
        ]


class Tag(_Label):
    """A word about a contact."""

    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            TenantWall(name="contacts_tag_wall"),
            models.UniqueConstraint("team", Lower("name"), name="contacts_tag_name"),
        ]


class ListEntry(TenantModel):
    """A contact on a list."""

    list = TenantKey(ContactList, related_name="entries")
    contact = TenantKey(Contact, related_name="entries")

    class Meta:
        constraints = [
            TenantWall(name="contacts_listentry_wall"),
            TenantReference(field="list", on_delete="CASCADE", name="contacts_listentry_list"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_listentry_contact"),
            models.UniqueConstraint(fields=["team", "list", "contact"], name="contacts_listentry_once"),
        ]
        indexes = [models.Index(fields=["team", "contact"], name="contacts_listentry_of")]


class Tagging(TenantModel):
    """A tag on a contact."""

    tag = TenantKey(Tag, related_name="taggings")
    contact = TenantKey(Contact, related_name="taggings")

    class Meta:
        constraints = [
            TenantWall(name="contacts_tagging_wall"),
            TenantReference(field="tag", on_delete="CASCADE", name="contacts_tagging_tag"),
            TenantReference(field="contact", on_delete="CASCADE", name="contacts_tagging_contact"),
            models.UniqueConstraint(fields=["team", "tag", "contact"], name="contacts_tagging_once"),
        ]
        indexes = [models.Index(fields=["team", "contact"], name="contacts_tagging_of")]
