"""Logs: nobody's text, number, token or password is in them or in the metrics, and each line names its request."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from celery.app.trace import trace_task
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.test import Client
from django.urls import reverse
from prometheus_client import generate_latest

from accounts.models import Member
from contacts.contact.models import Contact
from contacts.runs import worker as runs
from heymarket.celery import app as celery_app
from heymarket.logs.config import FORMATS, logging_config, server_logging_config
from heymarket.logs.formatters import FIELDS, JSONFormatter, TextFormatter
from heymarket.logs.redaction import OURS, describe_exception, redact
from kernel.log_filters import NotAboutCores
from kernel.metrics import REGISTRY
from kernel.request_id import HEADER, accept, together
from kernel.tenancy import scope
from messaging import missed_texts, tasks
from messaging.carriers.base import TryLater
from messaging.models import Conversation
from tests.api.conftest import create_client
from tests.cast import MARIA, PASSWORD, STRANGER, TOM, Cast
from tests.contacts.test_import_contacts import advance_newest, newest, uploaded
from tests.messaging.fake_twilio import (
    MESSAGES,
    FakeTwilio,
    SendAnswer,
    post_raw,
    post_signed,
    refusal,
    text_fields,
)
from tests.structure.source import PACKAGES

REQUEST = "0f8fad5b-d9cb-469f-a165-70867728950e"
WORDS = "the blue heron"
WRONG_PASSWORD = "wrong-battery-staple-9"
IMPORTED = "+14155550177"


class Log:
    """All that a process writes, in both formats."""

    def __init__(self) -> None:
        self.text, self.json = io.StringIO(), io.StringIO()
        self.handlers = [
            self._handler(self.text, TextFormatter()),
            self._handler(self.json, JSONFormatter()),
        ]

    def _handler(self, stream: io.StringIO, formatter: logging.Formatter) -> logging.Handler:
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        return handler

    @property
    def everything(self) -> str:
        return self.text.getvalue() + self.json.getvalue()

    @property
    def lines(self) -> list[dict[str, str]]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]


@pytest.fixture
def log() -> Iterator[Log]:
    found, root = Log(), logging.getLogger()
    for handler in found.handlers:
        root.addHandler(handler)
    yield found
    for handler in found.handlers:
        root.removeHandler(handler)


# -- a day -----------------------------------------------------------------------------------------------------


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """Tasks wait in the broker, as they do outside of tests. Call it to do them as a worker does."""
    with celery_app.connection_for_write() as broker, broker.channel() as channel:
        waiting = broker.SimpleQueue("celery")
        waiting.clear()

        def work() -> None:
            while waiting.qsize():
                message = waiting.get_nowait()
                message.ack()
                args, kwargs, _ = message.payload
                do_task(message.headers["task"], args, kwargs, message.headers)

        yield work
        waiting.clear()
        assert channel


def do_task(name: str, args: Any, kwargs: Any, headers: dict[str, Any]) -> None:
    """What a worker does with a task's message."""
    request = {"id": "task-id", **headers, "delivery_info": {}}
    trace_task(celery_app.tasks[name], request["id"], args, kwargs, request=request, app=celery_app)


def test_a_day_leaves_no_text_number_token_or_password(
    cast: Cast,
    carrier: FakeTwilio,
    as_client: Callable[[Member], Client],
    published: Callable[[], None],
    log: Log,
    quick_reading: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = as_client(cast.owner)
    browser.raise_request_exception = False
    crm = create_client(cast.owner)
    _texts_and_refused_webhooks(cast, carrier)
    published()  # the confirmation of the STOP
    _replies_to_carriers_that_fail(cast, carrier, browser, published)
    _pages_that_fail(cast, browser, monkeypatch)
    _calls_that_fail(crm.client, crm.secret, monkeypatch)
    _imports_that_fail(cast, browser, monkeypatch)
    _workers_that_fail(cast, monkeypatch)
    Client().post(reverse("account_login"), {"login": "olivia@northside.example", "password": WRONG_PASSWORD})
    _libraries_that_tell_all(cast)

    secrets = [
        WORDS,
        "heron",
        WRONG_PASSWORD,
        PASSWORD,
        crm.secret,
        *cast.front_desk.auth_tokens,
        "Lopez",
        "Northside",
    ]
    secrets += [cast.front_desk.account_id, "olivia@", "invitation-token"]
    for number in (MARIA, TOM, STRANGER, IMPORTED, cast.front_desk.number):
        secrets += [number[1:], number[2:], f"{number[2:5]}) {number[5:8]}-{number[8:]}"]
    told = log.everything + generate_latest(REGISTRY).decode()
    assert [secret for secret in secrets if secret in told] == [], told
    _says_what_happened(log)


def _texts_and_refused_webhooks(cast: Cast, carrier: FakeTwilio) -> None:
    inbox = cast.front_desk
    assert carrier.text(inbox, MARIA, f"Is {WORDS} open?").status_code == 200
    assert carrier.text(inbox, STRANGER, "STOP").status_code == 200
    refused = post_signed(inbox, MESSAGES, text_fields(inbox, TOM, WORDS), token="wrong")
    assert refused.status_code == 403
    assert post_raw(MESSAGES, f"{quote(TOM)}=1&{quote(TOM)}=2&Body={quote(WORDS)}").status_code == 400
    assert post_raw(f"/webhooks/telnyx/{TOM[1:]}", json.dumps({"text": WORDS})).status_code == 415


def _replies_to_carriers_that_fail(
    cast: Cast, carrier: FakeTwilio, browser: Client, published: Callable[[], None]
) -> None:
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    address = reverse("messages", args=[cast.northside.slug, conversation.id])
    words = f"The 'To' number {MARIA} is not valid: {WORDS}"
    carrier.answers = [
        refusal(21211, words),
        SendAnswer(500, {"message": words}),
        SendAnswer(201, b"{" + WORDS.encode()),
    ]
    for _ in range(4):
        sent = browser.post(address, {"body": f"Yes, {WORDS} is open"}, headers={HEADER: REQUEST})
        assert sent[HEADER] == REQUEST
        published()


def _pages_that_fail(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their addresses have a number in them, and their errors tell values."""
    address = reverse("contact", args=[cast.northside.slug, MARIA])
    for broken in _refused_by_postgresql(cast), _cannot_be_read:
        with monkeypatch.context() as patch:
            patch.setattr("contacts.contact.views._page_context", broken)
            assert browser.get(address).status_code == 500
    assert browser.get("/accounts/password/reset/key/invitation-token/").status_code < 500


def _refused_by_postgresql(cast: Cast) -> Callable[..., Any]:
    """A function whose statement PostgreSQL refuses. It names the row's values."""

    def create_again(*_: Any, **__: Any) -> None:
        with scope(cast.northside.id):
            Contact.objects.create(team=cast.northside, number=MARIA, first_name=WORDS)

    return create_again


def _cannot_be_read(*_: Any, **__: Any) -> None:
    int(f"{WORDS} {MARIA}")


def _calls_that_fail(client: Client, secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False

    def call(body: str) -> int:
        headers = {"authorization": f"Bearer {secret}"}
        return client.post("/v1/contact/set_status", body, "application/json", headers=headers).status_code

    assert call(f'{{"phone": "{WORDS}') == 400
    with monkeypatch.context() as patch:
        patch.setattr("api.entry._read_body", _cannot_be_read)
        assert call(json.dumps({"phone": MARIA[1:], "first_name": WORDS})) == 500


def _imports_that_fail(cast: Cast, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    uploaded(browser, cast, f"Phone,Name\n{IMPORTED},{WORDS}\n{WORDS},{TOM}\n")
    run = newest(cast)
    with scope(cast.northside.id):
        run.start_check(run.columns, run.options)
    with monkeypatch.context() as patch:
        patch.setattr(runs, "_do_batch", _refused_by_postgresql(cast))
        advance_newest(cast)


def _workers_that_fail(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: Any) -> None:
        raise TryLater(f"The carrier does not take '{WORDS}' to {MARIA}.")

    for broken in unreachable, _cannot_be_read:
        with monkeypatch.context() as patch:
            patch.setattr(missed_texts, "fetch_missed", broken)
            do_task(tasks.fetch_missed.name, [cast.northside.id, cast.front_desk.id], {}, {})


def _libraries_that_tell_all(cast: Cast) -> None:
    """Even a library that logs whole requests as warnings."""
    url = f"/2010-04-01/Accounts/{cast.front_desk.account_id}/Messages.json?To={quote(MARIA)}"
    logging.getLogger("urllib3.connectionpool").warning("Retrying after %r: %s", OSError(WORDS), url)
    logging.getLogger("twilio.http_client").info("Body: %s to %s", WORDS, MARIA)
    logging.getLogger("urllib3.connectionpool").debug("POST %s", url)
    logging.getLogger("django.db.backends").debug("INSERT %s", MARIA)


def _says_what_happened(log: Log) -> None:
    """What is left is enough to find the defect, and to follow a request."""
    messages = [line["message"] for line in log.lines]
    for expected in (
        "webhook refused with 403: BadWebhook: The signature is missing or wrong. (twilio)",
        "webhook refused with 400: BadWebhook: The field “…” occurs twice. (twilio)",
        "Internal Server Error: contact",
    ):
        assert expected in messages, messages
    assert all(set(line) <= set(FIELDS) and line["time"] and line["level"] for line in log.lines)
    calls = [line for line in log.lines if ", call to twilio: " in line["message"]]
    confirmation, *replies = calls
    outcomes = [line["message"].split()[-4] for line in replies]
    assert outcomes == ["Rejected", "OutcomeUnknown", "OutcomeUnknown", "Accepted"], calls
    assert {line["request_id"] for line in replies} == {REQUEST} != {confirmation["request_id"]}
    exceptions = "".join(line.get("exception", "") for line in log.lines)
    assert "23505 duplicate key value violates unique constraint “…” contacts_contact" in exceptions
    assert "int(f" in exceptions and "ValueError" in exceptions, (
        "the line of code is there, its values are not"
    )
    assert log.text.getvalue().count(" ERROR ") == sum(line["level"] == "ERROR" for line in log.lines)


# -- redaction -------------------------------------------------------------------------------------------------


class _Own(Exception):
    pass


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("connection refused", "connection refused"),
        (
            "FATAL: the database system is shutting down\nDETAIL: a row",
            "FATAL: the database system is shutting down",
        ),
        ("cannot read 'the blue' or \"heron's\" now", "cannot read “…” now"),
        ("cannot read “the blue heron”", "cannot read “…”"),
        ("cut off: 'the blue her", "cut off: …"),
        (
            "Max retries exceeded with url: /2010-04-01/Messages.json?To=%2B1415",
            "Max retries exceeded with url: /…",
        ),
        (
            "Cannot connect to redis://user:secret@cache:6379/0: refused",
            "Cannot connect to redis://cache refused",
        ),
        ("no mailbox olivia@northside.example here", "no mailbox … here"),
        ("to +14155550101 (415) 555-0101 failed", "to … failed"),
        (
            "Task x[5fdc6c3e-2549-40b1-88eb-123456789012] of 415-555-0101",
            "Task x[5fdc6c3e-2549-40b1-88eb-123456789012] of …",
        ),
        ("expected 3 arguments, got 12", "expected 3 arguments, got 12"),
    ],
)
def test_words_of_libraries(words: str, told: str) -> None:
    assert redact(words) == told


def test_lines_of_all_our_packages_are_ours() -> None:
    assert set(PACKAGES) == OURS


def test_exceptions() -> None:
    assert describe_exception(_Own("no route to host")) == "tests.test_logs._Own: no route to host"
    for error in ValueError(WORDS), KeyError(WORDS), UnicodeError(WORDS), AssertionError(WORDS):
        assert describe_exception(error) == type(error).__name__
    assert describe_exception(AttributeError("'None' has no 'x'")) == "AttributeError: 'None' has no 'x'"
    assert describe_exception(ValidationError(WORDS)) == "django.core.exceptions.ValidationError"
    wrapped = IntegrityError(f"duplicate key\nDETAIL: Key (number)=({MARIA})")
    wrapped.__cause__ = psycopg.errors.UniqueViolation(f"duplicate key\nDETAIL: Key (number)=({MARIA})")
    assert describe_exception(wrapped) == "django.db.utils.IntegrityError: 23505 duplicate key"
    data = DataError(f'invalid input syntax for type integer: "{WORDS}"')
    assert describe_exception(data) == "django.db.utils.DataError: invalid input syntax for type integer: “…”"


def test_a_line_that_cannot_be_formatted_tells_nothing() -> None:
    """Logging by itself would write its arguments."""
    record = logging.LogRecord("messaging", logging.ERROR, "", 0, "two %s %s", (WORDS,), None)
    for formatter in TextFormatter(), JSONFormatter():
        assert formatter.format(record) == "ERROR messaging: a line could not be written (TypeError)"


def test_addresses_are_removed_from_our_own_lines(log: Log) -> None:
    logging.getLogger("messaging").error("text %s to %s", 12345678, MARIA)
    logging.getLogger("kernel.mail").error("email failed: invitation to vera@novak.example")
    assert [line["message"] for line in log.lines] == ["text 12345678 to +…", "email failed: invitation to …"]


# -- request IDs and configuration -------------------------------------------------------------------------------


def test_only_ids_that_proxies_make_are_accepted() -> None:
    sent: str | None
    for sent in (REQUEST, "0f8fad5bd9cb469fa16570867728950e", REQUEST.upper()):
        assert accept(sent) == sent
    for sent in ("", None, MARIA, "x" * 32, REQUEST + "\nERROR forged", "14155550101"):
        made = accept(sent)
        assert made != sent and accept(made) == made


def test_a_batch_has_the_ids_of_its_requests() -> None:
    assert together(["a", "", "b", "a"]) == "a,b"
    assert together(str(number) for number in range(9)) == "0,1,2,3"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("level", ["", "DEBUG", "ERROR"])
def test_configurations(format: str, level: str) -> None:
    for name, logger in logging_config(format, level)["loggers"].items():
        talkative = name not in ("messaging", "_granian") and logger["level"] in ("DEBUG", "INFO")
        assert not talkative, "libraries write whole requests below WARNING"
    assert server_logging_config(format)["formatters"]["line"]


def test_more_processes_than_cores_are_no_warning() -> None:
    def line(words: str) -> logging.LogRecord:
        return logging.LogRecord("_granian", logging.WARNING, "", 0, words, None, None)

    about_cores = "Configured number of workers appears to be higher than the amount of CPU cores available. "
    assert not NotAboutCores().filter(line(about_cores))
    assert NotAboutCores().filter(line("Unexpected exit from worker-1"))
