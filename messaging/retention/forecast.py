"""Forecast of a retention rule: what its first run erases, counted exactly before the rule is saved."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from accounts.models import Team
from messaging.media.models import AttachmentState
from messaging.retention.erasable import erasable_files, erasable_notes, not_kept, old_texts
from messaging.retention.models import RetentionRule, RetentionRun
from messaging.retention.operation import local_day


@dataclass(frozen=True)
class Forecast:
    """What goes in the first run."""

    texts: int = 0
    kept_texts: int = 0  # as old, and kept until a member has decided about them
    oldest: datetime | None = None  # of the texts that go
    files: int = 0
    notes: int = 0
    texts_before: datetime | None = None
    files_before: datetime | None = None

    @classmethod
    def of(cls, rule: RetentionRule, team: Team) -> "Forecast":
        """Of the run on the day after today, when a rule that is saved now begins. It counts in the team's scope."""
        run = RetentionRun.of_day(rule, team, local_day(team) + timedelta(days=1))
        ends = [end for end in (run.texts_before, run.files_before) if end]
        if not ends:
            return cls()
        files = erasable_files(team.id, max(ends)).filter(state=AttachmentState.STORED).count()
        if run.texts_before is None:
            return cls(files=files, files_before=run.files_before)
        texts = old_texts(team.id, run.texts_before)
        found = not_kept(team.id, texts).aggregate(count=Count("id"), oldest=Min("at"))
        return cls(
            texts=found["count"],
            kept_texts=texts.count() - found["count"],
            oldest=found["oldest"],
            files=files,
            notes=erasable_notes(team.id, run.texts_before).count(),
            texts_before=run.texts_before,
            files_before=run.files_before,
        )

    @property
    def erases(self) -> bool:
        return bool(self.texts or self.files or self.notes)

    @property
    def key(self) -> str:
        """What a confirmation of this forecast carries: it does not count for another one."""
        counted = (self.texts, self.files, self.notes)
        ends = (end.isoformat() if end else "" for end in (self.texts_before, self.files_before))
        return " ".join([*map(str, counted), *ends])
