"""The demo team and its history."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"
