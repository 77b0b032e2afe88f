"""An import: the file as it came, its rows as they were read, those that were refused, and what became of the rest."""

from typing import Any, Self

from django.db import models

from contacts.custom_fields.models import CustomField, keys_in
from contacts.runs.models import Run, RunState
from kernel.tenancy import TenantIsolation, TenantKey, TenantModel, TenantReference

_ORDER = (
    "read", "created", "updated", "unchanged", "refused", "opted_out", "opt_outs_lifted", "added_to_lists",
    "taken_off_lists", "tagged",
)  # fmt: skip


def _place(word: str) -> int:
    return _ORDER.index(word) if word in _ORDER else len(_ORDER)


class Import(Run):
    """A file of contacts on its way in; kept for good, with its counts and the rows that were refused.

    Its `position` and `total` count bytes of the file while it is checked, and good rows while it runs.
    """

    kind = "import"

    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()  # bytes
    lines = models.PositiveIntegerField(default=0)  # read and stored so far; the header is line 1
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=list)  # for each column of the file the name of our field, or ""
    header = models.JSONField(default=list)  # the file's own headers
    samples = models.JSONField(default=list)  # its first rows, for the page where columns are matched
    preview = models.JSONField(default=dict)  # what would come of it, counted when it was checked
    reached = models.BigIntegerField(default=0)  # the id of the last row that was written
    lifted_to = models.BigIntegerField(
        default=0
    )  # the same, of the rows whose "no" lifts what the team recorded
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [TenantIsolation(name="contacts_import_wall")]
        indexes = [models.Index(fields=["team", "-id"], name="contacts_import_newest")]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def from_db(cls, *row: Any, **options: Any) -> Self:
        """With the counts in the order in which they are told; the database keeps none."""
        run = super().from_db(*row, **options)
        if "counts" in run.__dict__:
            run.counts = {word: run.counts[word] for word in sorted(run.counts, key=_place)}
        return run

    def start_check(self, columns: list[str], options: dict[str, Any]) -> None:
        """Have the file read, with these columns and options; whatever an earlier check found is forgotten.

        A field of the team's own that was deleted since is no column any more; the others stay until this commits.
        """
        self.delete_staged(ImportRow, RefusedRow)
        held = CustomField.objects.held(self.team_id, keys_in(columns))
        self.columns = ["" if set(keys_in([name])) - held else name for name in columns]
        self.options = options
        self.lines, self.preview, self.counts = 0, {}, {}
        self._begin(RunState.CHECKING, self.size)

    def confirm(self, *, lift_ours: bool) -> None:
        """Have the rows written that were found good."""
        self.options["lift_ours"] = lift_ours
        self.counts = {word: self.counts.get(word, 0) for word in ("read", "refused")}
        self._begin(RunState.WAITING, self.preview["good"])

    def return_to_draft(self) -> None:
        """Back to its columns and options."""
        self.delete_staged(ImportRow, RefusedRow)
        self.state, self.counts, self.preview, self.position = RunState.DRAFT, {}, {}, 0
        self.save()

    def cancel(self) -> None:
        """Between two batches where a worker may be at it, else at once; what ended stays as it ended."""
        self.cancel_asked = True
        if self.state in (RunState.DRAFT, RunState.CHECKED):
            self.end(RunState.CANCELLED)
        if not self.ended or self.state == RunState.CANCELLED:
            self.save()

    def _begin(self, state: RunState, total: int) -> None:
        self.state, self.total, self.position = state, total, 0
        self.started_at = self.alive_at = None
        self.tries, self.cancel_asked = 0, False
        self.save()

    def end(self, state: RunState, sentence: str = "") -> None:
        super().end(state, sentence)
        self.delete_staged()

    def delete_staged(self, *models: Any) -> None:
        """Remove what was only waiting here: the file and its good rows, or what is named. Refusals are kept."""
        for model in models or (ImportChunk, ImportRow):
            # One DELETE without reading what goes: there may be a million of them.
            rows = model._base_manager.filter(team_id=self.team_id, run_id=self.id)
            rows._raw_delete(rows.db)


class ImportChunk(TenantModel):
    """A piece of the file, so that whichever worker has the import can read it; gone once the import has ended."""

    run = TenantKey(Import, related_name="chunks")
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importchunk_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importchunk_of"),
            models.UniqueConstraint(fields=["team", "run", "place"], name="contacts_importchunk_place"),
        ]


class ImportRow(TenantModel):
    """A good row as it was read, waiting to be written; each number once in a file, ids in the order of its lines."""

    run = TenantKey(Import, related_name="rows")
    line = models.PositiveIntegerField()  # in the file, the header is line 1
    number = models.CharField(max_length=64)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=80, blank=True)
    display_name = models.CharField(max_length=120, blank=True)
    email = models.CharField(max_length=254, blank=True)
    note = models.TextField(blank=True)
    opt_out = models.BooleanField(null=True)  # empty: the file says nothing
    lists = models.JSONField(null=True)  # names
    tags = models.JSONField(null=True)
    custom = models.JSONField(null=True)  # values of the team's own fields, by key

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_importrow_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_importrow_of"),
            models.UniqueConstraint(fields=["team", "run", "number"], name="contacts_importrow_once"),
        ]


class RefusedRow(TenantModel):
    """A row that was not imported, as it was, with the reason."""

    run = TenantKey(Import, related_name="refused_rows")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = [
            TenantIsolation(name="contacts_refusedrow_wall"),
            TenantReference(field="run", on_delete="CASCADE", name="contacts_refusedrow_of"),
        ]
        indexes = [models.Index(fields=["team", "run", "line"], name="contacts_refusedrow_line")]

    @property
    def shown(self) -> str:
        return " · ".join(cell for cell in self.cells if cell)
