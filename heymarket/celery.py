"""The Celery application: its workers process rows that wait in the database."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_init
from django.core.exceptions import ImproperlyConfigured

import heymarket.health.signs_of_life
import heymarket.metrics.tasks  # noqa: F401  (both connect to signals of workers and beat)
from kernel.checks import require_isolated_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
# Celery ignores what the checks say, and they load all pages: a second of each start, and 50 MB.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
app = Celery("heymarket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_logging(**_: Any) -> None:
    """As Django configured it: with a receiver Celery adds no lines in a form of its own."""


@worker_init.connect
def _check_database_role(**_: Any) -> None:
    try:
        require_isolated_role()
    except ImproperlyConfigured as error:  # Celery only logs exceptions of a receiver, except SystemExit
        sys.exit(str(error))
