"""Tasks of Celery: each continues the ID of the request that started it, and is measured by its name."""

import time
from contextvars import Token
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun, worker_ready

from heymarket.metrics.publishing import publish_from
from kernel import request_id as ids
from kernel.metrics import counter, histogram

KEY = "heymarket_request_id"

tasks = counter("tasks", "Tasks that a worker has done.", ["task", "state"])
durations = histogram("task", "Durations of tasks.", ["task"])

_running: dict[str, tuple[float, Token[str]]] = {}  # by the task's ID


@before_task_publish.connect
def _send_request_id(headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is not None and (id := ids.current_request_id()):
        headers[KEY] = id


@task_prerun.connect
def _begin(task_id: str, task: Any, **_: Any) -> None:
    id = getattr(task.request, KEY, None) or task_id
    _running[task_id] = time.perf_counter(), ids.begin(id)


@task_postrun.connect
def _end(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    if found := _running.pop(task_id, None):
        began, token = found
        ids.end(token)
        durations.labels(task.name).observe(time.perf_counter() - began)
        tasks.labels(task.name, (state or "unknown").lower()).inc()


@worker_ready.connect
def _publish(sender: Any, **_: Any) -> None:
    publish_from("-".join(sender.app.amqp.queues.consume_from))
