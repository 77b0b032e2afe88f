"""All calls about texts, conversations, inboxes and the team, for the API."""

from messaging.api import conversations, messages, sending, team  # noqa: F401  each module adds its calls to the router
from messaging.api.calls import calls

__all__ = ["calls"]
