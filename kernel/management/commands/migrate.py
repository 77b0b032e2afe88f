"""Command "migrate": Django's, in less time; new tables of a distributed installation are distributed, too."""

from typing import Any

from django.core.management.commands import migrate

from kernel.distribution.cluster import is_distributed
from kernel.distribution.steps import steps_left
from kernel.quick_migrations import additions_in_place


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with additions_in_place():
            super().handle(*args, **options)
        if is_distributed():
            for step in steps_left():
                step.run()
