"""The carriers' way in: a webhook goes straight to its view, past the middlewares, which are for browsers.

What a middleware would do for it is done here: old connections are closed, the length of the answer is told, and no
fault ever shows a traceback. The views keep their places in heymarket.urls, for whoever comes through the front.
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
from django.urls import reverse

from messaging import carrier_webhooks

log = logging.getLogger(__name__)

type Application = Callable[[dict[str, Any], Any], HttpResponseBase]


def carrier_entry(pages: Application) -> Application:
    """An application that answers webhooks itself and leaves every other address to `pages`."""
    views = {
        reverse("twilio_messages"): carrier_webhooks.twilio_messages,
        reverse("twilio_status"): carrier_webhooks.twilio_status,
    }

    def application(environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        view = views.get(environ["PATH_INFO"])
        if view is None:
            return pages(environ, start_response)
        environ[carrier_webhooks.ARRIVED_AT] = time.perf_counter()
        # Both signals make Django look after its connections; the server sends the second by closing the response.
        request_started.send(sender=carrier_entry, environ=environ)
        response = _answer(view, environ)
        response["Content-Length"] = str(len(response.content))
        start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
        return response

    return application


def _answer(view: Callable[[HttpRequest], HttpResponse], environ: dict[str, Any]) -> HttpResponse:
    """A store that is away is a 503, which carriers try again; a fault of ours is a 500. All are logged."""
    path = environ["PATH_INFO"]
    try:
        return view(WSGIRequest(environ))
    except SuspiciousOperation as error:  # an address with a thousand fields, and the like
        log.warning("webhook refused with 400: %s (%s)", error, path)
        return HttpResponse("The request could not be understood.\n", status=400, content_type="text/plain")
    except (OperationalError, InterfaceError) as error:
        log.error("webhook put off, a store is away: %s (%s)", error, path)
        return HttpResponse(
            "A part of Heymarket is restarting. Try again shortly.\n",
            status=503,
            content_type="text/plain",
            headers={"Retry-After": "5"},
        )
    except Exception:
        log.exception("webhook failed (%s)", path)
        return HttpResponse(
            "Something went wrong on our side and was logged. Nothing was saved.\n",
            status=500,
            content_type="text/plain",
        )
