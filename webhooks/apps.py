"""Webhooks: a team's events, sent to the systems that its admins name."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "webhooks"
