"""Import models: the run, the chunks of its file, good rows, opt-outs and refused rows."""

from typing import Any, Self

from django.db import models

from accounts.audit.actions import AuditAction, TargetType
from accounts.audit.recording import Target
from contacts.custom_fields.models import CustomField, keys_in
from contacts.runs.models import AuditedRun, Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

_COUNT_ORDER = (
    "read", "created", "updated", "unchanged", "refused", "opted_out", "opted_out_from_refused_rows",
    "opt_outs_lifted", "consent_recorded", "added_to_lists", "taken_off_lists", "tagged",
)  # fmt: skip

_COUNTS_OF_CHECK = ("read", "refused")
SAMPLE_VALUES = 3  # of each column


def _count_position(word: str) -> int:
    return _COUNT_ORDER.index(word) if word in _COUNT_ORDER else len(_COUNT_ORDER)


class Import(Run):
    """An import of a file of contacts; if it imported anything, kept permanently with its counts and refused rows.

    `position` and `total` count bytes of the file during the check, and opt-outs and good rows while it runs.
    """

    kind = "import"

    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()  # bytes
    lines = models.PositiveIntegerField(default=0)  # checked so far; the header is line 1
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=list)  # for each column of the file the name of a field, or ""
    header = models.JSONField(default=list)  # of the file
    samples = models.JSONField(default=list)  # rows with values of each column, for matching them
    # How the file is read, as contacts.imports.file_reading.StoredReading; null for imports before 2026-12.
    reading = models.JSONField(null=True)
    preview = models.JSONField(default=dict)  # what the import would change, counted by the check
    reached = models.BigIntegerField(default=0)  # the ID of the last row that was written
    # The same, for the rows whose "no" lifts opt-outs that the team recorded.
    lifted_to = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [TenantIsolation(name="contacts_import_isolation")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def from_db(cls, *row: Any, **options: Any) -> Self:
        """Sorts the counts for pages; jsonb keeps no order."""
        run = super().from_db(*row, **options)
        if "counts" in run.__dict__:
            run.counts = {word: run.counts[word] for word in sorted(run.counts, key=_count_position)}
        return run

    def audited(self) -> AuditedRun:
        target = Target(TargetType.IMPORT, self.file_name, self.id)
        return AuditedRun(AuditAction.IMPORT_STARTED, AuditAction.IMPORT_ENDED, target)

    def start_check(self, columns: list[str], options: dict[str, Any]) -> None:
        """Start the check with these columns and options. The results of an earlier check are deleted.

        Columns of deleted custom fields are skipped; the other fields cannot be deleted until this commits.
        """
        self.delete_staged(ImportRow, ImportOptOut, RefusedRow)
        held = CustomField.objects.held(self.team_id, keys_in(columns))
        self.columns = ["" if set(keys_in([name])) - held else name for name in columns]
        self.options = options
        self.lines, self.preview, self.counts = 0, {}, {}
        self._begin(RunState.CHECKING, self.size)

    def confirm(self, *, lift_ours: bool, with_unclear: bool = False) -> None:
        """Queue the opt-outs and the good rows to be written. `with_unclear`: also opt-outs of unclear cells."""
        self.options["lift_ours"] = lift_ours
        self.counts = {word: self.counts.get(word, 0) for word in _COUNTS_OF_CHECK}
        if not with_unclear:
            self.opt_outs.filter(team_id=self.team_id, unclear=True).delete()
        total = self.preview["good"] + self.preview["opt_outs"]
        self._begin(RunState.WAITING, total + (self.preview["unclear"] if with_unclear else 0))
        self.record_start(rows=self.total, lift_ours=lift_ours)

    def return_to_draft(self) -> None:
        """Go back to matching columns and options."""
        self.delete_staged(ImportRow, ImportOptOut, RefusedRow)
        self.state, self.counts, self.preview, self.position = RunState.DRAFT, {}, {}, 0
        self.save()

    def cancel(self) -> None:
        """Cancel at once, or after the current batch if a worker may have the run. An ended run is unchanged."""
        self.cancel_asked = True
        if self.state in (RunState.DRAFT, RunState.CHECKED):
            self.end(RunState.CANCELLED)
        if not self.ended or self.state == RunState.CANCELLED:
            self.save()

    @property
    def is_deletable(self) -> bool:
        """Whether it imported nothing: it was never confirmed, or it ended before its first row."""
        ended_early = self.state in (RunState.DRAFT, RunState.CHECKED, RunState.CANCELLED, RunState.FAILED)
        return ended_early and not any(
            self.counts[word] for word in self.counts if word not in _COUNTS_OF_CHECK
        )

    def delete_with_rows(self) -> None:
        self.delete_staged(ImportChunk, ImportRow, ImportOptOut, RefusedRow)
        self.delete()

    def _begin(self, state: RunState, total: int) -> None:
        self.state, self.total, self.position = state, total, 0
        self.started_at = self.alive_at = None
        self.tries, self.cancel_asked = 0, False
        self.save()

    def end(self, state: RunState, sentence: str = "") -> None:
        super().end(state, sentence)
        self.delete_staged()

    def delete_staged(self, *models: Any) -> None:
        """Delete the rows of these models, by default all but the refused rows."""
        for model in models or (ImportChunk, ImportRow, ImportOptOut):
            # One DELETE that reads no rows into Python: there may be a million.
            rows = model._base_manager.filter(team_id=self.team_id, run_id=self.id)
            rows._raw_delete(rows.db)


class ImportChunk(TenantModel):
    """A chunk of the file, for the worker that checks it; deleted when the import ends."""

    run = TenantKey(Import, related_name="chunks")
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importchunk_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importchunk_of"),
            models.UniqueConstraint(fields=["team", "run", "place"], name="contacts_importchunk_place"),
        ]


class ImportRow(TenantModel):
    """A good row that waits to be written. Each number is once in a file; the IDs follow the order of the lines."""

    run = TenantKey(Import, related_name="rows")
    line = models.PositiveIntegerField()  # the header is line 1
    number = models.CharField(max_length=64)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    note = models.TextField(blank=True)
    opt_out = models.BooleanField(null=True)  # null: an empty cell
    lists = models.JSONField(null=True)  # names
    tags = models.JSONField(null=True)
    custom = models.JSONField(null=True)  # values of custom fields, by key
    consent = models.JSONField(null=True)  # how the person agreed to get texts, by column (consent_columns)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importrow_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importrow_of"),
            models.UniqueConstraint(fields=["team", "run", "number"], name="contacts_importrow_once"),
        ]


class ImportOptOut(TenantModel):
    """An opt-out of the file that waits to be recorded, once for each number: the strictest of all rows counts.

    It may come from a refused row. It is deleted when it is recorded, and when the import ends.
    """

    run = TenantKey(Import, related_name="opt_outs")
    number = models.CharField(max_length=64)
    line = models.PositiveIntegerField()
    happened_at = models.DateTimeField(null=True)  # null if the file does not say
    words = models.CharField(max_length=200)  # the header and the cell
    refused = models.BooleanField(default=False)  # only refused rows state it
    unclear = models.BooleanField(default=False)  # no row states it clearly

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importoptout_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importoptout_of"),
            models.UniqueConstraint(fields=["team", "run", "number"], name="contacts_importoptout_once"),
        ]


class RefusedRow(TenantModel):
    """A row that was not imported: its original cells with the reason."""

    run = TenantKey(Import, related_name="refused_rows")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_refusedrow_isolation"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_refusedrow_of"),
        ]
        indexes = [models.Index(fields=["team", "run", "line"], name="contacts_refusedrow_line")]

    @property
    def shown(self) -> str:
        return " · ".join(cell for cell in self.cells if cell)
