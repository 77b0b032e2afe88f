"""The front: no thread and no page server waits for a client, and nobody takes the webhooks' capacity."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from heymarket.front import sending
from heymarket.front.application import DOWNLOAD, DOWNLOADS_PER_TEAM, Front
from heymarket.front.waiting_requests import MOST_TOGETHER, Taker
from tests.front.clients import (
    FORM_TYPE,
    WEBHOOK,
    FakeClient,
    FakePages,
    ask,
    front_with,
    plain_answer,
    run,
    until,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PIECE = b"%x\r\n" % 65536 + b"x" * 65536 + b"\r\n"
LONG = [CHUNKED, *[PIECE] * 200, b"0\r\n\r\n"]  # 13 MB
EXPORT = "/t/northside/contacts/export/"


@contextmanager
def held_turn(front: Front) -> Iterator[None]:
    """As if a thread stored several webhooks."""
    requests = front.webhooks.waiting
    with requests.changed:
        turn = requests.turn = Taker(requests)
        turn.stop()
    yield
    with requests.changed:
        requests.turn = None
        requests.changed.notify_all()


def taken(front: Front) -> int:
    """Webhooks that threads have taken and not answered."""
    return front.webhooks.open - len(front.webhooks.waiting.items)


def waits_for_turn(front: Front, count: int) -> bool:
    """Whether a thread has taken so many webhooks and waits for its turn, or for more of them."""
    return taken(front) == count and front.webhooks.waiting.called


# -- carrier webhooks ------------------------------------------------------------------------------------------


def test_slow_senders_and_slow_readers_hold_no_thread(folder: Path) -> None:
    async def scenario() -> None:
        async with front_with(folder, FakePages(), threads=1) as front:
            senders = [FakeClient([b"M"], stalls=True) for _ in range(50)]
            readers = [FakeClient([b"read me"]) for _ in range(50)]
            for client in readers:
                client.reads.clear()
            tasks = [ask(front, client, WEBHOOK, "POST", FORM_TYPE) for client in senders + readers]
            await until(lambda: all(client.messages for client in readers))
            stop = FakeClient([b"Body=", b"STOP"])
            await ask(front, stop, WEBHOOK, "POST", FORM_TYPE)
            assert (stop.status, stop.body, stop.complete) == (200, b"Body=STOP", True)
            assert not any(client.messages for client in senders)
            for task in tasks:
                task.cancel()

    run(scenario)


def test_waiting_webhooks_are_bounded(folder: Path) -> None:
    """The carrier is told to come again, instead of waiting without end."""
    release = threading.Event()

    def blocked(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, HttpResponse]]:
        for position, _ in enumerate(environs):
            release.wait(20)
            yield {position: HttpResponse(status=204)}

    async def scenario() -> None:
        async with front_with(folder, FakePages(), blocked, threads=1, max_waiting=1) as front:
            first, second, third = FakeClient(), FakeClient(), FakeClient()
            tasks = [ask(front, client, WEBHOOK, "POST") for client in (first, second)]
            await until(lambda: front.webhooks.open == 2)
            await ask(front, third, WEBHOOK, "POST")
            assert (third.status, (b"retry-after", b"5") in third.headers) == (503, True)
            release.set()
            await asyncio.gather(*tasks)
            assert (first.status, second.status) == (204, 204)

    run(scenario)


def test_webhooks_that_wait_are_taken_together(folder: Path) -> None:
    """A thread takes its share, up to a limit; each gets its own answer; an error concerns those without one."""
    started, release, batches = threading.Event(), threading.Event(), list[int]()

    def answers(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, HttpResponse]]:
        made: dict[int, HttpResponse] = {}
        for answer in plain_answer(environs):
            made |= answer
            if not batches:
                started.set()
                release.wait(20)
        if made:
            batches.append(len(made))
            if len(batches) == 3:
                yield {0: made[0]}
                raise RuntimeError("the third batch")
            yield made

    async def scenario() -> None:
        async with front_with(folder, FakePages(), answers, threads=1) as front:
            alone = FakeClient([b"alone"])
            tasks = [ask(front, alone, WEBHOOK, "POST", FORM_TYPE)]
            await until(started.is_set)
            clients = [FakeClient([b"%d" % n]) for n in range(2 * MOST_TOGETHER + 2)]
            tasks += [ask(front, client, WEBHOOK, "POST", FORM_TYPE) for client in clients]
            await until(lambda: len(front.webhooks.waiting.items) == len(clients))
            release.set()
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
            assert batches == [MOST_TOGETHER, MOST_TOGETHER, 3]
            assert [client.body for client in (alone, *clients)] == [
                b"alone", *(b"%d" % n for n in range(2 * MOST_TOGETHER)), *[b""] * 2
            ]  # fmt: skip
            assert [str(error) for error in outcomes if error] == ["the third batch"] * 2

    run(scenario)


def test_what_arrives_while_several_webhooks_are_at_work_is_taken_together(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other thread leaves it to the next turn."""
    monkeypatch.setattr("heymarket.front.waiting_requests.PATIENCE", 20)
    release, batches = threading.Event(), list[list[bytes]]()

    def answers(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, HttpResponse]]:
        if found := list(plain_answer(environs)):
            batches.append([answer.content for each in found for answer in each.values()])
            release.wait(20)
            yield from found

    async def scenario() -> None:
        async with front_with(folder, FakePages(), answers, threads=2) as front:

            def send(body: bytes) -> list[asyncio.Task[None]]:
                return [ask(front, FakeClient([body]), WEBHOOK, "POST", FORM_TYPE) for _ in range(3)]

            with held_turn(front):  # until three are taken
                tasks = send(b"first")
                await until(lambda: taken(front) == 3)
            await until(lambda: len(batches) == 1)
            tasks += send(b"later")
            await until(lambda: taken(front) == 6)
            release.set()
            await asyncio.gather(*tasks)
            assert batches == [[b"first"] * 3, [b"later"] * 3]

    run(scenario)


def test_a_thread_that_waits_for_its_turn_takes_what_arrives(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No other is called. What arrives afterwards calls a thread again."""
    monkeypatch.setattr("heymarket.front.waiting_requests.PATIENCE", 20)
    calls = list[Any]()

    async def scenario() -> None:
        async with front_with(
            folder, FakePages(), lambda environs: list(plain_answer(environs)), threads=2
        ) as front:
            submit = front.webhooks.pool.submit

            def counted(call: Any) -> Any:
                calls.append(call)
                return submit(call)

            monkeypatch.setattr(front.webhooks.pool, "submit", counted)
            for expected in (1, 2):
                clients = [FakeClient([b"%d" % n]) for n in range(3)]
                tasks = []
                with held_turn(front):
                    for nth, client in enumerate(clients, 1):
                        tasks.append(ask(front, client, WEBHOOK, "POST", FORM_TYPE))
                        await until(partial(waits_for_turn, front, nth))
                    assert len(calls) == expected
                await asyncio.gather(*tasks)
                assert [client.body for client in clients] == [b"0", b"1", b"2"]

    run(scenario)


def test_a_thread_that_is_stuck_holds_up_no_other(folder: Path) -> None:
    release = threading.Event()

    def answers(environs: Iterable[dict[str, Any]]) -> Iterator[dict[int, HttpResponse]]:
        for answer in plain_answer(environs):
            if any(each.content == b"stuck" for each in answer.values()):
                release.wait(20)
            yield answer

    async def scenario() -> None:
        async with front_with(folder, FakePages(), answers, threads=2) as front:
            stuck = ask(front, FakeClient([b"stuck"]), WEBHOOK, "POST", FORM_TYPE)
            await until(lambda: taken(front) == 1)
            for _ in range(3):
                await ask(front, FakeClient([b"later"]), WEBHOOK, "POST", FORM_TYPE)
            assert not stuck.done()
            release.set()
            await stuck

    run(scenario)


def test_webhooks_need_no_page_server(folder: Path) -> None:
    async def scenario() -> None:
        async with front_with(folder, FakePages()) as front:
            front.pages.socket = front.downloads.socket = folder / "nobody.sock"
            page, stop = FakeClient(), FakeClient([b"STOP"])
            await ask(front, page, "/t/northside/inbox/")
            await ask(front, stop, WEBHOOK, "POST")
            assert (page.status, stop.status) == (503, 200)
            assert (b"retry-after", b"5") in page.headers
            assert front.pages.open == 0

    run(scenario)


# -- pages -------------------------------------------------------------------------------------------------------


def test_a_request_reaches_the_page_server_whole_and_unchanged(folder: Path) -> None:
    async def scenario() -> None:
        pages = FakePages([
            b"HTTP/1.1 302 Found\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nLocation: /t/\xc3\xa9/\r\nServer: granian\r\n"
            b"Content-Length: 0\r\nContent-Encoding: gzip\r\n\r\n"
        ])  # fmt: skip
        async with front_with(folder, pages) as front:
            client = FakeClient([b"name=", b"M%C3%BCller"])
            headers = [
                FORM_TYPE, (b"cookie", b"sessionid=1"), (b"x-heymarket-client", b"127.0.0.1"),
                (b"x_heymarket_client", b"127.0.0.1"), (b"connection", b"keep-alive"), (b"content-length", b"16"),
            ]  # fmt: skip
            await ask(front, client, "/t/a%20b/contacts/?q=M%C3%BC%26", "POST", *headers)
            (head,), (body,) = pages.heads, pages.bodies
            lines = head.decode().split("\r\n")
            assert lines[0] == "POST /t/a%20b/contacts/?q=M%C3%BC%26 HTTP/1.1"
            assert body == b"name=M%C3%BCller"
            named = [line for line in lines if "client" in line.lower()]
            assert named == ["x-heymarket-client: 198.51.100.7"], "nobody names an address but the front"
            assert "cookie: sessionid=1" in lines
            assert client.status == 302
            assert client.headers == [
                (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2"), (b"location", b"/t/\xc3\xa9/"),
                (b"content-length", b"0"), (b"content-encoding", b"gzip"),
            ]  # fmt: skip

    run(scenario)


def test_an_upload_is_passed_on_when_it_is_complete(folder: Path) -> None:
    async def scenario() -> None:
        pages = FakePages()
        async with front_with(folder, pages) as front:
            parts = [bytes([n]) * 300_000 for n in range(20)]
            client = FakeClient(parts)
            form = (b"content-type", b"multipart/form-data; boundary=x")
            await ask(front, client, "/t/northside/contacts/imports/", "POST", form)
            assert (client.status, pages.bodies) == (200, [b"".join(parts)])
            other = FakeClient(parts)
            await ask(front, other, "/accounts/login/", "POST", form)
            assert (other.status, len(pages.bodies)) == (413, 1)

    run(scenario)


def test_a_slow_reader_does_not_hold_the_page_server(folder: Path) -> None:
    async def scenario() -> None:
        pages = FakePages(LONG)
        async with front_with(folder, pages) as front:
            readers = [FakeClient() for _ in range(3)]
            for reader in readers:
                reader.reads.clear()
            tasks = [ask(front, reader, "/t/northside/inbox/") for reader in readers]
            await until(lambda: pages.written == 3)
            for reader in readers:
                assert len(reader.body) <= 65536, "it has read nothing yet"
                reader.reads.set()
            await asyncio.gather(*tasks)
            for reader in readers:
                assert (len(reader.body), reader.complete) == (200 * 65536, True)

    run(scenario)


def test_the_first_bytes_are_sent_before_the_last_are_made(folder: Path) -> None:
    async def scenario() -> None:
        pages = FakePages([CHUNKED, PIECE])  # and no end
        async with front_with(folder, pages) as front:
            client = FakeClient()
            task = ask(front, client, EXPORT)
            outcome: Any = (await asyncio.gather(task, return_exceptions=True))[0]
            assert client.body == b"x" * 65536
            assert isinstance(outcome, Exception), "a broken response ends in a broken connection"
            assert not client.complete

    run(scenario)


def test_a_reader_below_the_slowest_speed_is_cut_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.01)

    async def scenario() -> None:
        async with front_with(folder, FakePages(LONG)) as front:
            client = FakeClient(takes_head=True)
            client.reads.clear()
            with pytest.raises(sending.TooSlow):
                await ask(front, client, EXPORT)
            assert not client.complete
            assert (front.downloads.open, front.downloading) == (0, {})

    run(scenario)


def test_a_reader_that_leaves_ends_the_response(folder: Path) -> None:
    async def scenario() -> None:
        async with front_with(folder, FakePages(LONG)) as front:
            client = FakeClient()
            client.reads.clear()
            task = ask(front, client, EXPORT)
            await until(lambda: bool(client.messages))
            client.gone.set()
            client.reads.set()
            await task
            assert not client.complete
            assert front.downloads.open == 0

    run(scenario)


# -- downloads ---------------------------------------------------------------------------------------------------


def test_downloads_of_one_team_leave_room_for_others(folder: Path) -> None:
    async def scenario() -> None:
        async with front_with(folder, FakePages(LONG)) as front:
            slow = [FakeClient() for _ in range(DOWNLOADS_PER_TEAM)]
            for client in slow:
                client.reads.clear()
            tasks = [ask(front, client, EXPORT) for client in slow]
            await until(lambda: all(client.messages for client in slow))
            more, other = FakeClient(), FakeClient()
            await ask(front, more, "/t/northside/reports/volume/texts/export/")
            await ask(front, other, "/t/southside/contacts/export/")
            assert (more.status, (b"retry-after", b"60") in more.headers) == (503, True)
            assert (other.status, other.complete) == (200, True)
            for client in slow:
                client.reads.set()
            await asyncio.gather(*tasks)
            assert front.downloading == {}

    run(scenario)


def test_every_download_goes_to_the_download_server() -> None:
    downloads = {
        "export_contacts", "export_do_not_text", "export_volume", "export_texts", "export_opt_outs", "export_team",
        "export_disagreements", "export_broadcasts", "export_broadcast_recipients", "export_broadcast_left_out",
        "export_conversations", "export_consent", "export_evidence", "export_period_evidence",
        "vendor_list_remarks", "import_refused_rows", "attachment_download", "export_audit_log",
        "export_personal_data", "export_whole_team",
    }  # fmt: skip
    found = {name for name, path in _paths(get_resolver().url_patterns, "/") if DOWNLOAD.fullmatch(path)}
    assert found == downloads
    named = {
        name
        for name, path in _paths(get_resolver().url_patterns, "/")
        if name and name.startswith(("export_", "download_")) and not path.startswith("/v1/")
    }
    assert named <= downloads


def _paths(patterns: list[Any], prefix: str) -> Iterator[tuple[str | None, str]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).replace("<int:attachment_id>", "1")
        path = path.replace("<", "").replace(">", "")
        if isinstance(pattern, URLResolver):
            yield from _paths(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            yield pattern.name, path
