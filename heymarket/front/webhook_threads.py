"""Webhook threads: threads with database connections of their own, which answer carrier webhooks and nothing else."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpResponse

from heymarket.front.refusals import Answer, busy
from heymarket.front.report_thread import ReportThread
from heymarket.front.waiting_requests import WaitingRequests

log = logging.getLogger(__name__)

THREADS = 2  # of a process: more would mostly wait for each other
# Webhooks of a process that may wait for a thread. At a millisecond each they wait less than a second.
MAX_WAITING = 500

type Environ = dict[str, Any]
# Carries out a webhook that gives way to texts, and makes its answer.
type LaterAnswer = Callable[[], HttpResponse]
# Yields answers by the positions of their requests, as soon as they are made, or how they are made later.
type AnswerRequests = Callable[[Iterable[Environ]], Iterable[Mapping[int, HttpResponse | LaterAnswer]]]


class _Waiting(NamedTuple):
    environ: Environ
    answer: asyncio.Future[Answer]


class WebhookThreads:
    """Answers requests, which are complete, in a few threads, which share those that wait.

    What may be answered later has another thread, and gives way to the rest.
    """

    def __init__(
        self, answer_requests: AnswerRequests, threads: int = THREADS, max_waiting: int = MAX_WAITING
    ) -> None:
        self.answer_requests, self.most = answer_requests, threads + max_waiting
        self.pool = ThreadPoolExecutor(threads, "webhook")
        self.waiting = WaitingRequests[_Waiting](lambda: self.pool.submit(self._answer_waiting))
        self.reports = ReportThread()
        self.open = 0

    async def answer(self, environ: Environ) -> Answer:
        """The answer to a request. Raises RefusedRequest (503) if too many requests wait."""
        if self.open >= self.most:
            raise busy()
        self.open += 1
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.add(_Waiting(environ, answer))
        try:
            return await answer
        finally:
            self.open -= 1

    def _answer_waiting(self) -> None:
        """Answer requests that wait."""
        with self.reports.text_at_work(), self.waiting.taker() as taker, _failing(taken := taker.taken):
            for responses in self.answer_requests(waiting.environ for waiting in taker.take()):
                made = {n: each for n, each in responses.items() if isinstance(each, HttpResponse)}
                _settle([(taken[n], response) for n, response in made.items()])
                for n, later in responses.items():
                    if not isinstance(later, HttpResponse):
                        self._put_off(taken[n], later)

    def _put_off(self, waiting: _Waiting, make: LaterAnswer) -> None:
        """Have the answer made by the report thread."""

        def step() -> None:
            with _failing([waiting]):
                _settle([(waiting, make())])

        if not self.reports.add(step):
            _in_loop([waiting], partial(_fail, [waiting], busy()))


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
    if taken:
        taken[0].answer.get_loop().call_soon_threadsafe(step)


def _settle(answers: Sequence[tuple[_Waiting, HttpResponse]]) -> None:
    complete = [(waiting.answer, _complete(response)) for waiting, response in answers]
    _in_loop([waiting for waiting, _ in answers], partial(_set, complete))


def _set(answers: Sequence[tuple[asyncio.Future[Answer], Answer]]) -> None:
    for future, answer in answers:
        if not future.done():  # its client may have left
            future.set_result(answer)


def _fail(taken: Sequence[_Waiting], error: Exception) -> None:
    for each in taken:
        if not each.answer.done():
            each.answer.set_exception(error)


def _complete(response: HttpResponse) -> Answer:
    """The answer as bytes."""
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    return Answer(response.status_code, headers, response.content)


def file_limit() -> None:
    """Allow this process as many open connections as the system permits; the usual limit is 1,024."""
    if os.name == "posix":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
