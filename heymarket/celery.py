"""The Celery application: an alarm clock for rows that wait."""

import os
import sys
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
app = Celery("heymarket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def _start(**_: Any) -> None:
    from django.core.exceptions import ImproperlyConfigured

    from kernel.checks import require_isolated_role

    try:
        require_isolated_role()
    except ImproperlyConfigured as refused:  # Celery only logs what a receiver raises, unless it is an exit
        sys.exit(str(refused))
