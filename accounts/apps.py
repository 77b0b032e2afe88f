"""Teams, their members and their inboxes."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    tables_on_every_node = ("mfa_authenticator",)  # read together with members (kernel.distribution)
