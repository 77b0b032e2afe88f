"""A field is deleted: gone at once for everybody; its values are taken from the contacts in the background.

So that no field is made of values which are still on their way, its key is taken until the last of them is gone.
"""

import logging

from django.db import transaction

from accounts.models import Member
from contacts.custom_fields import define
from contacts.custom_fields.models import CustomField, FieldDeletion
from contacts.runs.models import AT_WORK, RunState
from contacts.runs.queue import wake
from kernel.sql import fetch

log = logging.getLogger(__name__)

BATCH_SIZE = 500  # at once
_NEXT = """
    SELECT id FROM contacts_contact WHERE team_id = $1 AND id > $3 AND custom ? $2 ORDER BY id LIMIT $4
"""
# Locked in the order of their ids, as everybody does who locks several contacts.
_TAKE = """
    UPDATE contacts_contact SET custom = custom - $2 WHERE team_id = $1 AND id IN (
      SELECT id FROM contacts_contact WHERE team_id = $1 AND id = ANY($3) ORDER BY id FOR NO KEY UPDATE)
    AND custom ? $2 RETURNING 1
"""


def delete_field(field: CustomField, by: Member) -> FieldDeletion:
    """Delete a field, and have a worker take its values. Raises BeingImported."""
    team_id = field.team_id
    with transaction.atomic():
        # Whoever writes a value has the field until then; see CustomFieldQuerySet.held.
        list(CustomField.objects.filter(team_id=team_id, id=field.id).select_for_update())
        define.check_no_import_running(field)
        deletion = FieldDeletion(
            team_id=team_id, name=field.name, key=field.key, total=define.count_values(field)
        )
        deletion.set_author(by)
        deletion.save()
        field.delete()
        wake(deletion)
    log.info("%s (member %s) deleted the field %s of team %s", by, by.id, field.key, team_id)
    return deletion


def run_batch(deletion: FieldDeletion) -> None:
    """Take the next values. It ends with a pass that finds none: a merge may move one to where the last has been."""
    deletion.start()
    team_id, key = deletion.team_id, deletion.key
    ids = [id for (id,) in fetch(_NEXT, team_id, key, deletion.reached, BATCH_SIZE)]
    deletion.position += len(ids) or 1
    if ids:
        taken = len(fetch(_TAKE, team_id, key, ids))
        deletion.reached, deletion.found = ids[-1], deletion.found + len(ids)
        deletion.count(values_taken=taken)
    elif deletion.found:
        deletion.reached = deletion.found = 0
    else:
        deletion.end(RunState.DONE)


def find_unfinished(team_id: int) -> list[FieldDeletion]:
    """Those whose values are still being taken."""
    found = FieldDeletion.objects.filter(team_id=team_id, state__in=AT_WORK)
    return list(found.order_by("id"))
