"""The WSGI entry point: pages, webhooks and the API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
application = get_wsgi_application()

from accounts.checks import refuse_to_pass_the_wall  # noqa: E402  (models load with the application)

refuse_to_pass_the_wall()
