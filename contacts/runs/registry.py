"""FIXME module docstring."""

from contacts.bulk.models import BulkActionRun
from contacts.custom_fields.models import FieldDeletion
from contacts.imports.models import Import
from contacts.imports.undo.models import ImportUndo
from contacts.runs.models import Run
from contacts.vendor_lists.models import VendorListImport

RUN_KINDS: dict[str, type[Run]] = {
    "import": Import,
    "import_undo": ImportUndo,
    "bulk_action": BulkActionRun,
    "vendor_list": VendorListImport,
    "custom_field_deletion": FieldDeletion,
}
