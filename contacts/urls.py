"""Contacts, below a team's address; a contact is found by its number."""

from django.urls import path

from contacts.bulk import views as bulk_views
from contacts.contact import merge_views
from contacts.contact import views as contact_views
from contacts.contact.delete_views import contact_deletion
from contacts.custom_fields import views as custom_fields_views
from contacts.do_not_text import views as do_not_text_views
from contacts.exports import views as exports_views
from contacts.imports import views as imports_views
from contacts.imports.undo import views as undo_views
from contacts.lists import views as lists_views
from contacts.runs.views import active_runs
from contacts.search import views as search_views
from contacts.vendor_lists import views as vendor_lists_views
from kernel import converters  # noqa: F401  (registers <number:…>)

urlpatterns = [
    path("contacts/", search_views.contacts, name="contacts"),
    path("contacts/new/", contact_views.new_contact, name="new_contact"),
    path("contacts/number-preview/", contact_views.number_preview, name="number_preview"),
    path("contacts/labels/", lists_views.labels, name="labels"),
    path("contacts/lists/", lists_views.new_label, {"kind": "list"}, name="new_list"),
    path("contacts/lists/<int:id>/", lists_views.edit_label, {"kind": "list"}, name="edit_list"),
    path(
        "contacts/lists/<int:id>/deletion/",
        lists_views.label_deletion,
        {"kind": "list"},
        name="list_deletion",
    ),
    path("contacts/tags/", lists_views.new_label, {"kind": "tag"}, name="new_tag"),
    path("contacts/tags/<int:id>/", lists_views.edit_label, {"kind": "tag"}, name="edit_tag"),
    path(
        "contacts/tags/<int:id>/deletion/", lists_views.label_deletion, {"kind": "tag"}, name="tag_deletion"
    ),
    path("contacts/custom-fields/", custom_fields_views.custom_fields, name="custom_fields"),
    path("contacts/custom-fields/new/", custom_fields_views.new_custom_field, name="new_custom_field"),
    path(
        "contacts/custom-fields/<slug:key>/", custom_fields_views.edit_custom_field, name="edit_custom_field"
    ),
    path(
        "contacts/custom-fields/<slug:key>/position/",
        custom_fields_views.custom_field_position,
        name="custom_field_position",
    ),
    path(
        "contacts/custom-fields/<slug:key>/deletion/",
        custom_fields_views.custom_field_deletion,
        name="custom_field_deletion",
    ),
    path("contacts/imports/", imports_views.imports, name="imports"),
    path("contacts/imports/<int:id>/", imports_views.import_contacts, name="import"),
    path(
        "contacts/imports/<int:id>/confirmation/",
        imports_views.import_confirmation,
        name="import_confirmation",
    ),
    path("contacts/imports/<int:id>/draft/", imports_views.import_draft, name="import_draft"),
    path(
        "contacts/imports/<int:id>/cancellation/",
        imports_views.import_cancellation,
        name="import_cancellation",
    ),
    path(
        "contacts/imports/<int:id>/still-opted-out/",
        imports_views.import_still_opted_out,
        name="import_still_opted_out",
    ),
    path(
        "contacts/imports/<int:id>/refused-rows.csv",
        imports_views.import_refused_rows,
        name="import_refused_rows",
    ),
    path("contacts/imports/<int:id>/undo/", undo_views.import_undo, name="import_undo"),
    path(
        "contacts/imports/<int:id>/undo/cancellation/",
        undo_views.import_undo_cancellation,
        name="import_undo_cancellation",
    ),
    path("contacts/export/", exports_views.export_contacts, name="export_contacts"),
    path("do-not-text/", do_not_text_views.do_not_text, name="do_not_text"),
    path("do-not-text/export/", exports_views.export_do_not_text, name="export_do_not_text"),
    path("do-not-text/vendor-lists/", vendor_lists_views.vendor_lists, name="vendor_lists"),
    path("do-not-text/vendor-lists/<int:id>/", vendor_lists_views.vendor_list, name="vendor_list"),
    path(
        "do-not-text/vendor-lists/<int:id>/confirmation/",
        vendor_lists_views.vendor_list_confirmation,
        name="vendor_list_confirmation",
    ),
    path(
        "do-not-text/vendor-lists/<int:id>/cancellation/",
        vendor_lists_views.vendor_list_cancellation,
        name="vendor_list_cancellation",
    ),
    path(
        "do-not-text/vendor-lists/<int:id>/remarks/",
        vendor_lists_views.vendor_list_remarks,
        name="vendor_list_remarks",
    ),
    path("numbers/<number:number>/contact/", contact_views.contact, name="contact"),
    path("numbers/<number:number>/contact/edit/", contact_views.edit_contact, name="edit_contact"),
    path("numbers/<number:number>/contact/merge/", merge_views.merge_contact, name="merge_contact"),
    path("numbers/<number:number>/contact/deletion/", contact_deletion, name="contact_deletion"),
    path("contacts/bulk-actions/new/", bulk_views.new_bulk_action, name="new_bulk_action"),
    path("contacts/bulk-actions/", bulk_views.bulk_actions, name="bulk_actions"),
    path("contacts/bulk-actions/<int:id>/", bulk_views.bulk_action, name="bulk_action"),
    path(
        "contacts/bulk-actions/<int:id>/cancellation/",
        bulk_views.bulk_action_cancellation,
        name="bulk_action_cancellation",
    ),
    path("contacts/runs/", active_runs, name="active_runs"),
]
