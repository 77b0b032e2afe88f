"""Entry of carrier webhooks for WSGI servers: they are answered here, past the middleware, which is for browsers.

The front answers them the same way, several together (heymarket.front.webhook_threads). Their views are also in
heymarket.urls, for servers that use neither.
"""

from collections.abc import Callable
from typing import Any

from django.core.signals import request_started
from django.http import HttpResponseBase

from heymarket.webhook_answers import answer_webhooks, made
from messaging.carrier_webhooks import webhook_reader

type Application = Callable[[dict[str, Any], Any], HttpResponseBase]


def carrier_entry(pages: Application) -> Application:
    """An application that answers carrier webhooks itself and leaves all other URLs to `pages`."""

    def application(environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        if webhook_reader(environ["PATH_INFO"]) is None:
            return pages(environ, start_response)
        # By this signal and request_finished, which a closed response sends, Django cleans up its connections.
        request_started.send(sender=carrier_entry)
        (answers,) = answer_webhooks([environ])
        response = made(answers[0])
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    return application
