"""Consent as rows: what takes the right to text away, and the ledger of every change."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Inbox, Team
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference
from optout.ledger_hash import canonical_value


class StandingState(models.TextChoices):
    """What a team may do with a number: block is shown over opt-out, opt-out over active."""

    ACTIVE = "active", "Active"
    OPTED_OUT = "opt_out", "Opt Out"
    BLOCKED = "block", "Blocked"

    @property
    def api_word(self) -> str:
        """The word by which programs know it."""
        return {"opt_out": "unsubscribed", "block": "blocked"}.get(self.value, self.value)


class SuppressionKind(models.TextChoices):
    """What a suppression takes away. The words are those of State, and 'block' sorts first."""

    BLOCK = "block"
    OPT_OUT = "opt_out"


class Origin(models.TextChoices):
    """Who is behind it. The first three are the person's own will; the others are recorded by us."""

    CONTACT = "contact", "the person, by text"
    CARRIER = "carrier", "the carrier"
    VENDOR_LIST = "vendor_list", "moved in from a former vendor"
    MEMBER = "member", "a team member"
    IMPORT = "import", "an import"
    API = "api", "the API"


PERSONS_OWN = frozenset({Origin.CONTACT, Origin.CARRIER, Origin.VENDOR_LIST})
_ORIGINS = list(Origin)


class Action(models.TextChoices):
    OPTED_OUT = "opted_out"
    OPTED_IN = "opted_in"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


class Suppression(TenantModel):
    """A row that takes the right to text a number away. No row means active."""

    number = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=SuppressionKind)
    origin = models.CharField(max_length=12, choices=Origin)
    inbox = TenantKey(Inbox, null=True, blank=True, related_name="suppressions")  # null: all inboxes
    event_id = models.BigIntegerField()  # the line of the ledger that made it
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            TenantIsolation(name="optout_suppression_wall"),
            TenantReference(field="inbox", name="optout_suppression_inbox"),
            models.UniqueConstraint(
                fields=["team", "number", "kind", "origin", "inbox"],
                nulls_distinct=False,
                name="optout_suppression_once",
            ),
        ]
        indexes = [  # newest first, of all kinds and origins or of some: see contacts.do_not_text.listing
            models.Index(
                fields=["team", "kind", "origin", "-created_at", "-id"], name="optout_suppression_newest"
            )
        ]

    @property
    def persons_own(self) -> bool:
        return self.kind == SuppressionKind.OPT_OUT and self.origin in PERSONS_OWN

    @property
    def name(self) -> str:
        """As the ledger writes it: "opt_out contact", "opt_out carrier 7"."""
        return " ".join(filter(None, [self.kind, self.origin, str(self.inbox_id or "")]))

    @property
    def weight(self) -> tuple[bool, int]:
        """Sorts a number's rows as they are shown: blocks first, then the person's own, then ours."""
        return self.kind != SuppressionKind.BLOCK, _ORIGINS.index(Origin(self.origin))


@dataclass(frozen=True)
class Standing:
    """What a team may do with a number now, with the rows behind it, weightiest first."""

    number: str
    rows: tuple[Suppression, ...] = ()

    @classmethod
    def of(cls, number: str, rows: Iterable[Suppression]) -> Self:
        return cls(number, tuple(sorted(rows, key=lambda row: row.weight)))

    def in_inbox(self, inbox_id: int | None) -> "Standing":
        """As seen from one inbox; with None, what holds in all inboxes."""
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
    """For rows with a number: the standing joined in, never a copied column."""

    def with_standing(self, team: Team, inbox: str | None = None) -> Self:
        """Annotate `standing` with a State's value; `inbox` names the column of the row's inbox, if it has one."""
        where = Q(inbox=None)
        if inbox:
            where |= Q(inbox_id=OuterRef(inbox))
        rows = Suppression.objects.filter(where, team_id=team.id, number=OuterRef("number")).order_by("kind")
        return self.annotate(
            standing=Coalesce(Subquery(rows.values("kind")[:1]), Value(StandingState.ACTIVE.value))
        )


class ConsentEvent(TenantModel):
    """One line of the ledger: who changed which number's standing, when, why, on what evidence.

    Written once, by optout.consent alone. It refers by plain ids and keeps names as they were, so that nothing that is
    deleted later touches it. The lines of one number are a chain: each holds the hash of the one before. A chain shows
    a changed or removed line in its midst; it cannot show a removed tail, or a chain that the database's owner wrote
    anew from end to end.
    """

    team = models.ForeignKey(Team, on_delete=models.DO_NOTHING, db_index=False, related_name="consent_events")
    number = models.CharField(max_length=64)
    position = models.PositiveIntegerField()  # 1, 2, 3 … in the chain of its number
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=12, choices=Origin)
    before = models.CharField(max_length=8, choices=StandingState)
    after = models.CharField(max_length=8, choices=StandingState)
    added = models.JSONField(
        default=list
    )  # suppressions made and lifted: "opt_out contact", "opt_out carrier 7"
    lifted = models.JSONField(default=list)
    inbox_id = models.BigIntegerField(null=True)  # where it was heard, or the one inbox that it is about
    inbox_name = models.CharField(max_length=60, blank=True)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=120, blank=True)
    message_id = models.BigIntegerField(null=True)
    words = models.TextField(
        blank=True
    )  # what the person said: the text itself, or the consent that was recorded
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=200, blank=True)  # where fresh consent came from
    obtained_at = models.DateTimeField(null=True)  # when fresh consent was given
    happened_at = models.DateTimeField()  # by the carrier's time where it is known
    recorded_at = models.DateTimeField()  # by the database's clock, under the number's lock
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_consentevent_wall"),
            models.UniqueConstraint(fields=["team", "number", "position"], name="optout_consentevent_chain"),
        ]

    @property
    def changed(self) -> bool:
        """Whether it did anything; a second STOP is a line too, since it is the newest word of the person."""
        return bool(self.added or self.lifted)

    @property
    def is_opt_in(self) -> bool:
        """Whether consent was given: by the person's text, or as recorded by an admin; a lifted mistake is none."""
        return self.action == Action.OPTED_IN and (
            self.origin == Origin.CONTACT or self.obtained_at is not None
        )

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of every column but `id` and `hash`."""
        content = {
            field.attname: canonical_value(getattr(self, field.attname))
            for field in self._meta.concrete_fields
            if field.attname not in ("id", "hash")
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class FeedEntry(TenantModel):
    """A line's place in the team's feed of changes, which programs read from where they stopped.

    A trigger writes the row together with the line. Its position is given later, by who reads: an id is taken before
    its transaction commits, so whoever went by ids would pass by a line that commits late.
    """

    event_id = models.BigIntegerField()
    position = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            TenantIsolation(name="optout_feedentry_wall"),
            models.UniqueConstraint(fields=["team", "position"], name="optout_feedentry_position"),
        ]
        indexes = [
            models.Index(
                fields=["team", "event_id"],
                condition=Q(position__isnull=True),
                name="optout_feedentry_waiting",
            )
        ]
