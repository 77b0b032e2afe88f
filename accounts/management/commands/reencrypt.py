"""manage.py reencrypt: encrypts all stored secrets with the first of ENCRYPTION_KEYS, so that the others can go."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from accounts.scope_lookups import team_ids_by_slug
from kernel.encryption import EncryptedField, Undecipherable, decrypt, encrypt
from kernel.tenancy import scope


class Command(BaseCommand):
    help = "Encrypt all secrets with the first of ENCRYPTION_KEYS; the later keys can be removed afterwards."

    def handle(self, **options: Any) -> None:
        lost = _reencrypt_second_factors()
        lost += [
            name for slug, team_id in team_ids_by_slug().items() for name in _reencrypt_team(slug, team_id)
        ]
        if lost:
            raise CommandError(f"No listed key fits the secrets of: {', '.join(lost)}. Enter them again.")
        self.stdout.write("All secrets are encrypted with the first key.")


def _reencrypt_team(slug: str, team_id: int) -> list[str]:
    """Save a team's secrets again; the names of the rows whose secrets no key decrypts, which stay as they are."""
    lost = []
    with scope(team_id):
        for model, field in _encrypted_fields():
            for row in model.objects.select_for_update(no_key=True).filter(team_id=team_id).order_by("id"):
                try:
                    setattr(row, field, getattr(row, field))
                except Undecipherable:
                    lost.append(f"{row.name} ({slug})")
                    continue
                row.save(update_fields=[field])
    return lost


def _reencrypt_second_factors() -> list[str]:
    """The same for the authenticator apps and recovery codes of all users."""
    lost = []
    for row in Authenticator.objects.select_related("user").order_by("pk"):
        secrets = {name: row.data[name] for name in ("secret", "seed") if name in row.data}
        try:
            row.data |= {name: encrypt(decrypt(secret)) for name, secret in secrets.items()}
        except Undecipherable:
            lost.append(f"{row} of {row.user.email}")
            continue
        row.save(update_fields=["data"])
    return lost


def _encrypted_fields() -> list[tuple[Any, str]]:
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    return [(field.model, field.name) for field in fields if isinstance(field, EncryptedField)]
