"""Pages for monitoring: whether the web server runs, whether it can serve, and the status of the installation."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from heymarket.health.status import database_answers, read_status

HOW_TO_SET = "Set STATUS_TOKEN, and send it as “Authorization: Bearer TOKEN”."
HOW_TO_SEND = "Send the installation's STATUS_TOKEN as “Authorization: Bearer TOKEN”."


@csrf_exempt
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the web server runs; does not check database and cache."""
    return JsonResponse({"ok": True})


@csrf_exempt
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether pages and webhooks can be served: they need the database alone, and go on without the cache."""
    ready = database_answers()
    return JsonResponse({"ok": ready, "database": ready}, status=200 if ready else 503)


def needs_status_token(view: Any) -> Any:
    """Refuse a request without the token of the settings. In development without one, all are answered."""

    @wraps(view)
    def check(request: HttpRequest) -> HttpResponse:
        token = settings.STATUS_TOKEN
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token and not settings.DEVELOPMENT:
            return JsonResponse({"error": HOW_TO_SET}, status=403)
        if token and not constant_time_compare(sent, token):
            return JsonResponse({"error": HOW_TO_SEND}, status=401, headers={"WWW-Authenticate": "Bearer"})
        response: HttpResponse = view(request)
        return response

    return check


@csrf_exempt
@never_cache
@needs_status_token
def status(request: HttpRequest) -> HttpResponse:
    """Everything that an operator wants to be told of, as JSON; 503 with the causes if something is wrong."""
    found = read_status()
    return JsonResponse(found.as_json(), status=503 if found.problems else 200)
