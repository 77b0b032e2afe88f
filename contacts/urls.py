"""Contacts, below a team's address; a contact is found by its number."""

from django.urls import path

from accounts import converters  # noqa: F401  (registers <number:…>)
from contacts import (
    do_not_text_views,
    endings,
    export_views,
    field_views,
    import_views,
    label_views,
    list_views,
    move_in_views,
    selection_views,
    undo_views,
    views,
)

urlpatterns = [
    path("contacts/", list_views.contacts, name="contacts"),
    path("contacts/new/", views.new_contact, name="new_contact"),
    path("contacts/number-check/", views.number_check, name="number_check"),
    path("contacts/labels/", label_views.labels, name="labels"),
    path("contacts/lists/", label_views.new_label, {"kind": "list"}, name="new_list"),
    path("contacts/lists/<int:id>/", label_views.edit_label, {"kind": "list"}, name="edit_list"),
    path(
        "contacts/lists/<int:id>/deletion/",
        label_views.label_deletion,
        {"kind": "list"},
        name="list_deletion",
    ),
    path("contacts/tags/", label_views.new_label, {"kind": "tag"}, name="new_tag"),
    path("contacts/tags/<int:id>/", label_views.edit_label, {"kind": "tag"}, name="edit_tag"),
    path(
        "contacts/tags/<int:id>/deletion/", label_views.label_deletion, {"kind": "tag"}, name="tag_deletion"
    ),
    path("contacts/fields/", field_views.fields, name="fields"),
    path("contacts/fields/new/", field_views.new_field, name="new_field"),
    path("contacts/fields/<slug:key>/", field_views.edit_field, name="edit_field"),
    path("contacts/fields/<slug:key>/place/", field_views.field_place, name="field_place"),
    path("contacts/fields/<slug:key>/deletion/", field_views.field_deletion, name="field_deletion"),
    path("contacts/imports/", import_views.imports, name="imports"),
    path("contacts/imports/<int:id>/", import_views.import_contacts, name="import"),
    path(
        "contacts/imports/<int:id>/confirmation/",
        import_views.import_confirmation,
        name="import_confirmation",
    ),
    path("contacts/imports/<int:id>/draft/", import_views.import_draft, name="import_draft"),
    path(
        "contacts/imports/<int:id>/cancellation/",
        import_views.import_cancellation,
        name="import_cancellation",
    ),
    path("contacts/imports/<int:id>/staying/", import_views.import_staying, name="import_staying"),
    path("contacts/imports/<int:id>/not-imported.csv", import_views.import_refusals, name="import_refusals"),
    path("contacts/imports/<int:id>/undo/", undo_views.import_undo, name="import_undo"),
    path(
        "contacts/imports/<int:id>/undo/cancellation/",
        undo_views.import_undo_cancellation,
        name="import_undo_cancellation",
    ),
    path("contacts/export/", export_views.export_contacts, name="export_contacts"),
    path("do-not-text/", do_not_text_views.do_not_text, name="do_not_text"),
    path("do-not-text/export/", export_views.export_do_not_text, name="export_do_not_text"),
    path("do-not-text/move-in/", move_in_views.move_in, name="move_in"),
    path("do-not-text/move-in/<int:id>/", move_in_views.move_in_run, name="move_in_run"),
    path(
        "do-not-text/move-in/<int:id>/confirmation/",
        move_in_views.move_in_confirmation,
        name="move_in_confirmation",
    ),
    path(
        "do-not-text/move-in/<int:id>/cancellation/",
        move_in_views.move_in_cancellation,
        name="move_in_cancellation",
    ),
    path("do-not-text/move-in/<int:id>/remarks/", move_in_views.move_in_remarks, name="move_in_remarks"),
    path("numbers/<number:number>/contact/", views.contact, name="contact"),
    path("numbers/<number:number>/contact/edit/", views.edit_contact, name="edit_contact"),
    path("numbers/<number:number>/contact/merge/", endings.merge_contact, name="merge_contact"),
    path("numbers/<number:number>/contact/deletion/", endings.contact_deletion, name="contact_deletion"),
    path("contacts/selections/new/", selection_views.new_selection, name="new_selection"),
    path("contacts/selections/", selection_views.selections, name="selections"),
    path("contacts/selections/<int:id>/", selection_views.selection, name="selection"),
    path(
        "contacts/selections/<int:id>/cancellation/",
        selection_views.selection_cancellation,
        name="selection_cancellation",
    ),
    path("contacts/runs/", selection_views.runs_at_work, name="runs_at_work"),
]
