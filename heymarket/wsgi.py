"""The WSGI entry point: pages, webhooks and the API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
pages = get_wsgi_application()

# Models load with the application.
from accounts.checks import refuse_to_pass_the_wall  # noqa: E402
from heymarket.carrier_entrance import entrance  # noqa: E402

application = entrance(pages)
refuse_to_pass_the_wall()
