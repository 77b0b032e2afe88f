"""A long work on many contacts: what it is at, and how far it has come."""

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import TenantModel

# A run whose worker has said nothing for so long has lost it, and is taken up by another.
SILENCE_LIMIT = timedelta(seconds=20)


class RunState(models.TextChoices):
    """Where a run stands.

        draft ──► waiting ──► running ──► done
          │          ▲  └────────┴──────► cancelled   (asked for; between two batches)
          ▼          │           └──────► failed      (a sentence says why; whole batches stay done)
        checking ─► checked

    Only an import is a draft (its columns are being matched), is checked, and waits to be confirmed.
    """

    DRAFT = "draft"
    CHECKING = "checking"
    CHECKED = "checked"
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


AT_WORK = (RunState.CHECKING, RunState.WAITING, RunState.RUNNING)
ENDED = (RunState.DONE, RunState.CANCELLED, RunState.FAILED)


class Run(TenantModel):
    """The common part: one batch is one transaction that also moves `position`, so nothing is done twice."""

    # How long to rest after a batch, as a share of the time that it took: what waits meanwhile comes first.
    rest_ratio = 0.0

    id: int
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField(default=0)  # what is to be done
    position = models.PositiveIntegerField(default=0)  # how much of it is done
    counts = models.JSONField(default=dict)  # what came of it, word by word: {"imported": 12, "refused": 3}
    sentence = models.CharField(max_length=300, blank=True)  # why it failed
    cancel_asked = models.BooleanField(default=False)
    by_id = models.BigIntegerField(null=True)  # the member, as a plain id with the name as it was
    by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True)  # when a worker last did a batch of it
    tries = models.PositiveSmallIntegerField(default=0)  # how often it broke off since its last batch

    class Meta:
        abstract = True

    def set_author(self, member: Member) -> None:
        self.by_id, self.by_name = member.id, str(member)

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def percent(self) -> int:
        """Whole, and 100 only when all of it is done."""
        return min(100, 100 * self.position // self.total) if self.total else 0

    @property
    def time_left(self) -> timedelta | None:
        """At the pace so far; None while that says nothing."""
        if not self.started_at or not self.position or not self.total or not self.at_work:
            return None
        so_far = timezone.now() - self.started_at
        return (
            so_far / self.position * max(0, self.total - self.position)
            if so_far > timedelta(seconds=2)
            else None
        )

    def count(self, **more: int) -> None:
        for word, number in more.items():
            self.counts[word] = self.counts.get(word, 0) + number

    def start(self) -> None:
        self.state, self.started_at = RunState.RUNNING, self.started_at or timezone.now()

    def end(self, state: RunState, sentence: str = "") -> None:
        self.state, self.sentence, self.ended_at = state, sentence[:300], timezone.now()

    def batch(self, work: Any) -> None:
        """Do one batch inside the scope, move `position`, count, and end() after the last one.

        `work` is whatever opened() gave, kept from batch to batch by the worker that has the run.
        """
        raise NotImplementedError

    def opened(self) -> Any:
        """A context manager for what a worker keeps open between batches, positioned at `position`; outside a scope."""
        raise NotImplementedError
