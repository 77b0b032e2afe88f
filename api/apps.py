"""The HTTP API: keys, the way in, errors and limits that every call shares."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
