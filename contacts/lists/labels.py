"""Tags and lists of one contact, as a form leaves them."""

from collections.abc import Iterable

from django.db.models import Value
from django.db.models.functions import Lower

from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag, Tagging


def set_tags(contact: Contact, names: Iterable[str]) -> None:
    """Leave just these tags on the contact; those that the team has not got yet are made."""
    team_id, tags = contact.team_id, get_or_create_tags(contact.team_id, names)
    mine = Tagging.objects.filter(team_id=team_id, contact_id=contact.id)
    mine.exclude(tag_id__in=[tag.id for tag in tags]).delete()
    rows = [Tagging(team_id=team_id, tag_id=tag.id, contact_id=contact.id) for tag in tags]
    Tagging.objects.bulk_create(rows, ignore_conflicts=True)


def get_or_create_tags(team_id: int, names: Iterable[str]) -> list[Tag]:
    """The team's tags of these names in whatever case, made where there is none."""
    # Always in one order: two who make the same tags at once wait for each other instead of for ever.
    wanted = sorted(names, key=lambda name: (name.lower(), name))
    Tag.objects.bulk_create([Tag(team_id=team_id, name=name) for name in wanted], ignore_conflicts=True)
    lowered = Tag.objects.filter(team_id=team_id).alias(lowered=Lower("name"))
    return list(lowered.filter(lowered__in=[Lower(Value(name)) for name in wanted])) if wanted else []


def set_lists(contact: Contact, lists: Iterable[ContactList]) -> None:
    """Leave the contact on just these lists."""
    team_id, ids = contact.team_id, sorted(entry.id for entry in lists)
    mine = ListEntry.objects.filter(team_id=team_id, contact_id=contact.id)
    mine.exclude(list_id__in=ids).delete()
    rows = [ListEntry(team_id=team_id, list_id=id, contact_id=contact.id) for id in ids]
    ListEntry.objects.bulk_create(rows, ignore_conflicts=True)
