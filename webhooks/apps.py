"""Webhooks: a team's events, sent to the endpoints of other systems."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"

    def ready(self) -> None:
        from accounts.audit import recording
        from webhooks.audit import record_audit_events

        recording.OBSERVERS.append(record_audit_events)
