"""Deletion of custom fields: the field is deleted at once, its values in the background.

The key stays reserved until the last value is removed, so that a new field never shows values of a deleted field.
"""

import logging

from django.db import transaction

from accounts.models import Member
from contacts.custom_fields.define import check_no_import_running, count_values
from contacts.custom_fields.models import CustomField, FieldDeletion
from contacts.runs.models import AT_WORK, RunState
from contacts.runs.queue import wake
from kernel.sql import fetch

log = logging.getLogger(__name__)

BATCH_SIZE = 500  # contacts
_NEXT = """
    SELECT id FROM contacts_contact WHERE team_id = $1 AND id > $3 AND custom ? $2 ORDER BY id LIMIT $4
"""
# Locked in the order of IDs, as everywhere that several contacts are locked.
_REMOVE = """
    UPDATE contacts_contact SET custom = custom - $2 WHERE team_id = $1 AND id IN (
      SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($3) ORDER BY id FOR NO KEY UPDATE)
    AND custom ? $2 RETURNING 1
"""


def delete_field(field: CustomField, by: Member) -> FieldDeletion:
    """Delete a field, and queue the removal of its values. Raises FieldBeingImported."""
    team_id = field.team_id
    with transaction.atomic():
        # Waits for transactions that write values; see CustomFieldQuerySet.held.
        list(CustomField.objects.filter(team_id=team_id, id=field.id).select_for_update())
        check_no_import_running(field)
        deletion = FieldDeletion(team_id=team_id, name=field.name, key=field.key, total=count_values(field))
        deletion.set_author(by)
        deletion.save()
        deletion.record_start(values=deletion.total)
        field.delete()
        wake(deletion)
    log.info("%s (member %s) deleted the field %s of team %s", by, by.id, field.key, team_id)
    return deletion


def run_batch(deletion: FieldDeletion) -> None:
    """Remove the next values. Ends with a pass that finds none: a merge can move a value to an earlier contact."""
    deletion.start()
    team_id, key = deletion.team_id, deletion.key
    ids = [id for (id,) in fetch(_NEXT, team_id, key, deletion.reached, BATCH_SIZE)]
    deletion.position += len(ids) or 1
    if ids:
        removed = len(fetch(_REMOVE, team_id, key, ids))
        deletion.reached, deletion.found = ids[-1], deletion.found + len(ids)
        deletion.count(values_taken=removed)
    elif deletion.found:
        deletion.reached = deletion.found = 0
    else:
        deletion.end(RunState.DONE)


def find_unfinished(team_id: int) -> list[FieldDeletion]:
    """Deletions whose values are still being removed."""
    return list(FieldDeletion.objects.filter(team_id=team_id, state__in=AT_WORK).order_by("id"))
