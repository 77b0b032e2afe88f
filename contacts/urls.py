"""Addresses of contacts, below the address of a team. A contact is addressed by its number."""

from django.urls import path

from contacts.bulk.views import bulk_action, bulk_action_cancellation, bulk_actions, new_bulk_action
from contacts.contact.delete_views import contact_deletion
from contacts.contact.form_views import edit_contact, new_contact, number_preview
from contacts.contact.merge_views import merge_contact
from contacts.contact.views import contact
from contacts.custom_fields.views import (
    custom_field_deletion,
    custom_field_position,
    custom_fields,
    edit_custom_field,
    new_custom_field,
)
from contacts.do_not_text.views import do_not_text
from contacts.exports.views import export_contacts, export_do_not_text
from contacts.imports.reading_views import import_reading
from contacts.imports.undo.views import import_undo, import_undo_cancellation
from contacts.imports.views import (
    import_cancellation,
    import_confirmation,
    import_contacts,
    import_deletion,
    import_draft,
    import_refused_rows,
    import_still_opted_out,
    imports,
    refused_rows,
)
from contacts.lists.list_views import list_members
from contacts.lists.live_views import new_live_list
from contacts.lists.views import edit_label, label_deletion, labels, new_label
from contacts.runs.views import active_runs
from contacts.search.views import contacts
from contacts.suppression_lists import views as suppression_list_views
from contacts.vendor_lists.views import (
    vendor_list,
    vendor_list_cancellation,
    vendor_list_confirmation,
    vendor_list_remarks,
    vendor_lists,
)
from kernel import converters  # noqa: F401  (registers <number:…>)

LIST, TAG = {"kind": "list"}, {"kind": "tag"}

urlpatterns = [
    path("contacts/", contacts, name="contacts"),
    path("contacts/new/", new_contact, name="new_contact"),
    path("contacts/number-preview/", number_preview, name="number_preview"),
    path("contacts/labels/", labels, name="labels"),
    path("contacts/lists/", new_label, LIST, name="new_list"),
    path("contacts/lists/live/new/", new_live_list, name="new_live_list"),
    path("contacts/lists/<int:id>/", list_members, name="list"),
    path("contacts/lists/<int:id>/edit/", edit_label, LIST, name="edit_list"),
    path("contacts/lists/<int:id>/deletion/", label_deletion, LIST, name="list_deletion"),
    path("contacts/tags/", new_label, TAG, name="new_tag"),
    path("contacts/tags/<int:id>/", edit_label, TAG, name="edit_tag"),
    path("contacts/tags/<int:id>/deletion/", label_deletion, TAG, name="tag_deletion"),
    path("contacts/custom-fields/", custom_fields, name="custom_fields"),
    path("contacts/custom-fields/new/", new_custom_field, name="new_custom_field"),
    path("contacts/custom-fields/<slug:key>/", edit_custom_field, name="edit_custom_field"),
    path("contacts/custom-fields/<slug:key>/position/", custom_field_position, name="custom_field_position"),
    path("contacts/custom-fields/<slug:key>/deletion/", custom_field_deletion, name="custom_field_deletion"),
    path("contacts/imports/", imports, name="imports"),
    path("contacts/imports/<int:id>/", import_contacts, name="import"),
    path("contacts/imports/<int:id>/reading/", import_reading, name="import_reading"),
    path("contacts/imports/<int:id>/confirmation/", import_confirmation, name="import_confirmation"),
    path("contacts/imports/<int:id>/draft/", import_draft, name="import_draft"),
    path("contacts/imports/<int:id>/cancellation/", import_cancellation, name="import_cancellation"),
    path("contacts/imports/<int:id>/deletion/", import_deletion, name="import_deletion"),
    path("contacts/imports/<int:id>/still-opted-out/", import_still_opted_out, name="import_still_opted_out"),
    path("contacts/imports/<int:id>/refused-rows/", refused_rows, name="refused_rows"),
    path("contacts/imports/<int:id>/refused-rows.csv", import_refused_rows, name="import_refused_rows"),
    path("contacts/imports/<int:id>/undo/", import_undo, name="import_undo"),
    path(
        "contacts/imports/<int:id>/undo/cancellation/",
        import_undo_cancellation,
        name="import_undo_cancellation",
    ),
    path("contacts/export/", export_contacts, name="export_contacts"),
    path("do-not-text/", do_not_text, name="do_not_text"),
    path("do-not-text/export/", export_do_not_text, name="export_do_not_text"),
    path("do-not-text/vendor-lists/", vendor_lists, name="vendor_lists"),
    path("do-not-text/vendor-lists/<int:id>/", vendor_list, name="vendor_list"),
    path(
        "do-not-text/vendor-lists/<int:id>/confirmation/",
        vendor_list_confirmation,
        name="vendor_list_confirmation",
    ),
    path(
        "do-not-text/vendor-lists/<int:id>/cancellation/",
        vendor_list_cancellation,
        name="vendor_list_cancellation",
    ),
    path("do-not-text/vendor-lists/<int:id>/remarks/", vendor_list_remarks, name="vendor_list_remarks"),
    path(
        "do-not-text/suppression-lists/", suppression_list_views.suppression_lists, name="suppression_lists"
    ),
    path(
        "do-not-text/suppression-lists/<int:id>/",
        suppression_list_views.suppression_list,
        name="suppression_list",
    ),
    path(
        "do-not-text/suppression-lists/<int:id>/deletion/",
        suppression_list_views.suppression_list_deletion,
        name="suppression_list_deletion",
    ),
    path(
        "do-not-text/suppression-lists/files/<int:id>/",
        suppression_list_views.suppression_list_import,
        name="suppression_list_import",
    ),
    path(
        "do-not-text/suppression-lists/files/<int:id>/cancellation/",
        suppression_list_views.suppression_list_import_cancellation,
        name="suppression_list_import_cancellation",
    ),
    path("numbers/<number:number>/contact/", contact, name="contact"),
    path("numbers/<number:number>/contact/edit/", edit_contact, name="edit_contact"),
    path("numbers/<number:number>/contact/merge/", merge_contact, name="merge_contact"),
    path("numbers/<number:number>/contact/deletion/", contact_deletion, name="contact_deletion"),
    path("contacts/bulk-actions/new/", new_bulk_action, name="new_bulk_action"),
    path("contacts/bulk-actions/", bulk_actions, name="bulk_actions"),
    path("contacts/bulk-actions/<int:id>/", bulk_action, name="bulk_action"),
    path(
        "contacts/bulk-actions/<int:id>/cancellation/",
        bulk_action_cancellation,
        name="bulk_action_cancellation",
    ),
    path("contacts/runs/", active_runs, name="active_runs"),
]
