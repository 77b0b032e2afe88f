"""The ASGI entry point: the front. `python -m heymarket.serve` runs it together with its page servers."""

from pathlib import Path

import heymarket.wsgi  # noqa: F401  isort: skip (it sets Django up)

from django.conf import settings

from heymarket.front.application import Front
from heymarket.front.page_server import PageServer
from heymarket.front.webhook_threads import WebhookThreads, file_limit
from heymarket.metrics.publishing import publish_from
from heymarket.webhook_answers import answer_requests
from heymarket.worker_process import end_with_server
from messaging import carrier_webhooks
from optout.reader.languages.all_languages import compile_grammars

# Requests that a process of the front passes to each page server at a time; more get 503.
MOST_REQUESTS = 200

end_with_server()
file_limit()
publish_from("front")
compile_grammars()  # no webhook waits for it

application = Front(
    carrier_webhooks.webhook_reader,
    WebhookThreads(answer_requests),
    PageServer(Path(settings.PAGE_SOCKETS) / "pages.sock", MOST_REQUESTS),
    PageServer(Path(settings.PAGE_SOCKETS) / "downloads.sock", MOST_REQUESTS),
    Path(settings.PAGE_SOCKETS),
)
