"""Undo of an import's changes to contacts: created contacts are deleted; values, lists and tags are restored."""

from django.utils import timezone

from contacts.contact.deletion import delete_contacts
from contacts.custom_fields.models import CustomField
from contacts.imports.change_log import restore_values
from contacts.imports.models import Import
from contacts.imports.undo.models import UNDO_PERIOD, ImportUndo
from contacts.imports.undo.plan import ContactOutcome, contact_outcomes
from kernel.sql import fetch
from optout.consent_types import Actor

# In the order of IDs, as everywhere that several contacts are locked.
_LOCK = "SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($2) ORDER BY id FOR UPDATE"


def revert_contacts(undo: ImportUndo, contact_ids: list[int], by: Actor) -> None:
    """Undo the changes of the import to these contacts, and count them."""
    fields = CustomField.objects
    fields.held(undo.team_id, fields.of(undo.team_id).values_list("key", flat=True))
    fetch(_LOCK, undo.team_id, contact_ids)
    outcomes = contact_outcomes(undo.run, contact_ids)
    created = [outcome.contact_id for outcome in outcomes if outcome.fate == "deleted"]
    kept = [outcome for outcome in outcomes if outcome.fate != "deleted"]
    for outcome in kept:
        if outcome.fate != "known":
            undo.count(**{outcome.fate: 1})
    undo.count(
        deleted=_delete(undo, created, by),
        given_back=_restore_values(undo, [outcome for outcome in kept if outcome.back]),
        newer_values_kept=sum(outcome.kept_newer for outcome in kept),
        taken_off_lists=_delete_rows("listentry", undo, [id for outcome in kept for id in outcome.entries]),
        untagged=_delete_rows("tagging", undo, [id for outcome in kept for id in outcome.taggings]),
        put_back_on_lists=_restore_list_entries(undo, kept),
    )


def _delete(undo: ImportUndo, ids: list[int], by: Actor) -> int:
    return delete_contacts(undo.team_id, ids, erase=False, by=by, of_run=True).contacts if ids else 0


_RESTORE_VALUES = f"""
    UPDATE contacts_contact c SET updated_at = $now, {restore_values("b.back", "c")}
    FROM unnest($contact_ids::bigint[], $backs::jsonb[]) AS b (contact_id, back)
    WHERE c.team_id = $team AND c.id = b.contact_id RETURNING 1
"""
# A contact that another import created, and that only this import has changed since, is as the other import left it.
_MARK_UNCHANGED = """
    UPDATE contacts_importchange m SET at = $now
    FROM unnest($contact_ids::bigint[], $was_at::timestamptz[]) AS b (contact_id, was_at)
    WHERE m.team_id = $team AND m.run_id = ANY($others) AND m.contact_id = b.contact_id AND m.at = b.was_at
"""


def _restore_values(undo: ImportUndo, outcomes: list[ContactOutcome]) -> int:
    if not outcomes:
        return 0
    now = timezone.now()
    whole = [outcome for outcome in outcomes if outcome.at and not outcome.kept_newer]
    others = Import.objects.filter(team_id=undo.team_id, ended_at__gt=now - UNDO_PERIOD)
    others = others.exclude(id=undo.run_id)
    fetch(
        _MARK_UNCHANGED,
        team=undo.team_id,
        now=now,
        others=list(others.values_list("id", flat=True)),
        contact_ids=[outcome.contact_id for outcome in whole],
        was_at=[outcome.was_at for outcome in whole],
    )
    contact_ids = [outcome.contact_id for outcome in outcomes]
    backs = [outcome.back for outcome in outcomes]
    return len(fetch(_RESTORE_VALUES, team=undo.team_id, now=now, contact_ids=contact_ids, backs=backs))


def _delete_rows(table: str, undo: ImportUndo, ids: list[int]) -> int:
    statement = f"DELETE FROM contacts_{table} WHERE team_id = $1 AND id = ANY($2) RETURNING 1"
    return len(fetch(statement, undo.team_id, ids)) if ids else 0


_RESTORE_LIST_ENTRIES = """
    INSERT INTO contacts_listentry (team_id, list_id, contact_id, source, added_at)
    SELECT $1, l.id, b.contact_id, 'undo', now() FROM unnest($2::bigint[], $3::bigint[]) AS b (contact_id, list)
    JOIN contacts_contactlist l ON l.team_id = $1 AND l.id = b.list ORDER BY b.contact_id
    ON CONFLICT (team_id, list_id, contact_id) DO NOTHING RETURNING 1
"""


def _restore_list_entries(undo: ImportUndo, outcomes: list[ContactOutcome]) -> int:
    pairs = [(outcome.contact_id, list_id) for outcome in outcomes for list_id in outcome.comes_back_to]
    if not pairs:
        return 0
    contact_ids, list_ids = (list(column) for column in zip(*pairs, strict=True))
    return len(fetch(_RESTORE_LIST_ENTRIES, undo.team_id, contact_ids, list_ids))
