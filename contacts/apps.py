"""The contacts app: people whom a team knows, and everything that is done with them."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "contacts"
