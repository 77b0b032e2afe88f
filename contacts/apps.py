"""The people whom a team knows."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
