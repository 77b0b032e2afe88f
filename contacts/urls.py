"""Contacts, below a team's address; a contact is found by its number."""

from django.urls import path

from accounts import converters  # noqa: F401  (registers <number:…>)
from contacts import selection_views, views

urlpatterns = [
    path("numbers/<number:number>/contact/", views.contact, name="contact"),
    path("numbers/<number:number>/contact/edit/", views.edit_contact, name="edit_contact"),
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
