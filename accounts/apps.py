"""Teams, their members and their inboxes."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
