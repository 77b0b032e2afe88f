"""Command "distribute": the database over the nodes of a Citus cluster, by team."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.distribution.obstacles import faults, obstacles
from kernel.distribution.steps import steps_left


class Command(BaseCommand):
    help = (
        "Distribute the tables by team over the nodes of a Citus cluster. It runs on the coordinating node as the"
        " owner of the tables, and may be interrupted and repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="say what would be done and what prevents it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 if something prevents it, or if a shard lacks an object of its table afterwards."""
        self._refuse(obstacles(), "Nothing was done.")
        for step in steps_left():
            self.stdout.write(step.title)
            if not options["check"]:
                step.run()
        self._refuse(faults(), "Keep the product stopped, and repair the shards or restore the backup.")
        if any(steps_left()):
            raise CommandError(
                "Not done: --check." if options["check"] else "Something is left: repeat the command."
            )
        self.stdout.write("Nothing is left to do.")

    def _refuse(self, reasons: Any, what_now: str) -> None:
        if sentences := list(reasons):
            raise CommandError("\n".join([*sentences, what_now]))
