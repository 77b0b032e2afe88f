"""The project: settings, URLs and entry points."""

from heymarket.celery import app as celery_app

__all__ = ["celery_app"]
