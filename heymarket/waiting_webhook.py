"""A carrier webhook that waits for its answer."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, HttpResponseNotAllowed

from kernel.request_id import ENVIRON, HEADER, accept, request_id
from messaging.carrier_webhooks import (
    answer_refusal,
    carrier_of,
    carry_out,
    webhook_reader,
)
from messaging.inbound import ReadText
from messaging.metrics import carrier_webhooks as durations
from messaging.verified_webhook import ARRIVED_AT, VerifiedWebhook, verify
from optout.models import ConsentEvent

log = logging.getLogger(__name__)


class WaitingWebhook:
    """A webhook from its request to its answer, under its request ID. Its steps never raise."""

    def __init__(self, environ: dict[str, Any]) -> None:
        environ.setdefault(ARRIVED_AT, time.perf_counter())  # the front has set it
        self.environ, self.path = environ, environ["PATH_INFO"]
        self.id = accept(environ.get(ENVIRON))
        self.verified: VerifiedWebhook | None = None
        self.response: HttpResponse | None = None

    @property
    def sharing(self) -> ReadText | None:
        """Its text, if it may be stored together with others."""
        return self.verified.sharing if self.verified else None

    @property
    def senders(self) -> set[str]:
        return self.verified.senders if self.verified else set()

    @property
    def only_reports(self) -> bool:
        """Whether it waits for its answer and brings no text."""
        return self.response is None and not self.senders

    def verify(self) -> None:
        self.response = self._run(self._verify)

    def carry_out(self) -> None:
        if (verified := self.verified) and self.response is None:
            self.response = self._run(lambda: carry_out(verified))

    def note_stored(self, event: ConsentEvent | None) -> None:
        """Its text was stored with others, and caused this ledger entry, if any."""
        if verified := self.verified:
            self.response = self._run(lambda: verified.answer_stored(event))

    def finish(self) -> HttpResponse:
        """The answer, with the headers of all answers; its time is measured."""
        response = self.response
        assert response
        response[HEADER] = self.id
        response["Content-Length"] = str(len(response.content))
        seconds = time.perf_counter() - self.environ[ARRIVED_AT]
        durations.labels(carrier_of(self.path), response.status_code).observe(seconds)
        return response

    def _verify(self) -> HttpResponse | None:
        if self.environ["REQUEST_METHOD"] != "POST":
            return HttpResponseNotAllowed(["POST"])
        read = webhook_reader(self.path)
        assert read
        self.verified = verify(WSGIRequest(self.environ), read)
        return None

    def _run(self, step: Callable[[], HttpResponse | None]) -> HttpResponse | None:
        """Do a step. Errors are logged: 503 while the database is away, which carriers retry; 500 for our own."""
        carrier = carrier_of(self.path)
        with request_id(self.id):
            try:
                return answer_refusal(self.path, step)
            except SuspiciousOperation as error:  # for example too many parameters
                log.warning("webhook refused with 400: %s (%s)", error, carrier)
                return _plain("The request could not be understood.", 400)
            except (OperationalError, InterfaceError) as error:
                log.error("webhook deferred, database or cache unavailable: %s (%s)", error, carrier)
                return _plain(
                    "A part of Heymarket is restarting. Try again shortly.", 503, {"Retry-After": "5"}
                )
            except Exception:
                log.exception("webhook failed (%s)", carrier)
                return _plain("Something went wrong. The error was logged. Nothing was saved.", 500)


def _plain(sentence: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain", headers=headers)
