"""Bare Django view that only runs the statements of an API call: the baseline of the API benchmark.

`bench.api` records the statements of one call and serves this view in the same way as the product. Each request
replaces the values that depend on the number; all other values are sent as recorded.
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
    statements: list[tuple[str, str, Any]] = pickle.loads(Path(os.environ["BENCH_STATEMENTS"]).read_bytes())[
        name
    ]
    return statements


def call(request: HttpRequest, name: str) -> JsonResponse:
    from optout.number_locks import lock_key  # its models load after the setup below

    number = "+" + json.loads(request.body)["phone"]
    team_id = int(os.environ["BENCH_TEAM"])
    values_of_number = {NUMBER: number, LOCK: lock_key(team_id, number)}
    for kind, statement, values in recorded(name):
        if kind == "begin":
            begin_transaction(statement)
        elif kind == "fetch":
            fetch(
                statement,
                *(
                    values_of_number.get(value, value) if isinstance(value, str) else value
                    for value in values
                ),
            )
        else:
            with connection.cursor() as cursor:
                cursor.execute(statement, [values_of_number.get(value, value) for value in values])
    connection.connection.commit()
    return JsonResponse("success", safe=False)


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse("ok", safe=False)


urlpatterns = [path("v1/contact/<str:name>", call), path("healthz", healthz)]


def application_of_bench() -> WSGIHandler:
    die_with_parent(signal.SIGKILL)  # as heymarket.page_wsgi does
    django.setup(set_prefix=False)
    settings.ROOT_URLCONF, settings.MIDDLEWARE = "bench.bare_view", []
    return WSGIHandler()


application = application_of_bench() if "BENCH_STATEMENTS" in os.environ else None
