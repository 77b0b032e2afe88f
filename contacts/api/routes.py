"""Routes of the API calls about contacts, in the order in which their paths are matched.

`contact/status` and `contact/get` come before `contact/{id}`.
"""

# isort: off
# Each module adds its calls to the router when it is imported.
from contacts.api import batch, contact_list, custom_fields, status, tags  # noqa: F401
from contacts.api import contact  # noqa: F401
from contacts.api import channels, second_bulk, second_version  # noqa: F401
from contacts.api.calls import calls, second_calls

__all__ = ["calls", "second_calls"]
