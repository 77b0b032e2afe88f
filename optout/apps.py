"""Django app of consent: who may be texted, and the ledger that proves it."""

from django.apps import AppConfig


class OptoutConfig(AppConfig):
    name = "optout"
