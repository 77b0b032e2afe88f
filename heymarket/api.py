"""The HTTP API: the calls of all packages under one root."""

from api import error_responses
from api.document import DESCRIPTION, DocumentedApi
from api.reference_page import ReferencePage
from api.strict_json import PlainRenderer, StrictParser
from contacts.api.routes import calls as contact_calls
from contacts.api.routes import second_calls
from messaging.api.routes import calls as messaging_calls
from messaging.api.routes import n8n_calls, second_lists
from optout.api_routes import calls as optout_calls
from webhooks.api import calls as webhook_calls
from webhooks.document import webhook_document
from webhooks.n8n_triggers import trigger_calls

api = DocumentedApi(
    title="Heymarket API",
    version="1",
    description=DESCRIPTION,
    urls_namespace="v1",
    parser=StrictParser(),
    renderer=PlainRenderer(),
    docs=ReferencePage(),
    docs_url="/v1/docs",
    openapi_url="/v1/openapi.json",
    webhooks=webhook_document(),
)
error_responses.install(api)
for prefix, calls, tag in (
    ("/v1", contact_calls, "Contacts"),
    ("/v1", optout_calls, "Consent"),
    ("/v1", messaging_calls, "Messages"),
    ("/v1", webhook_calls, "Webhooks"),
    ("/v2", second_calls, "Contacts"),
    ("/v2", second_lists, "Lists"),
    ("/n8n/v1", n8n_calls, "n8n"),
    ("/n8n/v1", trigger_calls, "n8n"),
):
    api.add_router(prefix, calls, tags=[tag])
