"""The calls about contacts."""

from accounts.api.calls import Calls

calls = Calls()

# Each module adds its calls; contact/status is looked for before contact/{id}, and so is contact/get.
from contacts.api import status  # noqa: E402, F401, I001
from contacts.api import batch, contact, fields, listing  # noqa: E402, F401
