"""The HTTP API: the calls of all packages under one root."""

from api import error_responses
from api.document import DESCRIPTION, DocumentedApi
from api.reference_page import ReferencePage
from api.strict_json import PlainRenderer, StrictParser
from contacts.api.routes import calls as contact_calls
from messaging.api.routes import calls as messaging_calls
from optout.api_routes import calls as optout_calls
from webhooks.document import webhook_document

api = DocumentedApi(
    title="Heymarket API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="v1",
    parser=StrictParser(),
    renderer=PlainRenderer(),
    docs=ReferencePage(),
    webhooks=webhook_document(),
)
error_responses.install(api)
for calls, tag in ((contact_calls, "Contacts"), (optout_calls, "Consent"), (messaging_calls, "Messages")):
    api.add_router("", calls, tags=[tag])
