"""Webhook threads: threads with database connections of their own, which answer carrier webhooks and nothing else."""

import asyncio
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from heymarket.front.refusals import Answer, busy

THREADS = 2  # of a process: more would mostly wait for each other
# Webhooks of a process that may wait for a thread. At a millisecond each they wait less than a second.
MAX_WAITING = 500

type WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


class WebhookThreads:
    """Calls a WSGI application, whose requests and answers are complete, in a few threads."""

    def __init__(
        self, application: WsgiApplication, threads: int = THREADS, max_waiting: int = MAX_WAITING
    ) -> None:
        self.application, self.most = application, threads + max_waiting
        self.pool = ThreadPoolExecutor(threads, "webhook")
        self.open = 0

    async def answer(self, environ: dict[str, Any]) -> Answer:
        """The application's answer. Raises RefusedRequest (503) if too many requests wait."""
        if self.open >= self.most:
            raise busy()
        self.open += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.pool, self._call, environ)
        finally:
            self.open -= 1

    def _call(self, environ: dict[str, Any]) -> Answer:
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            head[:] = [status, headers]

        pieces = self.application(environ, start_response)
        try:
            body = b"".join(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()
        status, headers = head
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return Answer(int(status[:3]), encoded, body)


def file_limit() -> None:
    """Allow this process as many open connections as the system permits; the usual limit is 1,024."""
    if os.name == "posix":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
