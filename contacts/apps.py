"""The contacts app: people whom a team knows, with their lists, custom fields, imports and exports."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
