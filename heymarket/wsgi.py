"""The WSGI entry point: pages, webhooks and the API."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
pages = get_wsgi_application()

# Models load with the application.
from accounts.checks import refuse_to_pass_the_wall  # noqa: E402
from heymarket.carrier_entrance import entrance  # noqa: E402

# A webhook waits for the interpreter after each of its round trips to the database, while another thread renders a
# page: up to this long each time, a tenth of Python's own 5 ms.
sys.setswitchinterval(0.0005)

application = entrance(pages)
refuse_to_pass_the_wall()
