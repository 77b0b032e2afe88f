"""The calls about texts, conversations, inboxes and the team."""

from accounts.api.calls import Calls

calls = Calls()

from messaging.api import conversations, messages, sending, team  # noqa: E402, F401  each adds its calls
