"""Webhooks that bring no text give way to those that do, and never take the place of one."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from heymarket.front import report_thread
from heymarket.front.report_thread import ReportThread
from tests.front.clients import FORM_TYPE, WEBHOOK, FakeClient, FakePages, ask, front_with, run, until


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReportThread]:
    """A report thread that waits for texts as long as a test may take."""
    monkeypatch.setattr(report_thread, "GIVES_WAY", 20)
    thread = ReportThread(most=3)
    yield thread
    thread.pool.shutdown()


def test_reports_wait_for_the_last_text_and_keep_their_order(reports: ReportThread) -> None:
    done, last = list[int](), threading.Event()
    with reports.text_at_work():
        with reports.text_at_work():
            steps = partial(done.append, 0), partial(done.append, 1), last.set
            assert [reports.add(step) for step in steps] == [True] * 3
        assert not last.wait(0.2) and not done
    assert last.wait(20) and done == [0, 1]


def test_a_report_waits_for_no_text_without_end(
    reports: ReportThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_thread, "GIVES_WAY", 0.01)
    done = threading.Event()
    with reports.text_at_work():
        assert reports.add(done.set) and done.wait(20)


def test_waiting_reports_are_bounded(reports: ReportThread) -> None:
    with reports.text_at_work():
        taken = [reports.add(lambda: None) for _ in range(5)]
        # One may have left the queue already: it is the next.
        assert taken in ([True] * 3 + [False] * 2, [True] * 4 + [False])


def reports_by_body(
    *held: threading.Event,
) -> Callable[[Iterable[dict[str, Any]]], Iterator[dict[int, Any]]]:
    """Answers each body; "report" later, once the events are set; "bad" never."""

    def later(body: bytes) -> HttpResponse:
        if body == b"bad":
            raise RuntimeError("a bad report")
        for event in held:
            event.wait(20)
        return HttpResponse(body)

    def answers(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, Any]]:
        for position, environ in enumerate(environs):
            body = environ["wsgi.input"].read()
            is_text = body not in (b"report", b"bad")
            yield {position: HttpResponse(body) if is_text else lambda body=body: later(body)}

    return answers


def test_a_text_waits_for_no_report_that_came_before_it(folder: Path) -> None:
    release = threading.Event()

    async def scenario() -> None:
        async with front_with(folder, FakePages(), reports_by_body(release), threads=1) as front:
            clients = [FakeClient([b"report"]) for _ in range(5)]
            tasks = [ask(front, client, WEBHOOK, "POST", FORM_TYPE) for client in clients]
            await until(lambda: front.webhooks.open == 5 and not front.webhooks.waiting.items)
            stop = FakeClient([b"STOP"])
            await ask(front, stop, WEBHOOK, "POST", FORM_TYPE)
            assert stop.body == b"STOP" and not any(client.messages for client in clients)
            release.set()
            await asyncio.gather(*tasks)
            assert {client.body for client in clients} == {b"report"} and front.webhooks.open == 0

    run(scenario)


def test_too_many_reports_are_told_to_come_again_and_texts_are_not(folder: Path) -> None:
    release = threading.Event()

    async def scenario() -> None:
        async with front_with(folder, FakePages(), reports_by_body(release), threads=1) as front:
            front.webhooks.reports.most = 1
            clients = [FakeClient([b"report"]) for _ in range(4)]
            tasks = [ask(front, client, WEBHOOK, "POST", FORM_TYPE) for client in clients]
            await until(lambda: 503 in {client.status for client in clients})
            stop = FakeClient([b"STOP"])
            await ask(front, stop, WEBHOOK, "POST", FORM_TYPE)
            assert stop.status == 200
            release.set()
            await asyncio.gather(*tasks)
            assert {client.status for client in clients} == {200, 503}

    run(scenario)


def test_an_error_of_a_report_ends_its_request_and_no_other(folder: Path) -> None:
    async def scenario() -> None:
        async with front_with(folder, FakePages(), reports_by_body(), threads=1) as front:
            bodies = (b"bad", b"report")
            clients = [FakeClient([body]) for body in bodies]
            tasks = [ask(front, client, WEBHOOK, "POST", FORM_TYPE) for client in clients]
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert [str(error) for error in outcomes] == ["a bad report", "None"]
            assert clients[1].body == b"report"

    run(scenario)
