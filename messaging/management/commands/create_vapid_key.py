"""Command create_vapid_key: prints a new key for notifications in browsers."""

from typing import Any

from django.core.management.base import BaseCommand

from messaging.notifications.pushing import new_private_key


class Command(BaseCommand):
    help = "Print a new key for notifications in browsers, as a line for the environment."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_PRIVATE_KEY={new_private_key()}")
