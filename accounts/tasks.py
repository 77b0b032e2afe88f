"""Celery tasks of accounts: what has expired is deleted, and the DNS records of claimed domains are looked for."""

from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from accounts.models import Invitation
from accounts.scope_lookups import team_ids_by_slug
from accounts.sessions.ending import delete_expired_uses
from accounts.sign_in_limits import delete_expired_limits
from accounts.single_sign_on.domains import check_due_domains
from kernel.tenancy import scope

# How long an expired invitation stays on the page of members, where it can be sent again.
EXPIRED_SHOWN = timedelta(days=30)


@shared_task(expires=3600)
def delete_expired_sessions() -> None:
    SessionStore.clear_expired()
    delete_expired_uses()
    delete_expired_limits()


@shared_task(expires=3600)
def delete_expired_invitations() -> None:
    """Delete every team's invitations that expired long ago, with the addresses of people who never came."""
    oldest = timezone.now() - Invitation.LIFETIME - EXPIRED_SHOWN
    for team_id in team_ids_by_slug().values():
        with scope(team_id):
            Invitation.objects.filter(team_id=team_id, created_at__lt=oldest).delete()


@shared_task(expires=3600)
def check_claimed_domains() -> None:
    for team_id in team_ids_by_slug().values():
        check_due_domains(team_id)
