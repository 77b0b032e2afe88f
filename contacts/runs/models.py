"""Run: the state, progress and counts that all background jobs over many contacts share."""

from datetime import timedelta
from typing import Any, ClassVar, NamedTuple

from django.db import models
from django.utils import timezone

from accounts.audit.actions import ActorKind, AuditAction
from accounts.audit.recording import AuditActor, Target, record_action
from accounts.models import Member
from kernel.tenancy import TenantModel

# A run without a batch for this long has lost its worker. Another worker continues it.
SILENCE_LIMIT = timedelta(seconds=20)


class RunState(models.TextChoices):
    """States of a run.

        draft ──► waiting ──► running ──► done
          │          ▲  └────────┴──────► cancelled   (on request, between two batches)
          ▼          │           └──────► failed      (`sentence` says why; completed batches are kept)
        checking ─► checked

    Imports start as a draft, whose columns are matched. Imports and vendor lists are checked, then wait for
    confirmation. All other runs start waiting.
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


class AuditedRun(NamedTuple):
    """The actions in the audit log for the start and the end of a run, and what the run is about."""

    started: AuditAction
    ended: AuditAction
    target: Target


class Run(TenantModel):
    """The common part of all runs. One batch is one transaction that also moves `position`: no batch is done twice."""

    kind: ClassVar[str]  # the word for it in contacts.runs.registry.RUN_KINDS
    # Pause after each batch, as a share of the batch's own time, so that texts and pages get the database first.
    rest_ratio: ClassVar[float] = 0.0

    id: int
    state = models.CharField(max_length=10, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)  # how much of `total` is done
    counts = models.JSONField(default=dict)  # results by word: {"imported": 12, "refused": 3}
    sentence = models.CharField(max_length=300, blank=True)  # why it failed or was cancelled, as a sentence
    cancel_asked = models.BooleanField(default=False)
    by_id = models.BigIntegerField(null=True)  # the member, as a plain ID with the name at that time
    by_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    alive_at = models.DateTimeField(null=True)  # when a worker last did a batch
    tries = models.PositiveSmallIntegerField(default=0)  # failures since the last batch
    # Workers that began the current batch and have not been heard of since; more than one if it killed them.
    interrupted = models.PositiveSmallIntegerField(null=True)

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
        """A whole number; 100 only when everything is done."""
        return min(100, 100 * self.position // self.total) if self.total else 0

    @property
    def time_left(self) -> timedelta | None:
        """An estimate from the pace so far; None in the first two seconds and when the run is not at work."""
        if not self.started_at or not self.position or not self.total or not self.at_work:
            return None
        elapsed = timezone.now() - self.started_at
        left = elapsed / self.position * max(0, self.total - self.position)
        return left if elapsed > timedelta(seconds=2) else None

    def audited(self) -> AuditedRun | None:
        """How the audit log names it; None if it is not there."""
        return None

    def record_start(self, **details: Any) -> None:
        """Record in the audit log that it was started by its author."""
        if audited := self.audited():
            record_action(self.team_id, self._audit_actor(), audited.started, audited.target, **details)

    def _record_end(self) -> None:
        if audited := self.audited():
            counts = {word: number for word, number in self.counts.items() if number}
            details = {"state": self.state, "why": self.sentence, **counts}
            record_action(self.team_id, self._audit_actor(), audited.ended, audited.target, **details)

    def _audit_actor(self) -> AuditActor:
        kind = ActorKind.MEMBER if self.by_id else ActorKind.SYSTEM
        return AuditActor(kind, self.by_name or str(kind.label), self.by_id or 0)

    def count(self, **more: int) -> None:
        for word, number in more.items():
            self.counts[word] = self.counts.get(word, 0) + number

    def start(self) -> None:
        self.state, self.started_at = RunState.RUNNING, self.started_at or timezone.now()

    def end(self, state: RunState, sentence: str = "") -> None:
        confirmed = self.state in (RunState.WAITING, RunState.RUNNING)
        self.state, self.sentence, self.ended_at = state, sentence[:300], timezone.now()
        if confirmed:
            self._record_end()
