"""Writing of a checked import: its rows become contacts, a few thousand in each transaction.

Opt-outs come first, so that no contact of the file can be texted before its opt-out is recorded. Opt-outs are lifted
after the last batch of contacts. Both have their own transactions. Unchanged contacts are not written.
"""

from accounts.access import Right, may
from accounts.models import Member
from contacts.contact.events import EVENT_COLUMNS, record_created
from contacts.imports.batch import BATCH_ROWS, ImportBatch, run_logged
from contacts.imports.change_log import (
    COLUMNS_AFTER,
    COLUMNS_BEFORE,
    LOG_CHANGED,
    log_created,
    log_ledger_entries,
)
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.imports.preview import VALUE_COLUMNS, merged_custom, row_changes_contact
from contacts.imports.write_consent import write_consent
from contacts.imports.write_labels import write_labels
from contacts.imports.write_opt_outs import MAX_LOCKS, actor_and_reason, write_opt_outs
from contacts.runs.models import RunState
from kernel.distribution.shards import on_shards
from kernel.sql import fetch
from optout.bulk_consent import lift_ours_many
from webhooks.models import EventType
from webhooks.outbox import wanted_types

BATCH_SIZE = 5000  # rows


def write_batch(run: Import) -> None:
    """Write the next rows; after the last, lift opt-outs and end the run."""
    if not _is_allowed(run):
        sentence = f"{run.by_name} no longer has the right to import contacts. Completed work is kept."
        run.end(RunState.FAILED, sentence)
        return
    run.start()
    options = ImportOptions.read(run.options)
    if write_opt_outs(run, options):
        return
    if batch := _next(run, options):
        _write(batch)
    elif not (options.lift_ours and _lift(run, options)):
        run.end(RunState.DONE)


def _is_allowed(run: Import) -> bool:
    """Whether the member who confirmed it still has the right. An import from the command line has no member."""
    if run.by_id is None:
        return True
    member = Member.objects.filter(team_id=run.team_id, id=run.by_id).first()
    return member is not None and may(member, Right.IMPORT_CONTACTS)


def _write(batch: ImportBatch) -> None:
    run = batch.run
    run.count(**_write_contacts(batch))
    write_labels(batch)
    write_consent(batch)
    run.reached = batch.to
    run.position += batch.rows


# -- next rows --------------------------------------------------------------------------------------------------

_NEXT = """
    SELECT id FROM contacts_importrow WHERE team_id = $1 AND run_id + 0 = $2 AND id > $3 ORDER BY id LIMIT $4
"""


def _next(run: Import, options: ImportOptions) -> ImportBatch | None:
    rows = fetch(_NEXT, run.team_id, run.id, run.reached, BATCH_SIZE)
    return ImportBatch(run, options, rows[-1][0], len(rows)) if rows else None


# -- lifting -----------------------------------------------------------------------------------------------------

_TO_LIFT = """
    SELECT r.id, r.number FROM contacts_importrow r
    WHERE r.team_id = $team AND r.run_id = $run AND r.id > $after AND NOT r.opt_out
    AND EXISTS (SELECT FROM optout_suppression s
        WHERE s.team_id = $team AND s.number = r.number AND s.kind = 'opt_out')
    ORDER BY r.id LIMIT $limit
"""


def _lift(run: Import, options: ImportOptions) -> bool:
    """Lift the team's opt-outs of the next numbers whose cell says "no"; False after the last."""
    rows = fetch(_TO_LIFT, team=run.team_id, run=run.id, after=run.lifted_to, limit=MAX_LOCKS)
    if not rows:
        return False
    actor, reason = actor_and_reason(run, options)
    lifted = lift_ours_many(run.team_id, [number for _, number in rows], actor, reason=reason)
    log_ledger_entries(run, lifted)
    run.count(opt_outs_lifted=len(lifted))
    run.lifted_to = rows[-1][0]
    return True


# -- contacts ----------------------------------------------------------------------------------------------------

# In one order (new contacts by number, others by ID, as everywhere), so that transactions on the same contacts wait for
# each other instead of deadlocking.
_CREATE = f"""
    INSERT INTO contacts_contact (team_id, number, {", ".join(VALUE_COLUMNS)}, custom, created_at, updated_at)
    SELECT $team, r.number, {", ".join(f"r.{value}" for value in VALUE_COLUMNS)}, coalesce(r.custom, '{{}}'),
        $now, $now
    FROM contacts_importrow r WHERE {BATCH_ROWS} ORDER BY r.number ON CONFLICT (team_id, number) DO NOTHING
"""
_UPDATE = f"""
    WITH matching AS (
        SELECT c.id AS contact_id, {COLUMNS_BEFORE}, r.* FROM contacts_importrow r
        JOIN contacts_contact c ON c.team_id = $team AND c.number = r.number
        WHERE {BATCH_ROWS} AND ({{changes}}) ORDER BY c.id FOR NO KEY UPDATE OF c),
    changed AS (
        UPDATE contacts_contact c SET {{sets}}, updated_at = $now FROM matching r
        WHERE c.team_id = $team AND c.id = r.contact_id RETURNING {COLUMNS_AFTER})
    {LOG_CHANGED}
"""
_SET = "{0} = CASE WHEN r.{0} <> '' THEN r.{0} ELSE c.{0} END"
_FILL = "{0} = CASE WHEN c.{0} = '' THEN r.{0} ELSE c.{0} END"


def _write_contacts(batch: ImportBatch) -> dict[str, int]:
    replace = batch.options.replace
    sets = ", ".join((_SET if replace else _FILL).format(value) for value in VALUE_COLUMNS)
    sets += f", custom = CASE WHEN r.custom IS NULL THEN c.custom ELSE {merged_custom(replace)} END"
    created = _create(batch)
    updated = (
        run_logged(_UPDATE.format(changes=row_changes_contact(replace), sets=sets), batch)
        if created < batch.rows
        else 0
    )
    return {"created": created, "updated": updated, "unchanged": batch.rows - created - updated}


def _create(batch: ImportBatch) -> int:
    """Create new contacts, with webhook events if an endpoint wants them; returns their number."""
    team_id = batch.run.team_id
    if EventType.CONTACT_CREATED not in wanted_types(team_id):
        return run_logged(log_created(_CREATE), batch)
    rows = fetch(on_shards(log_created(_CREATE, returning=EVENT_COLUMNS)), **batch.parameters)
    record_created(team_id, rows, actor_and_reason(batch.run, batch.options)[0])
    return len(rows)
