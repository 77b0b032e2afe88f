"""Models of consent: suppressions, the standing that follows from them, the ledger of all changes, and its feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Right

from accounts.models import Inbox, Team
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from optout import ledger_hash
from optout.reviews import open_holds


class StandingState(models.TextChoices):
    """What a team may do with a number. A block is shown over an opt-out, an opt-out over active."""

    ACTIVE = "active", "Active"
    OPTED_OUT = "opt_out", "Opted out"
    BLOCKED = "block", "Blocked"

    @property
    def api_word(self) -> str:
        """The state's word in the API and in webhooks."""
        return {"opt_out": "unsubscribed", "block": "blocked"}.get(self.value, self.value)


API_WORDS = tuple(state.api_word for state in StandingState)


class SuppressionKind(models.TextChoices):
    """An opt-out or a block. The values are those of StandingState; 'block' sorts first."""

    BLOCK = "block"
    OPT_OUT = "opt_out"


class Origin(models.TextChoices):
    """Who caused a change: the first seven are the person's own. Three of these are the word that the team recorded."""

    CONTACT = "contact", "the person, by text"
    CARRIER = "carrier", "the carrier"
    VENDOR_LIST = "vendor_list", "a former vendor's list"
    LINKED = "linked", "the person, at a linked team"
    TOLD_MEMBER = "told_member", "the person, recorded by a team member"
    TOLD_IMPORT = "told_import", "the person, recorded by an import"
    TOLD_API = "told_api", "the person, recorded by the API"
    MEMBER = "member", "a team member"
    IMPORT = "import", "an import"
    API = "api", "the API"


# The person's word, by the origin of the actor who records it.
TOLD = {Origin.MEMBER: Origin.TOLD_MEMBER, Origin.IMPORT: Origin.TOLD_IMPORT, Origin.API: Origin.TOLD_API}
PERSONS_OWN = frozenset({Origin.CONTACT, Origin.CARRIER, Origin.VENDOR_LIST, Origin.LINKED, *TOLD.values()})
_ORIGINS = list(Origin)
COPIED_FROM = "copied from"  # and the number: the source of an entry that copies a suppression


class Action(models.TextChoices):
    """What a ledger entry records. OPTED_IN is every lifted opt-out: by the person, or by the team."""

    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    HELD = "held"  # a text may be an opt-out; these two change no suppression
    RELEASED = "released"

    @property
    def is_note(self) -> bool:
        """Whether it says something about a text, and nothing about the standing: never a newest entry."""
        return self in NOTES


NOTES = (Action.HELD, Action.RELEASED)
ADDED_LATER = (
    "only_in_inbox",
    "each_inbox_since",
)  # columns of ConsentEvent: the hash of an older entry has none

NOT_HASHED = ("id", "hash", "hashed_team_id")


class Suppression(TenantModel):
    """A row that removes the right to text a number. No row means active."""

    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=SuppressionKind)
    origin = models.CharField(max_length=12, choices=Origin)
    inbox = TenantKey(Inbox, null=True, blank=True, related_name="suppressions")  # null: all inboxes
    event_id = models.BigIntegerField()  # the ledger entry that created it
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="optout_suppression_isolation"),
            TenantReference(field="inbox", name="optout_suppression_inbox"),
            models.UniqueConstraint(
                fields=["team", "number", "kind", "origin", "inbox"],
                nulls_distinct=False,
                name="optout_suppression_once",
            ),
        ]
        indexes = [  # the do-not-text list, newest first, for all or some kinds and origins
            models.Index(
                fields=["team", "kind", "origin", "-created_at", "-id"], name="optout_suppression_newest"
            ),
            models.Index("team", Right("number", 4), name="optout_suppression_ending"),
        ]

    @property
    def persons_own(self) -> bool:
        return self.kind == SuppressionKind.OPT_OUT and self.origin in PERSONS_OWN

    @property
    def name(self) -> str:
        """The suppression's name in the ledger: "opt_out contact"; in one inbox: "opt_out carrier 7"."""
        return " ".join(filter(None, [self.kind, self.origin, str(self.inbox_id or "")]))

    @staticmethod
    def inbox_id_in(name: str) -> int | None:
        """The inbox in a suppression's name; None for all inboxes."""
        _, _, *inbox_id = name.split()
        return int(inbox_id[0]) if inbox_id else None

    @property
    def rank(self) -> tuple[bool, int]:
        """The order in which a number's rows are shown: blocks, the person's own opt-outs, the team's."""
        return self.kind != SuppressionKind.BLOCK, _ORIGINS.index(Origin(self.origin))


@dataclass(frozen=True)
class Standing:
    """What a team may do with a number now, and the suppressions that cause it, strongest first."""

    number: str
    rows: tuple[Suppression, ...] = ()

    @classmethod
    def of(cls, number: str, rows: Iterable[Suppression]) -> Self:
        return cls(number, tuple(sorted(rows, key=lambda row: row.rank)))

    def in_inbox(self, inbox_id: int | None) -> "Standing":
        """The standing in one inbox; with None, what applies to all inboxes."""
        return Standing(self.number, tuple(row for row in self.rows if row.inbox_id in (None, inbox_id)))

    @property
    def state(self) -> StandingState:
        return StandingState(self.rows[0].kind) if self.rows else StandingState.ACTIVE

    @property
    def may_text(self) -> bool:
        return not self.rows

    @property
    def blocked(self) -> bool:
        return self.state == StandingState.BLOCKED

    @property
    def opt_outs(self) -> tuple[Suppression, ...]:
        return tuple(row for row in self.rows if row.kind == SuppressionKind.OPT_OUT)

    @property
    def persons_own(self) -> tuple[Suppression, ...]:
        return tuple(row for row in self.rows if row.persons_own)


class StandingQuerySet(models.QuerySet[Any]):
    """Rows with a number, whose standing is joined in. No column holds a copy of it."""

    def with_standing(self, team: Team, inbox: str | None = None) -> Self:
        """Annotate `standing` with a StandingState's value; `inbox` is the name of the row's inbox column, if any."""
        where = Q(inbox=None)
        if inbox:
            where |= Q(inbox_id=OuterRef(inbox))
        rows = Suppression.objects.filter(where, team_id=team.id, number=OuterRef("number")).order_by("kind")
        return self.annotate(
            standing=Coalesce(Subquery(rows.values("kind")[:1]), Value(StandingState.ACTIVE.value))
        )

    def with_opted_out_of(self, team: Team) -> Self:
        """Annotate `opted_out_of`: the names of the single inboxes from which the row's number is opted out."""
        rows = Suppression.objects.filter(
            team_id=team.id, inbox__team_id=team.id, number=OuterRef("number"), kind=SuppressionKind.OPT_OUT
        )
        names = rows.order_by("inbox__name").values("inbox__name").distinct()
        return self.annotate(opted_out_of=ArraySubquery(names))

    def with_held(self, team: Team) -> Self:
        """Annotate `held`: whether a text of the row's number is held for review, in any inbox."""
        return self.annotate(held=Exists(open_holds(team.id).filter(number=OuterRef("number"))))


class ConsentEvent(TenantModel):
    """A ledger entry: who changed which number's standing, when, why, and on what evidence.

    Only the modules of consent and of holds create entries (see the contracts in pyproject.toml); nothing changes or
    deletes them. An entry refers to other rows by plain IDs and copies their names, so that later deletions do not
    affect it. The entries of one number are a chain: each holds the hash of the previous. The chain reveals an entry
    that was changed or removed in its middle. A removed tail, or a chain that the database's owner recomputed as a
    whole, shows against a daily root that was kept elsewhere (optout.roots).
    """

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="consent_events")
    number = models.CharField(max_length=64)
    position = models.PositiveIntegerField()  # 1, 2, 3 … in the chain of its number
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=12, choices=Origin)
    before = models.CharField(max_length=8, choices=StandingState)
    after = models.CharField(max_length=8, choices=StandingState)
    added = models.JSONField(default=list)  # names of suppressions: "opt_out contact", "opt_out carrier 7"
    lifted = models.JSONField(default=list)  # likewise
    # The inbox that received the text, or the only inbox affected.
    inbox_id = models.BigIntegerField(null=True)
    inbox_name = models.CharField(max_length=60, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    message_id = models.BigIntegerField(null=True)
    words = models.TextField(blank=True)  # what the person said: the text itself, or the recorded words
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)  # of consent, of the person's word, of a list
    obtained_at = models.DateTimeField(null=True)  # when fresh consent was given
    happened_at = models.DateTimeField()  # by the carrier's clock if it is known
    recorded_at = models.DateTimeField()  # by the database's clock, under the number's lock
    # Whether it concerns that inbox alone, and not the others.
    only_in_inbox = models.BooleanField(default=False, db_default=False)
    # The team's choice that applied (optout.opt_out_scope): since when a STOP is from one inbox alone. Null: from all.
    each_inbox_since = models.DateTimeField(null=True)
    # The team's ID where the entry was written, if it was imported with its team (portability). Null: team_id.
    hashed_team_id = models.BigIntegerField(null=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_consentevent_isolation"),
            models.UniqueConstraint(fields=["team", "number", "position"], name="optout_consentevent_chain"),
        ]

    @property
    def changed(self) -> bool:
        """Whether it changed a suppression. A repeated STOP does not, and is an entry as the person's newest word."""
        return bool(self.added or self.lifted)

    @property
    def explains_opt_out(self) -> bool:
        """Whether it is an opt-out in the person's own words; its reason says which words, and by which rule."""
        return self.action == Action.OPTED_OUT and self.origin == Origin.CONTACT and bool(self.reason)

    def concerns(self, inbox_id: int | None) -> bool:
        """Whether it says something about this inbox, alone or among all; with None, always."""
        return inbox_id is None or not self.only_in_inbox or self.inbox_id == inbox_id

    @property
    def is_copied(self) -> bool:
        return self.source.startswith(COPIED_FROM)

    @property
    def is_opt_in(self) -> bool:
        """Whether the person gave consent, by text or as fresh consent. A lifted mistake is no opt-in."""
        consented = self.origin == Origin.CONTACT or self.obtained_at is not None
        return self.action == Action.OPTED_IN and consented

    def digest(self) -> str:
        """The hash over every column but `id` and `hash`. Columns that were added later count if they have a value.

        An imported entry is hashed with the team's ID that it was written with, so that its hash stays valid.
        """
        return ledger_hash.digest(self.hashed_columns())

    def hashed_columns(self) -> dict[str, Any]:
        names = (field.attname for field in self._meta.concrete_fields if field.attname not in NOT_HASHED)
        values = {name: getattr(self, name) for name in names}
        values["team_id"] = self.hashed_team_id or self.team_id
        return {name: value for name, value in values.items() if value or name not in ADDED_LATER}


class FeedEntry(TenantModel):
    """A ledger entry's position in the feed, from which programs continue where they stopped.

    A trigger inserts the row together with the ledger entry. The reader assigns the position later, because an entry
    gets its ID before its transaction commits: a reader that went by IDs would miss an entry that commits late.
    """

    event_id = models.BigIntegerField()
    position = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_feedentry_isolation"),
            models.UniqueConstraint(fields=["team", "position"], name="optout_feedentry_position"),
        ]
        indexes = [
            models.Index(
                fields=["team", "event_id"],
                condition=Q(position__isnull=True),
                name="optout_feedentry_waiting",
            ),
            models.Index(
                fields=["team", "event_id"],
                condition=Q(position__isnull=False),
                name="optout_feedentry_numbered",
            ),
        ]


# Django looks for models here.
import optout.carrier_opt_outs.models  # noqa: E402
import optout.consent_records.models  # noqa: E402
import optout.double_opt_in.models  # noqa: E402
import optout.linked_teams.models  # noqa: E402
import optout.pending_opt_ins  # noqa: E402
import optout.reply_wordings  # noqa: E402
import optout.roots.models  # noqa: E402
import optout.suppression_lists.models  # noqa: E402, F401
