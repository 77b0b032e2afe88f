"""The tenant: teams, people, inboxes."""

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import checks as wall
        from accounts import doors

        # Django's one hook for "the tables are there now".
        post_migrate.connect(doors.hang, sender=self)
        checks.register(wall.runtime_role_is_bound, checks.Tags.database)
