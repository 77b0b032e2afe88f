"""Writing of custom values to a contact, for forms and the API."""

from collections.abc import Mapping

from django.utils import timezone

from contacts.contact.models import Contact
from contacts.custom_fields.models import CustomField
from contacts.custom_fields.values import FieldValue, merge_values


def set_values(contact: Contact, values: Mapping[str, FieldValue | None]) -> bool:
    """Write values of a saved contact by key; None removes a value. Returns whether anything changed.

    Other values are kept, even if another transaction is changing them. Values of deleted fields are skipped. The
    values come from `read_value` or `read_json_values`.
    """
    held = CustomField.objects.held(contact.team_id, values)
    rows = Contact.objects.filter(team_id=contact.team_id, id=contact.id)
    stored = rows.select_for_update(no_key=True).values_list("custom", flat=True).first()
    if stored is None:
        return False
    contact.custom = merge_values(stored, {key: value for key, value in values.items() if key in held})
    if contact.custom == stored:
        return False
    contact.updated_at = timezone.now()
    rows.update(custom=contact.custom, updated_at=contact.updated_at)
    return True
