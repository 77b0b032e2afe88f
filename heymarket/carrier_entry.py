"""Entry of carrier webhooks: they go directly to their views, past the middleware, which is for browsers.

This module does what middleware would do: it closes old connections, sets Content-Length, and never shows a traceback.
The views are also in heymarket.urls, for servers that do not use this entry.
"""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kernel.request_id import ENVIRON, HEADER, accept, request_id
from messaging import carrier_webhooks
from messaging.metrics import carrier_webhooks as durations

log = logging.getLogger(__name__)

type Application = Callable[[dict[str, Any], Any], HttpResponseBase]


def carrier_entry(pages: Application) -> Application:
    """An application that answers carrier webhooks itself and leaves all other URLs to `pages`."""

    def application(environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        view = carrier_webhooks.webhook_view(environ["PATH_INFO"])
        if view is None:
            return pages(environ, start_response)
        environ.setdefault(carrier_webhooks.ARRIVED_AT, time.perf_counter())  # the front has set it
        id = accept(environ.get(ENVIRON))
        # By this signal and request_finished, sent when the response is closed, Django cleans up its connections.
        request_started.send(sender=carrier_entry, environ=environ)
        with request_id(id):
            response = _answer(view, environ)
        response[HEADER] = id
        seconds = time.perf_counter() - environ[carrier_webhooks.ARRIVED_AT]
        carrier = carrier_webhooks.carrier_of(environ["PATH_INFO"])
        durations.labels(carrier, response.status_code).observe(seconds)
        response["Content-Length"] = str(len(response.content))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    return application


def _answer(view: Callable[[HttpRequest], HttpResponse], environ: dict[str, Any]) -> HttpResponse:
    """503 while the database is unavailable, which carriers retry; 500 for our own errors. All are logged."""
    carrier = carrier_webhooks.carrier_of(environ["PATH_INFO"])
    try:
        return view(WSGIRequest(environ))
    except SuspiciousOperation as error:  # for example too many parameters
        log.warning("webhook refused with 400: %s (%s)", error, carrier)
        return HttpResponse("The request could not be understood.\n", status=400, content_type="text/plain")
    except (OperationalError, InterfaceError) as error:
        log.error("webhook deferred, database or cache unavailable: %s (%s)", error, carrier)
        return HttpResponse(
            "A part of Heymarket is restarting. Try again shortly.\n",
            status=503,
            content_type="text/plain",
            headers={"Retry-After": "5"},
        )
    except Exception:
        log.exception("webhook failed (%s)", carrier)
        return HttpResponse(
            "Something went wrong. The error was logged. Nothing was saved.\n",
            status=500,
            content_type="text/plain",
        )
