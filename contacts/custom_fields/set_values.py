"""Values of custom fields are written to a contact: by a form, or by a program."""

from collections.abc import Mapping

from django.utils import timezone

from contacts.contact.models import Contact
from contacts.custom_fields import values as custom_fields_values
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldValue


def set_values(contact: Contact, values: Mapping[str, FieldValue | None]) -> bool:
    """Write these values of a saved contact by their fields' keys, None takes one away; whether anything changed.

    All others stay as they are, also where somebody changes them at this moment. A field that was deleted
    meanwhile is passed over. The values are those of `fields.read` or `fields.read_json`.
    """
    held = CustomField.objects.held(contact.team_id, values)
    rows = Contact.objects.filter(team_id=contact.team_id, id=contact.id)
    now = rows.select_for_update(no_key=True).values_list("custom", flat=True).first()
    if now is None:
        return False
    contact.custom = custom_fields_values.merge_values(
        now, {key: value for key, value in values.items() if key in held}
    )
    if contact.custom == now:
        return False
    contact.updated_at = timezone.now()
    rows.update(custom=contact.custom, updated_at=contact.updated_at)
    return True
