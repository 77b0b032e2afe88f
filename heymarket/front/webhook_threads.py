"""Webhook threads: threads with database connections of their own, which answer carrier webhooks and nothing else."""

import asyncio
import logging
import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, NamedTuple, Protocol

from django.http import HttpResponse

from heymarket.front.refusals import Answer, busy

log = logging.getLogger(__name__)

THREADS = 2  # of a process: more would mostly wait for each other
# Webhooks of a process that may wait for a thread. At a millisecond each they wait less than a second.
MAX_WAITING = 500
# Webhooks that a thread takes at a time, if so many wait.
MOST_TOGETHER = 50

type Environ = dict[str, Any]


class Job(Protocol):
    """A part of the requests that a thread took together."""

    def answers(self) -> Mapping[int, HttpResponse]:
        """Do the job. Returns the answers by the positions of their requests."""


type PlanJobs = Callable[[Sequence[Environ]], Sequence[Job]]


class _Waiting(NamedTuple):
    environ: Environ
    answer: asyncio.Future[Answer]


class WebhookThreads:
    """Answers requests, which are complete, in a few threads. A thread takes all that wait, and makes jobs of them."""

    def __init__(self, plan_jobs: PlanJobs, threads: int = THREADS, max_waiting: int = MAX_WAITING) -> None:
        self.plan_jobs, self.most = plan_jobs, threads + max_waiting
        self.pool = ThreadPoolExecutor(threads, "webhook")
        self.waiting: deque[_Waiting] = deque()
        self.open = 0

    async def answer(self, environ: Environ) -> Answer:
        """The answer to a request. Raises RefusedRequest (503) if too many requests wait."""
        if self.open >= self.most:
            raise busy()
        self.open += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.append(_Waiting(environ, answer))
        self.pool.submit(self._take_waiting)
        try:
            return await answer
        finally:
            self.open -= 1

    def _take_waiting(self) -> None:
        """Take the requests that wait, if another thread has not, and do the first job; all threads share the rest."""
        taken: list[_Waiting] = []
        with suppress(IndexError):
            while len(taken) < MOST_TOGETHER:
                taken.append(self.waiting.popleft())
        if taken:
            with _failing(taken):
                first, *others = self.plan_jobs([each.environ for each in taken])
                for job in others:
                    self.pool.submit(self._do, taken, job)
                self._do(taken, first)

    def _do(self, taken: Sequence[_Waiting], job: Job) -> None:
        with _failing(taken):
            answers = [(taken[n].answer, _complete(response)) for n, response in job.answers().items()]
            _in_loop(taken, partial(_settle, answers))


@contextmanager
def _failing(taken: Sequence[_Waiting]) -> Iterator[None]:
    """After an error that nobody handled, no request waits for ever: those without an answer get the error."""
    try:
        yield
    except Exception as error:
        log.exception("webhooks were not answered")
        _in_loop(taken, partial(_fail, taken, error))


def _in_loop(taken: Sequence[_Waiting], step: Callable[[], None]) -> None:
    """Futures are not for other threads."""
    taken[0].answer.get_loop().call_soon_threadsafe(step)


def _settle(answers: Sequence[tuple[asyncio.Future[Answer], Answer]]) -> None:
    for future, answer in answers:
        if not future.done():  # its client may have left
            future.set_result(answer)


def _fail(taken: Sequence[_Waiting], error: Exception) -> None:
    for each in taken:
        if not each.answer.done():
            each.answer.set_exception(error)


def _complete(response: HttpResponse) -> Answer:
    """The answer as bytes. Closes the response, which lets Django look at its connections."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    response.close()
    return Answer(response.status_code, headers, response.content)


def file_limit() -> None:
    """Allow this process as many open connections as the system permits; the usual limit is 1,024."""
    if os.name == "posix":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
