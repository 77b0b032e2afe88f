"""Where Django finds the models of this app; each part of the package has its own module."""

import contacts.bulk.models
import contacts.contact.models
import contacts.custom_fields.models
import contacts.imports.models
import contacts.imports.undo.models
import contacts.lists.models
import contacts.vendor_lists.models  # noqa: F401
