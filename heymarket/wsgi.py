"""The WSGI entry point: pages, webhooks and the API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
application = get_wsgi_application()
