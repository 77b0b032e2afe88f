"""Command "migrate": Django's, in half the time."""

from typing import Any

from django.core.management.commands import migrate

from kernel.quick_migrations import additions_in_place


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with additions_in_place():
            super().handle(*args, **options)
