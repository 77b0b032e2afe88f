"""Command `manage.py repair_channel_numbers`: carries opt-outs stored as "rcs:+15105553344" to the number itself."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.scope_lookups import team_ids_by_slug
from contacts.contact.channel_numbers import carry_numbers


class Command(BaseCommand):
    help = (
        "Earlier versions took the channel of a text (rcs:, whatsapp:) for a part of the sender. Copies the opt-outs "
        "and blocks of such senders to their numbers, and moves their contacts. May be run again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        changed = 0
        for slug, team_id in team_ids_by_slug().items():
            for old, number, carried in carry_numbers(team_id):
                changed += carried
                self.stdout.write(f"team {slug}: {old} -> {number}{'' if carried else ', nothing to carry'}")
        self.stdout.write(f"{changed} numbers were carried.")
