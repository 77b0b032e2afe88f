"""The WSGI entry point: pages, webhooks and the API."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
pages = get_wsgi_application()

# Models load with the application.
from heymarket.carrier_entry import carrier_entry  # noqa: E402
from kernel.checks import require_isolated_role  # noqa: E402

# After each round trip to the database a carrier webhook may wait this long while another thread renders a page.
# Python's default is 5 ms.
sys.setswitchinterval(0.0005)

application = carrier_entry(pages)
require_isolated_role()
