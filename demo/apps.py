"""Application "demo": two invented teams with a history of three weeks."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
