"""Limits of attempts to sign in: allauth counts them in Django's default cache, which is this table.

PostgreSQL keeps them, so that they outlive a restart and do not depend on Valkey.
"""

from django.db import models
from django.utils import timezone


class SignInLimit(models.Model):
    """An entry of the cache, in the columns that Django's DatabaseCache expects. Users and addresses appear hashed."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key


def delete_expired_limits() -> None:
    SignInLimit.objects.filter(expires__lt=timezone.now()).delete()
