"""All calls about texts, conversations, inboxes and the team, for the API."""

from messaging.api import (  # noqa: F401  each module adds its calls to the router
    broadcasts,
    conversation_changes,
    conversations,
    lists,
    messages,
    number_checks,
    personal_data,
    scheduled_texts,
    sending,
    team,
    templates,
    users,
    why,
)
from messaging.api.calls import calls
from messaging.api.n8n import n8n_calls
from messaging.api.second_lists import second_lists

__all__ = ["calls", "n8n_calls", "second_lists"]
