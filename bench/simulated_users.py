"""The load of the bad days: people with handsets, and a member in a browser, who go on whatever is away."""

import itertools
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import requests

from bench.fake_carrier import UNREACHED, CarrierNumber, FakeCarrier, HandsetText

# Between a STOP and the START that lifts it. A carrier's record has whole seconds, and people are no faster.
SECONDS_BEFORE_START = 4.0  # seconds
PEOPLE, MEMBERS = 4, 2  # threads
PAUSE = 0.2  # seconds between what one of them does


@dataclass
class Person:
    """Somebody with a handset, and what they asked for."""

    number: str
    line: CarrierNumber
    stop: HandsetText | None = None
    start: HandsetText | None = None


@dataclass
class SimulatedUsers:
    """Everybody, and the record of what they did and were answered."""

    carrier: FakeCarrier
    page: "MemberBrowser"
    people: list[Person] = field(default_factory=list)
    composed: dict[str, int] = field(default_factory=dict)  # the body of a text of ours -> the page's answer
    ended: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        numbers = itertools.count(2000000)
        for nth in range(PEOPLE):
            self._go(self._people, random.Random(nth), numbers)
        for nth in range(MEMBERS):
            self._go(self._member, random.Random(100 + nth))

    def _go(self, work: object, *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _people(self, chance: random.Random, numbers: "itertools.count[int]") -> None:
        mine: list[Person] = []
        while not self.ended.wait(PAUSE * chance.uniform(0.5, 1.5)):
            if (asked := self._ready_for_start(mine)) and chance.random() < 0.4:
                asked.start = self.carrier.text(asked.line, asked.number, "START")
                continue
            if mine and chance.random() < 0.25:
                person = chance.choice(mine)
                if person.stop is None:
                    person.stop = self.carrier.text(person.line, person.number, "STOP")
                continue
            if mine and chance.random() < 0.15:
                again = chance.choice(self.carrier.texts[-40:])
                self.carrier.tell(again)
                continue
            person = Person(f"+1415{next(numbers):07d}", chance.choice(list(self.carrier.accounts.values())))
            self.people.append(person)
            mine.append(person)
            self.carrier.text(person.line, person.number, f"Hello, I am {person.number}")

    def _ready_for_start(self, mine: list[Person]) -> Person | None:
        """Somebody whose STOP was heard a while ago. Had it not been, their START would be the older request."""
        now = time.monotonic()
        for person in mine:
            heard = person.stop and person.stop.taken_at
            if heard and person.start is None and now > heard + SECONDS_BEFORE_START:
                return person
        return None

    def _member(self, chance: random.Random) -> None:
        browser = self.page.browser()
        for nth in itertools.count():
            if self.ended.wait(PAUSE * chance.uniform(0.5, 1.5)):
                return
            if nth % 5 == 4 or not self.people:
                self.page.look(browser)
                continue
            person = chance.choice(self.people[-60:])
            body = f"{threading.get_ident()}-{nth}: are you still interested?"
            self.composed[body] = self.page.write(browser, person, body)


@dataclass
class MemberBrowser:
    """The product's pages, as a signed-in member uses them; `answers` counts their statuses."""

    url: str  # of the team
    cookie: tuple[str, str]
    inboxes: dict[str, int]  # a line's number -> the inbox's id
    answers: Counter[int] = field(default_factory=Counter)

    def browser(self) -> requests.Session:
        browser = requests.Session()
        browser.headers["Connection"] = "close"
        browser.cookies.set(*self.cookie)
        browser.cookies.set("csrftoken", "c" * 32)
        browser.headers["X-CSRFToken"] = "c" * 32
        return browser

    def look(self, browser: requests.Session) -> int:
        return self._ask(browser, "GET", "inbox/")

    def write(self, browser: requests.Session, person: Person, body: str) -> int:
        form = {"number": person.number, "inbox": str(self.inboxes[person.line.number]), "body": body}
        return self._ask(browser, "POST", "conversations/new/", form)

    def _ask(
        self, browser: requests.Session, method: str, path: str, form: dict[str, str] | None = None
    ) -> int:
        try:
            answer = browser.request(method, self.url + path, data=form, allow_redirects=False, timeout=30)
            status = answer.status_code
        except requests.RequestException:
            status = UNREACHED
        self.answers[status] += 1
        return status
