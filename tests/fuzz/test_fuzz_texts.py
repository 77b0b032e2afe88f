"""Random webhooks: each is stored whole or refused whole, no STOP is lost, and no stored value breaks a page."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
from django.test import Client

from accounts.models import Member
from optout.keywords import read_keyword, stricter_outcome
from optout.reader.outcome import Outcome
from tests.cast import Cast
from tests.fuzz.crawl import crawl
from tests.fuzz.odd_values import OddValues
from tests.messaging.fake_twilio import (
    MESSAGES,
    STATUS,
    FakeTwilio,
    new_sid,
    post_raw,
    post_signed,
    text_fields,
)

CONTENT_TYPES = [
    "application/x-www-form-urlencoded",
    "application/json",
    "multipart/form-data; boundary=x",
    "text/plain",
    "\x7f",
]
OPT_INS = (Outcome.OPT_IN, Outcome.YES)


def test_random_texts(
    cast: Cast,
    carrier: FakeTwilio,
    odd: OddValues,
    share: Callable[[float], int],
    tried: Counter[str],
    most_pages: int,
    owner: psycopg.Connection,
    verify_ledger: Callable[[], str],
    as_client: Callable[[Member], Client],
) -> None:
    stored, stopped = set(), set()
    for _ in range(share(0.28)):
        tried["texts"] += 1
        sender, body, sid = odd.sender(), odd.body(), new_sid()
        fields = _fields(odd)
        inbox = odd.choice([cast.front_desk, cast.billing])
        answer = carrier.text(inbox, sender, body, sid=sid, **fields)
        assert answer.status_code < 500, (sender, body, answer.content)
        if answer.status_code != 200:
            assert _rows(owner, "messaging_message", "carrier_id = %s", sid) == 0, (
                "refused, so nothing is stored"
            )
            continue
        stored.add(sid)
        number = sender.partition(":")[2] or sender
        match stricter_outcome(read_keyword(body), fields.get("OptOutType", "")):
            case Outcome.OPT_OUT:
                stopped.add(number)
            case intent if intent in OPT_INS:
                stopped.discard(number)

    assert _rows(owner, "messaging_message", "carrier_id = ANY(%s)", list(stored)) == len(stored)
    textable = [number for number in stopped if number.startswith("+1415555")]
    assert _rows(owner, "optout_suppression", "number = ANY(%s)", textable, "DISTINCT number") == len(
        textable
    )
    assert "The ledger is whole" in verify_ledger()
    assert _inconsistent_counts(owner) == 0
    opened = crawl(as_client(cast.owner), cast.northside, most_pages)
    assert set(opened) >= {"contacts", "conversation", "standing", "do_not_text"}


def test_random_webhooks(
    cast: Cast,
    carrier: FakeTwilio,
    odd: OddValues,
    share: Callable[[float], int],
    tried: Counter[str],
    owner: psycopg.Connection,
) -> None:
    """Forms with odd or missing fields, and bodies that are no forms."""
    for _ in range(share(0.01)):
        tried["webhooks"] += 1
        address, sid = odd.choice([MESSAGES, STATUS]), new_sid()
        if odd.random() < 0.3:
            answer = post_raw(
                address, odd.randbytes(odd.randrange(200)), content_type=odd.choice(CONTENT_TYPES)
            )
        else:
            form = text_fields(cast.front_desk, odd.sender(), odd.body(), sid, MessageStatus="sent")
            form[odd.choice(list(form))] = odd.unicode_text()
            form.pop(odd.choice(list(form)))
            answer = post_signed(cast.front_desk, address, form)
        assert answer.status_code < 500, answer.content
        if answer.status_code != 200:
            assert _rows(owner, "messaging_message", "carrier_id = %s", sid) == 0


def _fields(odd: OddValues) -> dict[str, str]:
    """Fields as carriers send them, and some that no carrier sends."""
    if odd.random() < 0.7:
        return {}
    media = {
        "NumMedia": "1",
        "MediaUrl0": odd.choice(["https://media.example/1", "http://media.example/1", "javascript:1", ""]),
        "MediaContentType0": odd.choice(["image/jpeg", "text/vcard", "", odd.unicode_text(2)]),
    }
    return odd.choice([
        media, {"NumMedia": odd.unicode_text(1)}, {"NumSegments": odd.unicode_text(1)},
        {"OptOutType": odd.choice(["STOP", "START", "HELP", odd.unicode_text(1)])},
        {f"Odd{odd.randrange(9)}": odd.unicode_text()},
    ])  # fmt: skip


def _rows(owner: psycopg.Connection, table: str, where: str, value: Any, what: str = "*") -> int:
    (count,) = owner.execute(f"SELECT count({what}) FROM {table} WHERE {where}", [value]).fetchone()  # type: ignore[arg-type, misc]
    return int(count)


def _inconsistent_counts(owner: psycopg.Connection) -> int:
    """Conversations whose count of inbound texts differs from their texts; receipts of blocked numbers do not count."""
    (count,) = owner.execute(
        "SELECT count(*) FROM messaging_conversation c WHERE inbound_count <> (SELECT count(*) FROM messaging_message m"
        " WHERE m.team_id = c.team_id AND m.conversation_id = c.id AND NOT m.outbound)"
    ).fetchone()  # type: ignore[misc]
    return int(count)
