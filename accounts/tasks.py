"""Celery tasks of accounts: expired sessions are deleted."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(expires=3600)
def delete_expired_sessions() -> None:
    SessionStore.clear_expired()
