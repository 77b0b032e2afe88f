"""Labels of one contact: one more tag, one less, and replacement of its tags and lists."""

from collections.abc import Iterable

from django.db.models import Value
from django.db.models.functions import Lower
from django.utils import timezone

from contacts.contact.models import Contact
from contacts.lists.models import UNKNOWN, AddedBy, ContactList, ListEntry, Tag, Tagging


def add_tag(contact: Contact, name: str) -> Tag:
    """Give the contact the team's tag of this name, whatever its case; it is created if the team has none."""
    (tag,) = get_or_create_tags(contact.team_id, [name])
    tagging = Tagging(team_id=contact.team_id, tag_id=tag.id, contact_id=contact.id)
    Tagging.objects.bulk_create([tagging], ignore_conflicts=True)
    return tag


def remove_tag(contact: Contact, tag_id: int) -> bool:
    """Take a tag off the contact. False if the contact does not have it."""
    taggings = Tagging.objects.filter(team_id=contact.team_id, contact_id=contact.id, tag_id=tag_id)
    return taggings.delete()[0] > 0


def set_tags(contact: Contact, names: Iterable[str]) -> None:
    """Give the contact these tags and no others. Tags that the team does not have are created."""
    team_id, tags = contact.team_id, get_or_create_tags(contact.team_id, names)
    taggings = Tagging.objects.filter(team_id=team_id, contact_id=contact.id)
    taggings.exclude(tag_id__in=[tag.id for tag in tags]).delete()
    rows = [Tagging(team_id=team_id, tag_id=tag.id, contact_id=contact.id) for tag in tags]
    Tagging.objects.bulk_create(rows, ignore_conflicts=True)


def get_or_create_tags(team_id: int, names: Iterable[str]) -> list[Tag]:
    """The team's tags with these names, whatever their case. Missing tags are created."""
    # In a fixed order, so that two transactions that create the same tags do not deadlock.
    ordered = sorted(names, key=lambda name: (name.lower(), name))
    Tag.objects.bulk_create([Tag(team_id=team_id, name=name) for name in ordered], ignore_conflicts=True)
    tags = Tag.objects.filter(team_id=team_id).alias(lowered=Lower("name"))
    return list(tags.filter(lowered__in=[Lower(Value(name)) for name in ordered])) if ordered else []


def set_lists(contact: Contact, lists: Iterable[ContactList], by: AddedBy = UNKNOWN) -> None:
    """Put the contact on these lists and no others. A live list has no entries, so it is not among them."""
    team_id, ids = contact.team_id, sorted(row.id for row in lists if not row.is_live)
    entries = ListEntry.objects.filter(team_id=team_id, contact_id=contact.id)
    entries.exclude(list_id__in=ids).delete()
    add_to_lists(team_id, ids, [contact.id], by)


def add_to_lists(team_id: int, list_ids: Iterable[int], contact_ids: Iterable[int], by: AddedBy) -> None:
    """Put contacts on lists that are not live; who is on one stays there with the first reason."""
    now, why = timezone.now(), {"source": by.source, "by_name": by.name}
    rows = [
        ListEntry(team_id=team_id, list_id=list_id, contact_id=contact_id, added_at=now, **why)
        for list_id in list_ids
        for contact_id in contact_ids
    ]
    ListEntry.objects.bulk_create(rows, ignore_conflicts=True)
