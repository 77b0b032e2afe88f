"""The Celery application: an alarm clock for rows that wait."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
app = Celery("heymarket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
