"""The people whom a team knows, and the long works that are done on many of them."""

from contacts.models.contact import Contact, ContactList, ListEntry, Tag, Tagging
from contacts.models.fields import CustomField, FieldDeletion
from contacts.models.imports import Import, ImportChunk, ImportRefusal, ImportRow
from contacts.models.move_in import MoveIn, MoveInFile, MoveInRemark, MoveInRow
from contacts.models.run import Run
from contacts.models.selection import Selection, SelectionEntry
from contacts.models.undo import ImportChange, ImportMade, ImportUndo

__all__ = [
    "Contact",
    "ContactList",
    "CustomField",
    "FieldDeletion",
    "Import",
    "ImportChange",
    "ImportChunk",
    "ImportMade",
    "ImportRefusal",
    "ImportRow",
    "ImportUndo",
    "ListEntry",
    "MoveIn",
    "MoveInFile",
    "MoveInRemark",
    "MoveInRow",
    "Run",
    "Selection",
    "SelectionEntry",
    "Tag",
    "Tagging",
]
