"""What a small machine carries: all programs of `make run` under a steady mixed load, and the memory that they take.

People text at fixed rates, a tenth of them STOP. Members have a conversation open, fetch again what changed, and reply
through the simulator. The load runs on the same machine, so its cores are not the product's alone. Memory is the
proportional set size (PSS) of all processes, PostgreSQL's included: shared pages count once, the system's cache of
files does not count.
"""

import itertools
import random
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import requests
from django.conf import settings
from django.utils import timezone

import heymarket.celery  # noqa: F401  (texts wake its worker)
from accounts.models import Carrier, Inbox, Member
from bench import inbound, installation, pages, teams
from bench.http_load import LoadResult, deadline, send_at_rate
from bench.installation import NotMeasured
from devserver import postgres
from devserver.addresses import DATABASE
from devserver.supervision import app_programs
from kernel.tenancy import scope
from messaging.models import Conversation, Message, MessageStatus

RATES = (5, 10, 20, 40)  # texts a second
STOP_SHARE = 0.1
SECONDS = 60.0  # of each rate
WARM_UP = 15.0  # seconds
BROWSERS = 10  # members with an open conversation
REPLY_EVERY = 10.0  # seconds between two replies of a member
PAUSE = 1.0  # seconds from a poll's answer to the next poll, as on the page
CONVERSATIONS = 20_000  # of the team
SAMPLE_EVERY = 2.0  # seconds between two looks at the memory
SETTLING = 20.0  # seconds after a rate, until its replies are delivered

_POLL = re.compile(r'data-poll\s+hx-get="([^"]+)"')
_PARTS = re.compile(r'hx-get="([^"]+)"\s+hx-trigger="changed from:body')


@dataclass
class CarriedLoad:
    """What happened at one rate."""

    rate: int
    texts: LoadResult
    stops: LoadResult
    pages: LoadResult  # parts of open pages
    replies: int  # that members sent
    undelivered: int  # of these, a while later
    megabytes: float  # the most

    @property
    def per_second(self) -> float:
        return self.texts.per_second + self.stops.per_second


def measure(folder: Path, address: tuple[str, int]) -> Iterator[CarriedLoad]:
    """Yield the result of each rate, the lowest first."""
    member, inbox = _create_team(folder)
    others = [program.name for program in app_programs(folder, *address) if program.name != "web"]
    with ExitStack() as running:
        for name in others:
            running.enter_context(installation.running_program(folder, name))
        time.sleep(WARM_UP)
        memory = running.enter_context(_watched_memory())
        browsers = running.enter_context(_open_browsers(member))
        people = People(address, inbox)
        while not all(browser.seen.latencies or browser.trouble for browser in browsers):
            people.text(RATES[0], WARM_UP)  # until each page was told of them
        for rate in RATES:
            yield _carry(rate, people, browsers, memory)


def _create_team(folder: Path) -> tuple[Member, Inbox]:
    """A team with many conversations, whose texts go through the simulator."""
    member, inbox = teams.create_team("Small", "+15105550113")
    with scope(inbox.team_id):
        Inbox.objects.filter(team_id=inbox.team_id, id=inbox.id).update(carrier=Carrier.SIMULATOR)
    with postgres.connect(folder, DATABASE) as owner:
        pages.seed(owner, member, inbox, CONVERSATIONS)
        owner.execute("VACUUM ANALYZE")
    return member, inbox


def _carry(rate: int, people: "People", browsers: list["OpenBrowser"], memory: list[float]) -> CarriedLoad:
    memory.clear()
    for browser in browsers:
        browser.seen, browser.replies = LoadResult(), 0
    texts, stops = people.text(rate, SECONDS)
    seen = LoadResult(
        latencies=[latency for browser in browsers for latency in browser.seen.latencies],
        statuses=sum((browser.seen.statuses for browser in browsers), LoadResult().statuses),
    )
    if troubles := [browser.trouble for browser in browsers if browser.trouble]:
        raise NotMeasured(f"{len(troubles)} browsers stopped: {troubles[0]}")
    for result in (texts, stops, seen):
        if set(result.statuses) != {200}:
            raise NotMeasured(f"At {rate} texts a second not everything was answered 200: {result.statuses}")
    sent, peak = sum(browser.replies for browser in browsers), max(memory)
    return CarriedLoad(rate, texts, stops, seen, sent, people.undelivered(), peak)


@dataclass
class People:
    """People who have written before and new ones; each STOP comes from somebody else."""

    address: tuple[str, int]
    inbox: Inbox
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    sids: Iterator[str] = field(default_factory=lambda: (f"SM{n:032d}" for n in itertools.count()))
    new: Iterator[str] = field(default_factory=lambda: (f"+1628{2_000_000 + n}" for n in itertools.count()))

    def text(self, rate: float, seconds: float) -> tuple[LoadResult, LoadResult]:
        """Text at this rate; the ordinary texts and the STOPs, which are sent side by side."""
        of_kind = {"Hello, do you open on Sunday?": rate * (1 - STOP_SHARE), "STOP": rate * STOP_SHARE}
        signed = {body: self._sign(body, per_second * seconds) for body, per_second in of_kind.items()}
        with ThreadPoolExecutor(2) as threads:
            texts, stops = [
                threads.submit(
                    send_at_rate, self.address, signed[body], each, deadline(seconds), _connections(each)
                )
                for body, each in of_kind.items()
            ]
        return texts.result(), stops.result()

    def _sign(self, body: str, count: float) -> Iterator[bytes]:
        numbers = self.new if body == "STOP" else self._senders()
        return iter(inbound.text_webhooks(self.inbox, body, numbers, int(count * 1.2) + 20, sids=self.sids))

    def _senders(self) -> Iterator[str]:
        """Every third is new."""
        while True:
            yield next(self.new)
            for _ in range(2):
                yield f"+1415{2_000_001 + self.chance.randrange(CONVERSATIONS)}"

    def undelivered(self) -> int:
        """The texts of members until now that have not arrived some seconds later."""
        over, now = deadline(SETTLING), timezone.now()
        while (left := self._waiting(now)) and not over():
            time.sleep(0.5)
        return left

    def _waiting(self, until: datetime) -> int:
        arrived = [MessageStatus.DELIVERED, MessageStatus.REFUSED]
        with scope(self.inbox.team_id):
            replies = Message.objects.filter(team_id=self.inbox.team_id, by_hand=True, created_at__lt=until)
            return replies.exclude(status__in=arrived).count()


def _connections(per_second: float) -> int:
    """So few that each is used every five seconds or so: the server closes one that is idle for ten."""
    return max(1, min(16, int(per_second * 5)))


class OpenBrowser(threading.Thread):
    """A member with a conversation open: polls, fetches again what changed, and replies now and then."""

    def __init__(self, cookie: tuple[str, str], address: str, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.page, self.over = address, over
        self.seen, self.replies, self.trouble = LoadResult(), 0, ""
        self.session = requests.Session()
        self.session.cookies.update({cookie[0]: cookie[1], "csrftoken": "c" * 32})
        self.session.headers.update({"X-CSRFToken": "c" * 32, "HX-Request": "true"})

    def run(self) -> None:
        try:
            self._browse()
        except (requests.RequestException, NotMeasured) as error:
            self.trouble = str(error)

    def _browse(self) -> None:
        opened = self.session.get(self.page, headers={"HX-Request": ""}, timeout=30).text
        poll, parts = _found(_POLL, opened), _PARTS.findall(opened)
        reply_at = time.monotonic() + random.uniform(0, REPLY_EVERY)
        while not self.over.wait(PAUSE):
            answer = self.session.get(urljoin(self.page, unescape(poll)), timeout=30)
            if answer.status_code == 200:
                poll = _found(_POLL, answer.text)
            if answer.headers.get("HX-Trigger") == "changed":
                for part in parts:
                    self._fetch(urljoin(self.page, unescape(part)))
            if time.monotonic() > reply_at:
                reply_at += REPLY_EVERY
                self._reply()

    def _fetch(self, address: str) -> None:
        began = time.perf_counter()
        answer = self.session.get(address, timeout=30)
        self.seen.latencies.append(time.perf_counter() - began)
        self.seen.statuses[answer.status_code] += 1

    def _reply(self) -> None:
        form = {"body": f"We open at nine. {time.time_ns()}"}
        answer = self.session.post(f"{self.page}messages/", form, allow_redirects=False, timeout=30)
        self.replies += answer.status_code == 204


@contextmanager
def _open_browsers(member: Member) -> Iterator[list[OpenBrowser]]:
    cookie, over = teams.session_cookie(member), threading.Event()
    with scope(member.team_id):
        found = Conversation.objects.filter(team_id=member.team_id, closed=False).order_by("id")
        ids = list(found.values_list("id", flat=True)[:BROWSERS])
    base = f"{settings.PUBLIC_URL}/t/{member.team.slug}/conversations/"
    browsers = [OpenBrowser(cookie, f"{base}{id}/", over) for id in ids]
    for browser in browsers:
        browser.start()
    yield browsers
    over.set()
    for browser in browsers:
        browser.join(60)


def _found(pattern: re.Pattern[str], page: str) -> str:
    if not (found := pattern.search(page)):
        raise NotMeasured(f"A page without a poll: {page[:300]!r}")
    return found[1]


@contextmanager
def _watched_memory() -> Iterator[list[float]]:
    """Look at the memory of everything that this process started, again and again; yields the megabytes seen."""
    seen: list[float] = [installation.proportional_megabytes()]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_EVERY):
            seen.append(installation.proportional_megabytes())

    threading.Thread(target=watch, daemon=True).start()
    yield seen
    over.set()
