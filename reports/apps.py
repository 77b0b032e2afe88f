"""Reports: figures about the other packages on pages, as files and by e-mail. This package changes no other data."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
