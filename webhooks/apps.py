"""Webhooks: a team's events, sent to the endpoints of other systems."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
