"""Imports of the model modules, by which Django finds the models of this app."""

import contacts.bulk.models
import contacts.contact.models
import contacts.custom_fields.models
import contacts.imports.models
import contacts.imports.undo.models
import contacts.lists.models
import contacts.suppression_lists.models
import contacts.vendor_lists.models  # noqa: F401
