"""Command "upgrade_check": what the migrations of this release will do, before they do it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.upgrade_plan import MigrationStep, obstacles, unapplied_migrations


class Command(BaseCommand):
    help = "List the migrations that are not applied, what stops writers meanwhile, and what to do first."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 1 if something needs attention: an obstacle, writers who wait, a break of the old release."""
        unapplied, found = unapplied_migrations(), list(obstacles())
        for name, steps in unapplied.items():
            self._write_migration(name, steps)
        self.stdout.write(_summary(unapplied))
        for sentence in found:
            self.stdout.write(f"First: {sentence}")
        if found or any(step.needs_attention for steps in unapplied.values() for step in steps):
            raise CommandError("Read the lines marked ! and First before you upgrade (docs/releases.md).")

    def _write_migration(self, name: str, steps: Sequence[MigrationStep]) -> None:
        self.stdout.write(name if steps else f"{name}: nothing in the database")
        for step in steps:
            mark = "!" if step.needs_attention else " "
            self.stdout.write(f"{mark} {step.effect}{_seconds(step)}: {step.statement[:90]}")


def _seconds(step: MigrationStep) -> str:
    return f" for about {step.seconds:g} s (estimated from {step.table})" if step.seconds is not None else ""


def _summary(unapplied: Mapping[str, Sequence[MigrationStep]]) -> str:
    if not unapplied:
        return "All migrations of this release are applied."
    steps = [step for steps in unapplied.values() for step in steps]
    count = sum(1 for step in steps if step.needs_attention)
    return f"Not applied: {len(unapplied)}. Statements: {len(steps)}, of which {count} need attention."
