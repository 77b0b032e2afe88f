"""A bare Django view that runs the statements of a call of the API, and nothing else: what the API is measured beside.

`bench.api` records the statements of one call and serves this with granian, in the same way as the product. Values that
belong to the number are put in anew for each request; everything else is sent as it was.
"""

import json
import os
import pickle
import signal
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

from devserver.parent_death import die_with_parent
from kernel.sql import begin_transaction, fetch

NUMBER, LOCK = "<the number>", "<the key of its lock>"


@cache
def recorded(name: str) -> list[tuple[str, str, Any]]:
    found: list[tuple[str, str, Any]] = pickle.loads(Path(os.environ["BENCH_STATEMENTS"]).read_bytes())[name]
    return found


def call(request: HttpRequest, name: str) -> JsonResponse:
    from optout.number_locks import lock_key  # whose models load after the setup below

    number = "+" + json.loads(request.body)["phone"]
    team_id = int(os.environ["BENCH_TEAM"])
    new = {NUMBER: number, LOCK: lock_key(team_id, number)}
    for kind, statement, values in recorded(name):
        if kind == "begin":
            begin_transaction(statement)
        elif kind == "ask":
            fetch(
                statement, *(new.get(value, value) if isinstance(value, str) else value for value in values)
            )
        else:
            with connection.cursor() as cursor:
                cursor.execute(statement, [new.get(value, value) for value in values])
    connection.connection.commit()
    return JsonResponse("success", safe=False)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse("ok", safe=False)


urlpatterns = [path("v1/contact/<str:name>", call), path("healthz", healthz)]


def application_of_bench() -> WSGIHandler:
    die_with_parent(signal.SIGKILL)  # as heymarket.development_wsgi does
    django.setup(set_prefix=False)
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "bench.bare_view", []
    return WSGIHandler()


application = application_of_bench() if "BENCH_STATEMENTS" in os.environ else None
