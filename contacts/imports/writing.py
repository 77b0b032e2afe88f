"""The rows of a checked import become contacts: some thousands at a time, each time in one transaction.

Opt-outs come first, since their locks come first of all locks; what is to be lifted comes last, in transactions of its
own. A contact that says the same already is not written.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.access import Right, may
from accounts.models import Member
from contacts.contact import events
from contacts.imports import change_log
from contacts.imports.models import Import
from contacts.imports.options import ImportOptions
from contacts.imports.preview import VALUE_COLUMNS, merged_custom, row_changes_contact
from contacts.runs.models import RunState
from optout.bulk_consent import lift_ours_many, opt_out_many
from optout.consent_types import Actor
from optout.models import ConsentEvent, Origin
from optout.number_locks import lock_numbers
from webhooks import outbox
from webhooks.models import EventType

BATCH_SIZE = 5000
MAX_LOCKS = 500  # numbers whose standing changes in one transaction


@dataclass(frozen=True)
class ImportBatch:
    """The next rows of an import, as the parameters of its statements."""

    run: Import
    options: ImportOptions
    to: int  # id of the last row
    rows: int

    @property
    def place(self) -> dict[str, Any]:
        return {
            "team": self.run.team_id, "run": self.run.id, "behind": self.run.reached, "to": self.to,
            "now": timezone.now(), "add_to": self.options.add_to,
        }  # fmt: skip


def write_batch(run: Import) -> None:
    """Write the next rows; behind the last ones lift what is to be lifted, and end the run."""
    if not _may_go_on(run):
        run.end(
            RunState.FAILED, f"{run.by_name} may no longer import contacts. What was done so far stays done."
        )
        return
    run.start()
    options = ImportOptions.read(run.options)
    if part := _next(run, options):
        _write(part)
    elif not (options.lift_ours and _lift(run, options)):
        run.end(RunState.DONE)


def _may_go_on(run: Import) -> bool:
    """Whether the member who uploaded it is still there and may; from the shell nobody is asked."""
    if run.by_id is None:
        return True
    member = Member.objects.filter(team_id=run.team_id, id=run.by_id).first()
    return member is not None and may(member, Right.IMPORT_CONTACTS)


def _write(part: ImportBatch) -> None:
    run = part.run
    if said := _numbers(_SAYS_YES, part):
        _opt_out(part, said)
    run.count(**_contacts(part))
    if part.options.add_to:
        run.count(added_to_lists=_run(_THE_LIST, part, _JOIN_THE_LIST))
    named = _named(part)
    if named["lists"]:
        if part.options.replace_lists:
            run.count(taken_off_lists=_run(_LEAVE_LISTS, part))
        run.count(added_to_lists=_run(_LISTS, part, _JOIN_LISTS))
    if named["tags"]:
        run.count(tagged=_run(_TAGS, part, _TAG))
    run.reached = part.to
    run.position += part.rows


# By primary key. The addition keeps PostgreSQL from the index by number, where it would read the whole file for each
# part of it; new rows have no statistics yet that would tell.
_THESE = "r.team_id = %(team)s AND r.run_id + 0 = %(run)s AND r.id > %(behind)s AND r.id <= %(to)s"


# -- which rows --------------------------------------------------------------------------------------------------

_NEXT = """
    SELECT id, opt_out FROM contacts_importrow
    WHERE team_id = %s AND run_id + 0 = %s AND id > %s ORDER BY id LIMIT %s
"""


def _next(run: Import, options: ImportOptions) -> ImportBatch | None:
    """The next rows, at most so many that change a standing."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [run.team_id, run.id, run.reached, BATCH_SIZE])
        rows = cursor.fetchall()
    locks = 0
    for at, (_, opt_out) in enumerate(rows):
        locks += bool(opt_out)
        if locks > MAX_LOCKS:
            rows = rows[:at]
            break
    return ImportBatch(run, options, rows[-1][0], len(rows)) if rows else None


_NAMED = f"SELECT count(r.lists) AS lists, count(r.tags) AS tags FROM contacts_importrow r WHERE {_THESE}"


def _named(part: ImportBatch) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMED, part.place)
        lists, tags = cursor.fetchone()
    return {"lists": lists, "tags": tags}


# -- standings ---------------------------------------------------------------------------------------------------


def _why(run: Import, options: ImportOptions) -> tuple[Actor, str]:
    """Who it was, and the reason, as long as the ledger takes them."""
    ledger: Any = ConsentEvent._meta
    name, reason = (ledger.get_field(field).max_length for field in ("actor_name", "reason"))
    actor = Actor(Origin.IMPORT, f"{run.by_name} ({run.file_name})"[:name], run.by_id)
    return actor, (options.consent_note.strip() or f"Opt Out column of {run.file_name}")[:reason]


_SAYS_YES = f"SELECT r.number FROM contacts_importrow r WHERE {_THESE} AND r.opt_out"
# Whoever is opted out already stays as they are, so that an export that is imported again changes nothing.
_TO_OPT_OUT = f"""
    {_SAYS_YES} AND NOT EXISTS (SELECT FROM optout_suppression s WHERE s.team_id = %(team)s AND s.number = r.number
        AND s.kind = 'opt_out' AND s.inbox_id IS NULL)
"""

_REPEATED = change_log.log_repeated(f"""
    SELECT s.event_id FROM contacts_importrow r
    JOIN optout_suppression s ON s.team_id = %(team)s AND s.number = r.number
        AND s.kind = 'opt_out' AND s.origin = 'import' AND s.inbox_id IS NULL
    WHERE {_THESE} AND r.opt_out
""")


def _numbers(which: str, part: ImportBatch) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(which, part.place)
        return [number for (number,) in cursor.fetchall()]


def _opt_out(part: ImportBatch, said: list[str]) -> None:
    """Opt out of these numbers those that are not yet. An undo that is at one of them comes first, or waits."""
    run = part.run
    lock_numbers(run.team_id, said)
    _run(_REPEATED, part)
    if numbers := _numbers(_TO_OPT_OUT, part):
        actor, reason = _why(run, part.options)
        opted_out = opt_out_many(run.team_id, numbers, actor, reason=reason)
        change_log.log_ledger_entries(run, opted_out)
        run.count(opted_out=len(opted_out))


_TO_LIFT = """
    SELECT r.id, r.number FROM contacts_importrow r
    WHERE r.team_id = %(team)s AND r.run_id = %(run)s AND r.id > %(behind)s AND NOT r.opt_out
    AND EXISTS (SELECT FROM optout_suppression s
        WHERE s.team_id = %(team)s AND s.number = r.number AND s.kind = 'opt_out')
    ORDER BY r.id LIMIT %(most)s
"""


def _lift(run: Import, options: ImportOptions) -> bool:
    """Lift what we recorded about the next numbers that the file says "no" for; False when there are no more."""
    with connection.cursor() as cursor:
        cursor.execute(
            _TO_LIFT, {"team": run.team_id, "run": run.id, "behind": run.lifted_to, "most": MAX_LOCKS}
        )
        rows = cursor.fetchall()
    if not rows:
        return False
    actor, reason = _why(run, options)
    lifted = lift_ours_many(run.team_id, [number for _, number in rows], actor, reason=reason)
    change_log.log_ledger_entries(run, lifted)
    run.count(opt_outs_lifted=len(lifted))
    run.lifted_to = rows[-1][0]
    return True


# -- contacts ----------------------------------------------------------------------------------------------------

# In one order (new ones by number, others by id, as everywhere): two works on the same contacts wait for each other
# instead of locking each other out.
_CREATE = f"""
    INSERT INTO contacts_contact (team_id, number, {", ".join(VALUE_COLUMNS)}, custom, created_at, updated_at)
    SELECT %(team)s, r.number, {", ".join(f"r.{value}" for value in VALUE_COLUMNS)}, coalesce(r.custom, '{{}}'),
        %(now)s, %(now)s
    FROM contacts_importrow r WHERE {_THESE} ORDER BY r.number ON CONFLICT (team_id, number) DO NOTHING
"""
_UPDATE = f"""
    WITH mine AS (
        SELECT c.id AS contact_id, {change_log.COLUMNS_BEFORE}, r.* FROM contacts_importrow r
        JOIN contacts_contact c ON c.team_id = %(team)s AND c.number = r.number
        WHERE {_THESE} AND ({{changes}}) ORDER BY c.id FOR UPDATE OF c),
    changed AS (
        UPDATE contacts_contact c SET {{sets}}, updated_at = %(now)s FROM mine r
        WHERE c.team_id = %(team)s AND c.id = r.contact_id RETURNING {change_log.COLUMNS_AFTER})
    {change_log.LOG_CHANGED}
"""
_SET = "{0} = CASE WHEN r.{0} <> '' THEN r.{0} ELSE c.{0} END"
_FILL = "{0} = CASE WHEN c.{0} = '' THEN r.{0} ELSE c.{0} END"


def _contacts(part: ImportBatch) -> dict[str, int]:
    replace = part.options.replace
    sets = ", ".join((_SET if replace else _FILL).format(value) for value in VALUE_COLUMNS)
    sets += f", custom = CASE WHEN r.custom IS NULL THEN c.custom ELSE {merged_custom(replace)} END"
    created = _create(part)
    updated = (
        _run(_UPDATE.format(changes=row_changes_contact(replace), sets=sets), part)
        if created < part.rows
        else 0
    )
    return {"created": created, "updated": updated, "unchanged": part.rows - created - updated}


def _create(part: ImportBatch) -> int:
    """How many contacts are new; others are told of them where they want to be."""
    team_id = part.run.team_id
    if EventType.CONTACT_CREATED not in outbox.wanted_types(team_id):
        return _run(change_log.log_created(_CREATE), part)
    with connection.cursor() as cursor:
        cursor.execute(change_log.log_created(_CREATE, told=events.EVENT_COLUMNS), part.place)
        rows = cursor.fetchall()
    events.record_created(team_id, rows, _why(part.run, part.options)[0])
    return len(rows)


# -- lists and tags ----------------------------------------------------------------------------------------------

_THE_LIST = change_log.log_made(
    "list",
    """
    INSERT INTO contacts_contactlist (team_id, name, created_at) VALUES (%(team)s, %(add_to)s, %(now)s)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_JOIN_THE_LIST = change_log.log_listed(f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id)
    SELECT %(team)s, l.id, c.id FROM contacts_importrow r
    JOIN contacts_contact c ON c.team_id = %(team)s AND c.number = r.number
    JOIN contacts_contactlist l ON l.team_id = %(team)s AND lower(l.name) = lower(%(add_to)s)
    WHERE {_THESE} ORDER BY c.id ON CONFLICT (team_id, list_id, contact_id) DO NOTHING
""")
_LISTS = change_log.log_made(
    "list",
    f"""
    INSERT INTO contacts_contactlist (team_id, name, created_at)
    SELECT DISTINCT ON (lower(given.word)) %(team)s, given.word, %(now)s
    FROM contacts_importrow r, jsonb_array_elements_text(r.lists) AS given (word)
    WHERE {_THESE} ORDER BY lower(given.word)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_JOIN_LISTS = change_log.log_listed(f"""
    INSERT INTO contacts_listentry (team_id, list_id, contact_id)
    SELECT %(team)s, l.id, c.id FROM contacts_importrow r CROSS JOIN jsonb_array_elements_text(r.lists) AS given (word)
    JOIN contacts_contactlist l ON l.team_id = %(team)s AND lower(l.name) = lower(given.word)
    JOIN contacts_contact c ON c.team_id = %(team)s AND c.number = r.number
    WHERE {_THESE} ORDER BY c.id ON CONFLICT (team_id, list_id, contact_id) DO NOTHING
""")
_LEAVE_LISTS = change_log.log_unlisted(f"""
    DELETE FROM contacts_listentry e USING contacts_importrow r, contacts_contact c, contacts_contactlist l
    WHERE {_THESE} AND r.lists IS NOT NULL AND c.team_id = %(team)s AND c.number = r.number
    AND e.team_id = %(team)s AND e.contact_id = c.id AND l.team_id = %(team)s AND l.id = e.list_id
    AND lower(l.name) <> lower(%(add_to)s)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(r.lists) AS given (word) WHERE lower(given.word) = lower(l.name))
""")
_TAGS = change_log.log_made(
    "tag",
    f"""
    INSERT INTO contacts_tag (team_id, name, created_at)
    SELECT DISTINCT ON (lower(given.word)) %(team)s, given.word, %(now)s
    FROM contacts_importrow r, jsonb_array_elements_text(r.tags) AS given (word)
    WHERE {_THESE} ORDER BY lower(given.word)
    ON CONFLICT (team_id, lower(name)) DO NOTHING
""",
)
_TAG = change_log.log_tagged(f"""
    INSERT INTO contacts_tagging (team_id, tag_id, contact_id)
    SELECT %(team)s, t.id, c.id FROM contacts_importrow r CROSS JOIN jsonb_array_elements_text(r.tags) AS given (word)
    JOIN contacts_tag t ON t.team_id = %(team)s AND lower(t.name) = lower(given.word)
    JOIN contacts_contact c ON c.team_id = %(team)s AND c.number = r.number
    WHERE {_THESE} ORDER BY c.id ON CONFLICT (team_id, tag_id, contact_id) DO NOTHING
""")


def _run(statement: str, part: ImportBatch, *more: str) -> int:
    """Run the statements, which record what they do; how many rows the last one wrote."""
    with connection.cursor() as cursor:
        for one in (statement, *more):
            cursor.execute(one, part.place)
        ((written,),) = cursor.fetchall()
        return int(written)
