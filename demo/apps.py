"""Application "demo": three invented teams with a history of three weeks."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
