"""Figures about the other rooms; reads only."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
