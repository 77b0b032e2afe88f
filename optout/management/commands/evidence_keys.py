"""Command `manage.py evidence_keys`: prints the public keys with which evidence sheets and roots are signed."""

from typing import Any

from django.core.management.base import BaseCommand

from optout.signing import signing_keys


class Command(BaseCommand):
    help = "Print the ID and the public key (Base64) of each key in EVIDENCE_KEYS; the first one signs."

    def handle(self, *args: Any, **options: Any) -> None:
        for key in signing_keys():
            self.stdout.write(f"{key.id} {key.public_key}")
