"""An action on many contacts: which ones was frozen when it was confirmed."""

from django.db import models

from accounts.tenancy import TenantKey, TenantModel, TenantReference, TenantWall
from contacts.models.run import Run


class Doing(models.TextChoices):
    """What is done with the selected contacts."""

    ADD_TO_LIST = "add_to_list", "Add to a list"
    REMOVE_FROM_LIST = "remove_from_list", "Remove from a list"
    TAG = "tag", "Add a tag"
    UNTAG = "untag", "Remove a tag"
    ASSIGN = "assign", "Assign"
    OPT_OUT = "opt_out", "Opt out"
    BLOCK = "block", "Block"
    DELETE = "delete", "Delete"


class Selection(Run):
    """An action on the contacts that were selected; those that no longer match by then are skipped and counted."""

    doing = models.CharField(max_length=20, choices=Doing)
    # What the action needs besides contacts: {"list": 3}, {"tag": 4}, {"assignee": 5}, {"reason": "…"}, {"erase": true}
    details = models.JSONField(default=dict)
    # The filters that they matched, as in the page's address; empty where they were ticked one by one.
    query = models.TextField(blank=True)

    class Meta:
        constraints = [TenantWall(name="contacts_selection_wall")]


class SelectionEntry(TenantModel):
    """One contact of a selection; a plain id, since it may be deleted by then."""

    selection = TenantKey(Selection, related_name="entries")
    place = models.PositiveIntegerField()  # 1, 2, 3 …
    contact_id = models.BigIntegerField()

    class Meta:
        constraints = [
            TenantWall(name="contacts_selectionentry_wall"),
            TenantReference(field="selection", on_delete="CASCADE", name="contacts_selectionentry_selection"),
            models.UniqueConstraint(
                fields=["team", "selection", "place"], name="contacts_selectionentry_place"
            ),
        ]
