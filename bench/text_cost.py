"""Processor time of an inbound text: of this process and of PostgreSQL, for texts that come alone and together.

It depends less on what else the machine does than rates do. Without HTTP: webhooks are answered in this process.
"""

import io
import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench import teams
from bench.inbound import signed_texts
from bench.installation import NotMeasured, analyze
from bench.tables import print_table
from devserver import postgres
from heymarket.webhook_answers import answer_requests, made
from messaging.opt_out_latency import latency_queue

TOGETHER = (1, 10)
TEXTS = 200  # in each of the rounds
BODIES = {"ordinary": "Hello, do you open on Sunday?", "STOP": "STOP"}


def show(folder: Path, rounds: int) -> None:
    _, inbox = teams.create_team("Cost", "+15105550177")
    numbers = (f"+1415{2000000 + n:07d}" for n in itertools.count())
    rows = []
    for kind, body in BODIES.items():
        for together in TOGETHER:
            texts = (_environ(*text) for text in signed_texts(inbox, body, numbers))
            _answer(texts, TEXTS, together)
            analyze(folder)
            costs = [_cost(folder, texts, together) for _ in range(rounds)]
            ours, servers = (sorted(values)[len(values) // 2] for values in zip(*costs, strict=True))
            rows.append((kind, str(together), f"{ours:.2f}", f"{servers:.2f}", f"{ours + servers:.2f}"))
    print_table(("text", "together", "this process, ms", "PostgreSQL, ms", "both"), rows)


def _cost(folder: Path, texts: Iterator[dict[str, Any]], together: int) -> tuple[float, float]:
    """Milliseconds of a text, with the work that this process does for it afterwards."""
    prepared = iter(list(itertools.islice(texts, TEXTS)))
    ours, servers = time.process_time(), _server_seconds(folder)
    _answer(prepared, TEXTS, together)
    latency_queue.flush()
    return (
        (time.process_time() - ours) / TEXTS * 1000,
        (_server_seconds(folder) - servers) / TEXTS * 1000,
    )


def _answer(texts: Iterator[dict[str, Any]], count: int, together: int) -> None:
    for _ in range(count // together):
        for answers in answer_requests(itertools.islice(texts, together)):
            for answer in answers.values():
                if (status := made(answer).status_code) != 200:
                    raise NotMeasured(f"A webhook was answered {status}")


def _environ(url: str, fields: dict[str, str], signature: str) -> dict[str, Any]:
    body = urlencode(fields).encode()
    return {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "", "PATH_INFO": urlsplit(url).path, "QUERY_STRING": "",
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http",
        "CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_TWILIO_SIGNATURE": signature, "HTTP_ACCEPT": "*/*", "wsgi.input": io.BytesIO(body),
    }  # fmt: skip


def _server_seconds(folder: Path) -> float:
    """Seconds of processor time of all processes of the server, also of those that have ended."""
    server = (postgres.cluster(folder) / "postmaster.pid").read_text().split()[0]
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = sum(_times(server)) + sum(sum(_times(child)[:2]) for child in children)
    return ticks / os.sysconf("SC_CLK_TCK")


def _times(pid: str) -> list[int]:
    """User and system time, and both of the children that ended, in ticks: proc(5)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(value) for value in fields[11:15]]
