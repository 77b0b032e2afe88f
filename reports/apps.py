"""Figures about the other rooms: on pages, as files, and by mail. Of what they are about it changes nothing."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
