"""All API calls about consent, for the API: each module adds its calls to the router."""

from optout import feed_api  # noqa: F401
from optout.api import calls
from optout.comparison import api as comparison  # noqa: F401
from optout.consent_records import api  # noqa: F401

__all__ = ["calls"]
