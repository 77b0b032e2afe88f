"""Contacts, below a team's address; a contact is found by its number."""

from django.urls import path

from accounts import converters  # noqa: F401  (registers <number:…>)
from contacts import views

urlpatterns = [
    path("numbers/<number:number>/contact/", views.contact, name="contact"),
    path("numbers/<number:number>/contact/edit/", views.edit_contact, name="edit_contact"),
]
