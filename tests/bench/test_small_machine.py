"""The measurement of a small machine: what it reads from pages, the texts that it signs, and memory."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable
from html import unescape

from django.test import Client
from django.urls import reverse

from accounts.models import Member
from bench import installation
from bench.small_machine import _PARTS, _POLL, People
from kernel.tenancy import scope
from messaging.models import Conversation
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio


def test_an_open_page_says_where_it_polls_and_what_it_fetches_again(
    cast: Cast, carrier: FakeTwilio, as_client: Callable[[Member], Client]
) -> None:
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        opened = Conversation.objects.get(team=cast.northside, number=MARIA)
    browser, page = as_client(cast.owner), reverse("conversation", args=["northside-dental", opened.id])
    content = browser.get(page).content.decode()
    poll, parts = _POLL.search(content), _PARTS.findall(content)
    assert poll and len(parts) == 3  # list, thread and contact
    assert browser.get(unescape(poll[1]), headers={"HX-Request": "true"}).status_code in (200, 204)
    for address in parts:
        answer = browser.get(unescape(address), headers={"HX-Request": "true"})
        assert answer.status_code == 200, address
    reply = browser.post(f"{page}messages/", {"body": "We open at nine."}, headers={"HX-Request": "true"})
    assert reply.status_code == 204


def test_texts_are_signed_for_the_inbox(cast: Cast) -> None:
    people = People(("127.0.0.1", 1), cast.front_desk)
    stops, texts = people._sign("STOP", 3), people._sign("Hello, do you open on Sunday?", 3)
    assert len(list(texts)) == len(sent := list(stops)) == 23
    assert all(b"X-Twilio-Signature: " in request for request in sent)
    numbers = list(itertools.islice(people._senders(), 30))
    assert len([number for number in numbers if number.startswith("+1628")]) == 10


def test_the_memory_of_all_processes_below_this_one() -> None:
    before = installation.proportional_megabytes()
    hold = "import sys; kept = bytearray(b'x' * 60_000_000); print(flush=True); sys.stdin.read()"
    child = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with child:
        assert child.stdout and child.stdin
        child.stdout.readline()
        assert child.pid in installation.descendants(os.getpid())
        assert installation.proportional_megabytes() - before > 40  # MB; other processes may give some back
        child.stdin.close()
