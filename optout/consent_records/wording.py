"""Sentences about consent records, for pages and the API."""

from optout.consent_records.models import ConsentCategory, ConsentMethod, ConsentRecord
from optout.consent_types import MISREAD, RETRACTED
from optout.models import Origin

_TEXTS = {ConsentCategory.MARKETING: "marketing texts", ConsentCategory.INFORMATIONAL: "informational texts"}


def describe_record(record: ConsentRecord) -> str:
    """The record as a sentence without a full stop: "Agreed to marketing texts on a form, recorded by an import"."""
    if record.category == ConsentCategory.NONE:
        return f"Earlier records do not count, recorded by {record.actor_name or Origin(record.origin).label}"
    agreed = f"Agreed to {_TEXTS[ConsentCategory(record.category)]}"
    if record.origin == Origin.CONTACT:
        return f"{agreed} by texting {record.inbox_name or 'us'}"
    if record.words.startswith((RETRACTED, MISREAD)):  # by renew_after_mistake()
        return f"{agreed} before; counts again since {record.actor_name} lifted an opt-out as a mistake"
    how = ConsentMethod(record.method).label
    who = record.actor_name or Origin(record.origin).label
    return f"{agreed} {how[0].lower()}{how[1:]}, recorded by {who}"
