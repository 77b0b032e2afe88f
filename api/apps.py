"""The HTTP API: keys, entry, errors, rate limits and types that all calls share."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
