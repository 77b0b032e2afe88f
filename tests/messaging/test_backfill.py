"""Texts that were written before anybody noted what they were to their conversations."""

from datetime import timedelta
from importlib import import_module

import psycopg
from django.utils import timezone

from accounts.tenancy import scope
from messaging.models import Conversation, Message
from optout import consent
from optout.consent import Actor
from optout.models import Origin
from tests.cast import MARIA, TOM, Cast

BACKFILL = import_module("messaging.migrations.0003_what_reports_count").BACKFILL


def test_old_texts_are_read_in_turns(cast: Cast, owner: psycopg.Connection) -> None:
    start = timezone.now() - timedelta(days=5)
    # minutes since the start, whose, status; and what it turns out to have been: a beginning, seconds waited
    texts = [
        (0, "they", "received", True, None),
        (2, "they", "received", False, None),
        (5, "we", "delivered", False, 300),
        (6, "we", "delivered", False, None),
        (7, "we", "refused", False, None),
        (60, "they", "received", False, None),
        (61, "we", "failed", False, 60),
        (3000, "we", "delivered", True, None),
        (3001, "they", "received", False, None),
    ]
    with scope(cast.northside.id):
        talk, other = (
            Conversation.objects.create(
                team=cast.northside, inbox=cast.front_desk, number=n, last_message_at=start
            )
            for n in (MARIA, TOM)
        )
        made = [
            Message.objects.create(
                team=cast.northside, conversation=talk, inbox=cast.front_desk, number=MARIA, outbound=who == "we",
                status=status, at=start + timedelta(minutes=minutes),
            )
            for minutes, who, status, *_ in texts
        ]  # fmt: skip
        stop = Message.objects.create(
            team=cast.northside, conversation=other, inbox=cast.front_desk, number=TOM, outbound=False,
            status="received", at=start,
        )  # fmt: skip
        event = consent.opt_out(cast.northside.id, TOM, Actor(Origin.MEMBER, "Amir"), reason="They asked us")
        assert event
    with owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("UPDATE optout_consentevent SET message_id = %s", [stop.id])
    for statement in BACKFILL:
        owner.execute(statement)
    with scope(cast.northside.id):
        for message, (*_, begins, waited) in zip(made, texts, strict=True):
            message.refresh_from_db()
            assert (message.begins, message.waited) == (begins, waited), message.at
        talk.refresh_from_db()
        other.refresh_from_db()
    assert talk.awaiting_since == start + timedelta(minutes=3001)
    assert other.awaiting_since is None  # a keyword was answered by the product
