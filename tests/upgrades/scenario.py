"""A day of the demo team through the entry points that every release has: pages, carrier webhooks, API and tasks.

`python scenario.py FOLDER PORT RUN` runs with the code of the release in FOLDER, on the database that the environment
names. RUN is a digit, by which the numbers and names of this run differ from those of another.
"""

import hashlib
import json
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from io import StringIO
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import requests
from twilio.request_validator import RequestValidator

TIMEOUT = 30  # seconds


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


class Day:
    """The demo team on a web server of its own, in this process."""

    def __init__(self, port: int, word: str) -> None:
        from django.core.management import call_command

        from heymarket.wsgi import application

        output = StringIO()
        call_command("demo", json=True, stdout=output)
        self.facts = json.loads(output.getvalue())
        self.base, self.word = f"http://127.0.0.1:{port}", word
        self.inbox = next(inbox for inbox in self.facts["inboxes"] if inbox["auth_token"])
        self.browser = requests.Session()
        server = make_server("127.0.0.1", port, application, Server, SilentHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def page(self, path: str) -> str:
        answer = self.browser.get(f"{self.base}/t/{self.facts['team']['slug']}/{path}", timeout=TIMEOUT)
        assert answer.status_code == 200, (path, answer.status_code, answer.url)
        assert "/accounts/login/" not in answer.url, f"{path} asks for a sign-in"
        return answer.text

    def sign_in(self) -> None:
        form = self.browser.get(f"{self.base}/accounts/login/", timeout=TIMEOUT).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        assert token, form
        owner = self.facts["members"][0]
        fields = {
            "csrfmiddlewaretoken": token[1],
            "login": owner["email"],
            "password": owner["password"],
        }
        answer = self.browser.post(f"{self.base}/accounts/login/", fields, timeout=TIMEOUT)
        assert answer.status_code == 200 and "/accounts/login/" not in answer.url, answer.text

    def receive(self, number: str, body: str) -> None:
        """A text of a person, delivered twice, as carriers do."""
        sid = hashlib.md5(f"{self.word} {number} {body}".encode(), usedforsecurity=False).hexdigest()
        fields = {
            "MessageSid": f"SM{sid}",
            "AccountSid": self.inbox["account_id"],
            "From": number,
            "To": self.inbox["number"],
            "Body": body,
            "NumMedia": "0",
        }
        url = f"{self.base}/webhooks/twilio/messages"
        signature = RequestValidator(self.inbox["auth_token"]).compute_signature(url, fields)
        for _ in range(2):
            answer = requests.post(url, fields, headers={"X-Twilio-Signature": signature}, timeout=TIMEOUT)
            assert answer.status_code == 200, (answer.status_code, answer.text)

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.facts['api_key']}"}
        answer = requests.request(
            method, f"{self.base}/v1/{path}", json=body, headers=headers, timeout=TIMEOUT
        )
        assert answer.status_code < 500, (path, answer.status_code, answer.text)
        return answer.status_code, answer.json()


def run_tasks_at_once() -> None:
    """Tasks run where they are started, instead of in a worker."""
    from heymarket.celery import app

    app.loader.import_default_modules()
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    # Those that are started by name do not heed the settings.
    app.send_task = lambda name, args=(), **_: app.tasks[name].apply(args)  # type: ignore[method-assign]


def people_text(day: Day, number: Callable[[int], str]) -> None:
    day.receive(number(1), "Hello, is my bike ready?")
    day.receive(number(2), "When do you open?")
    day.receive(number(2), "STOP")
    assert may_text(day, number(1)) and not may_text(day, number(2))
    day.receive(number(3), "STOP")
    day.receive(number(3), "START")


def programs_call(day: Day, number: Callable[[int], str]) -> None:
    status, created = day.call("POST", "contact", {"phone": number(4)[1:], "first": f"Ada {day.word}"})
    assert status == 200 and created["created"], created
    status, answer = day.call(
        "POST", "contact/set_status", {"phone": number(4)[1:], "status": "unsubscribed"}
    )
    assert status == 200 and not may_text(day, number(4)), answer
    status, answer = day.call("POST", "message/send", text_to(day, number(4)))
    assert answer.get("error_code") == "unsubscribed_number", answer
    status, answer = day.call("POST", "message/send", text_to(day, number(1)))
    assert status == 200 and answer["status"] == "queued", answer
    status, feed = day.call("GET", "optouts?since=0")
    assert status == 200 and feed["changes"], feed


def text_to(day: Day, number: str) -> dict[str, Any]:
    return {
        "inbox_id": day.inbox["id"],
        "phone_number": number[1:],
        "text": f"It is, {day.word}.",
        "local_id": day.word + number,
    }


def may_text(day: Day, number: str) -> bool:
    status, answer = day.call("GET", f"contact/{number[1:]}/why")
    assert status == 200, answer
    return bool(answer["may_text"])


def tasks_run() -> None:
    """Every periodic task of the release, once, with the tasks that it starts."""
    from heymarket.celery import app

    for name, entry in app.conf.beat_schedule.items():
        assert app.tasks[entry["task"]].apply().successful(), name


def everything_shows(day: Day, number: Callable[[int], str]) -> None:
    assert until_sent(day, number(1)) in ("sent", "delivered")
    assert f"It is, {day.word}." in day.page("inbox/")
    for path in "contacts/", "do-not-text/", "reports/", "settings/", "settings/members/":
        day.page(path)
    assert f"Ada {day.word}" in day.page(f"contacts/?q=Ada+{day.word}")


def until_sent(day: Day, number: str) -> str:
    """The status of the newest text, which a thread may still be sending."""
    status = ""
    for _ in range(100):
        _, texts = day.call("GET", f"messages?phoneNumber={number[1:]}&inboxID={day.inbox['id']}")
        status = texts[0]["status"]
        if status not in ("queued", "claimed", "sending"):
            break
        time.sleep(0.2)
    return status


def ledger_is_whole() -> None:
    from django.core.management import call_command

    output = StringIO()
    call_command("verify_ledger", stdout=output)
    print(output.getvalue().strip())


def main() -> None:
    folder, port, run = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    sys.path[0] = folder
    os.chdir(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heymarket.settings")
    import django

    django.setup()
    run_tasks_at_once()
    day = Day(port, f"run{run}")

    def number(which: int) -> str:
        return f"+15035550{run}{which:02}"

    day.sign_in()
    people_text(day, number)
    programs_call(day, number)
    tasks_run()
    everything_shows(day, number)
    ledger_is_whole()


if __name__ == "__main__":
    main()
