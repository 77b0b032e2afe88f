"""Simulated users for the outage test: people with handsets and members with browsers, who continue in outages."""

import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import requests

from bench.fake_carrier import UNREACHED, CarrierNumber, FakeCarrier, HandsetText

# From a STOP to its START. A carrier's record has whole seconds, and people are not faster.
SECONDS_BEFORE_START = 4.0
PEOPLE, MEMBERS = 4, 2  # threads
PAUSE = 0.2  # average seconds between two actions of a thread


@dataclass
class Person:
    """A person with a handset, and their requests."""

    number: str
    account: CarrierNumber
    stop: HandsetText | None = None
    start: HandsetText | None = None


@dataclass
class SimulatedUsers:
    """All users, and the record of their actions and the answers."""

    carrier: FakeCarrier
    page: "MemberBrowser"
    people: list[Person] = field(default_factory=list)
    sent_bodies: dict[str, int] = field(default_factory=dict)  # a member's text -> the status of the page
    ended: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        numbers = itertools.count(2000000)
        for nth in range(PEOPLE):
            self._start_thread(self._run_person, random.Random(nth), numbers)
        for nth in range(MEMBERS):
            self._start_thread(self._run_member, random.Random(100 + nth))

    def _start_thread(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _run_person(self, chance: random.Random, numbers: "itertools.count[int]") -> None:
        own_people: list[Person] = []
        while not self.ended.wait(PAUSE * chance.uniform(0.5, 1.5)):
            if (person := self._ready_for_start(own_people)) and chance.random() < 0.4:
                person.start = self.carrier.text(person.account, person.number, "START")
                continue
            if own_people and chance.random() < 0.25:
                person = chance.choice(own_people)
                if person.stop is None:
                    person.stop = self.carrier.text(person.account, person.number, "STOP")
                continue
            if own_people and chance.random() < 0.15:
                again = chance.choice(self.carrier.texts[-40:])
                self.carrier.post_text(again)
                continue
            person = Person(f"+1415{next(numbers):07d}", chance.choice(list(self.carrier.accounts.values())))
            self.people.append(person)
            own_people.append(person)
            self.carrier.text(person.account, person.number, f"Hello, I am {person.number}")

    def _ready_for_start(self, own_people: list[Person]) -> Person | None:
        """A person whose STOP was accepted a while ago; otherwise the START could be the older request."""
        now = time.monotonic()
        for person in own_people:
            accepted_at = person.stop and person.stop.accepted_at
            if accepted_at and person.start is None and now > accepted_at + SECONDS_BEFORE_START:
                return person
        return None

    def _run_member(self, chance: random.Random) -> None:
        browser = self.page.browser()
        for nth in itertools.count():
            if self.ended.wait(PAUSE * chance.uniform(0.5, 1.5)):
                return
            if nth % 5 == 4 or not self.people:
                self.page.open_inbox(browser)
                continue
            person = chance.choice(self.people[-60:])
            body = f"{threading.get_ident()}-{nth}: are you still interested?"
            self.sent_bodies[body] = self.page.send_text(browser, person, body)


@dataclass
class MemberBrowser:
    """The product's pages as a signed-in member uses them; `answers` counts their statuses."""

    url: str  # of the team
    cookie: tuple[str, str]
    inboxes: dict[str, int]  # inbox IDs by number
    answers: Counter[int] = field(default_factory=Counter)

    def browser(self) -> requests.Session:
        browser = requests.Session()
        browser.headers["Connection"] = "close"
        browser.cookies.set(*self.cookie)
        browser.cookies.set("csrftoken", "c" * 32)
        browser.headers["X-CSRFToken"] = "c" * 32
        return browser

    def open_inbox(self, browser: requests.Session) -> int:
        return self._request(browser, "GET", "inbox/")

    def send_text(self, browser: requests.Session, person: Person, body: str) -> int:
        form = {
            "number": person.number,
            "inbox": str(self.inboxes[person.account.number]),
            "body": body,
        }
        return self._request(browser, "POST", "conversations/new/", form)

    def _request(
        self, browser: requests.Session, method: str, path: str, form: dict[str, str] | None = None
    ) -> int:
        try:
            answer = browser.request(method, self.url + path, data=form, allow_redirects=False, timeout=30)
            status = answer.status_code
        except requests.RequestException:
            status = UNREACHED
        self.answers[status] += 1
        return status
