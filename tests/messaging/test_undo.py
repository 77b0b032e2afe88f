"""Undo: a text of a page waits five seconds, is sent even if nobody looks, and is taken back before its claim."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging import outbound
from messaging.carriers.registry import adapter_for
from messaging.compose import compose_text
from messaging.drafts.models import Draft
from messaging.folders import Folder
from messaging.inbox import load_conversations
from messaging.media.models import Attachment
from messaging.models import Conversation, Message
from messaging.search.indexing import index_new
from messaging.search.models import SearchableText
from messaging.undo import window
from messaging.undo.undo import take_back
from optout.number_locks import lock_number
from reports.models import DirtyMark
from tests.cast import MARIA, Cast
from tests.messaging.conftest import Gate
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.media.files import picture

type ClientOf = Callable[[Member], Client]
BODY = "Your glasses are ready."


@pytest.fixture(autouse=True)
def _with_undo(_no_undo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "UNDO_WINDOW", timedelta(seconds=5))


@pytest.fixture
def conversation(cast: Cast, carrier: FakeTwilio) -> Conversation:
    carrier.text(cast.front_desk, MARIA, "When will my glasses be ready?")
    with scope(cast.northside.id):
        return load(cast)


def load(cast: Cast) -> Conversation:
    found: Conversation = Conversation.objects.select_related("inbox").get(team=cast.northside, number=MARIA)
    found.inbox.team = cast.northside
    return found


@pytest.fixture
def send(cast: Cast, conversation: Conversation, as_client: ClientOf, texts: Any) -> Callable[..., Message]:
    """Send a text from the page of a member, and return it."""

    def post(member: Member, body: str = BODY, **data: Any) -> Message:
        url = reverse("messages", args=["northside-dental", conversation.id])
        assert as_client(member).post(url, {"body": body, **data}).status_code == 302
        sent: Message = texts(outbound=True, body=body)[-1]
        return sent

    return post


@pytest.fixture
def undo(conversation: Conversation, as_client: ClientOf) -> Callable[..., Any]:
    def post(member: Member, message: Message, **options: Any) -> Any:
        url = reverse("text_undo", args=["northside-dental", conversation.id, message.id])
        return as_client(member).post(url, **options)

    return post


@pytest.fixture
def its_time(write: Any) -> Callable[..., None]:
    """Let five seconds pass for a text."""

    def end(message: Message) -> None:
        write(message, due_at="now()", undo_until="now()")

    return end


def drafts(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return [draft.body for draft in Draft.objects.order_by("id")]


def test_a_text_waits_five_seconds_and_is_sent_without_a_browser(
    cast: Cast, send: Any, its_time: Any, work: Any, texts: Any
) -> None:
    message = send(cast.member)
    waits = message.due_at - message.created_at
    assert (message.status, waits, message.undo_until) == ("queued", timedelta(seconds=5), message.due_at)
    work()
    outbound.deliver(message.team_id, message.conversation_id)
    assert texts(outbound=True)[0].status == "queued", "its time has not come"
    its_time(message)
    work()
    assert texts(outbound=True)[0].status == "sent"


def test_a_text_that_was_taken_back_leaves_no_trace(
    cast: Cast, conversation: Conversation, send: Any, undo: Any, its_time: Any, work: Any, texts: Any
) -> None:
    with scope(cast.northside.id):
        before = load(cast)
    message = send(cast.member)
    with scope(cast.northside.id):
        assert load(cast).awaiting_since is None
        index_new(cast.northside.id)
        assert SearchableText.objects.filter(id=message.id).exists()
    answer = undo(cast.member, message, headers={"HX-Request": "true"})
    assert answer.json() == {"words": BODY}
    assert texts(outbound=True) == [] and drafts(cast) == [BODY]
    with scope(cast.northside.id):
        after = load(cast)
        assert not SearchableText.objects.filter(id=message.id).exists()
        assert DirtyMark.objects.filter(at=message.at).count() == 2, "reports count the hour again without it"
        waiting = load_conversations(cast.member, Folder.WAITING, None).conversations
    assert [found.id for found in waiting] == [conversation.id], "the person waits again"
    for name in ("awaiting_since", "preview", "last_message_at", "inbound_count", "closed"):
        assert getattr(after, name) == getattr(before, name), name
    work()
    assert texts(outbound=True) == []


def test_the_words_are_in_the_composer_again_without_javascript(
    cast: Cast, conversation: Conversation, send: Any, undo: Any, as_client: ClientOf
) -> None:
    message = send(cast.member)
    page = reverse("conversation", args=["northside-dental", conversation.id])
    assert undo(cast.member, message).url == page
    assert f">{BODY}</textarea>" in as_client(cast.member).get(page).content.decode()
    assert BODY not in as_client(cast.owner).get(page).content.decode()
    send(cast.member)
    assert drafts(cast) == [], "a text that is sent is no draft any more"


def test_what_was_written_meanwhile_is_kept(
    cast: Cast, conversation: Conversation, send: Any, undo: Any
) -> None:
    message = send(cast.member)
    with scope(cast.northside.id):
        Draft.objects.create(
            team=cast.northside,
            member=cast.member,
            conversation=conversation,
            body="And",
            updated_at=timezone.now(),
        )
    undo(cast.member, message)
    assert drafts(cast) == [f"{BODY}\nAnd"]


def test_only_its_author_takes_a_text_back(
    cast: Cast, conversation: Conversation, send: Any, undo: Any, as_client: ClientOf, texts: Any
) -> None:
    message = send(cast.member)
    page = reverse("conversation", args=["northside-dental", conversation.id])
    assert "data-undo=" in as_client(cast.member).get(page).content.decode()
    assert "data-undo=" not in as_client(cast.owner).get(page).content.decode()
    assert undo(cast.owner, message, headers={"HX-Request": "true"}).json() == {"words": None}
    assert undo(cast.second, message).status_code == 404
    assert len(texts(outbound=True)) == 1 and drafts(cast) == []


def test_a_text_that_was_sent_is_not_taken_back(
    cast: Cast, send: Any, undo: Any, its_time: Any, work: Any, texts: Any
) -> None:
    message = send(cast.member)
    its_time(message)
    work()
    undo(cast.member, message)
    assert [text.status for text in texts(outbound=True)] == ["sent"] and drafts(cast) == []


def test_a_stop_within_the_five_seconds_stops_it(
    cast: Cast, carrier: FakeTwilio, send: Any, undo: Any, its_time: Any, work: Any, texts: Any
) -> None:
    message = send(cast.member)
    carrier.text(cast.front_desk, MARIA, "STOP")
    its_time(message)
    work()
    assert [(text.purpose, text.status) for text in texts(outbound=True)] == [
        ("text", "refused"),
        ("confirmation", "sent"),
    ]
    assert undo(cast.member, message, headers={"HX-Request": "true"}).json() == {"words": None}


def test_texts_behind_it_arrive_after_it_and_keep_their_own_five_seconds(
    cast: Cast, send: Any, its_time: Any, work: Any, texts: Any, carrier: FakeTwilio
) -> None:
    first = send(cast.member, "First")
    second = send(cast.member, "Second")
    with scope(cast.northside.id):
        compose_text(cast.front_desk, MARIA, "By a program", author=None, author_name="CRM")
    outbound.deliver(first.team_id, first.conversation_id)
    assert texts(body="Second")[0].due_at == second.due_at, "holding it makes it not due earlier"
    its_time(first)
    outbound.deliver(first.team_id, first.conversation_id)
    assert [text.status for text in texts(outbound=True)] == ["sent", "queued", "queued"]
    its_time(second)
    its_time(texts(body="By a program")[0])
    work()
    assert carrier.bodies() == ["First", "Second", "By a program"]


def test_who_turned_undo_off_and_programs_do_not_wait(
    cast: Cast, conversation: Conversation, send: Any, as_client: ClientOf, texts: Any
) -> None:
    desk = as_client(cast.member)
    profile = {"name": "Maya Chen", "undo_sends": "False", "enter_sends": "True"}
    assert desk.post(reverse("profile"), profile).status_code == 302
    cast.member.user.refresh_from_db()
    message = send(cast.member)
    assert (message.due_at, message.undo_until) == (message.created_at, None)
    with scope(cast.northside.id):
        by_program = compose_text(cast.front_desk, MARIA, "Hello", author=None, author_name="CRM")
    assert by_program.due_at == by_program.created_at


def test_a_picture_of_a_text_that_was_taken_back_is_deleted(
    cast: Cast, send: Any, undo: Any, texts: Any
) -> None:
    file = SimpleUploadedFile("map.jpg", picture(), "image/jpeg")
    message = send(cast.member, attachments=[file])
    undo(cast.member, message)
    assert texts(outbound=True) == []
    with scope(cast.northside.id):
        (attachment,) = Attachment.objects.all()
    assert attachment.message_id is None and attachment.due_at is not None


# -- undo and claim at once --------------------------------------------------------------------------------------


@pytest.fixture
def claim_and_undo(
    cast: Cast,
    conversation: Conversation,
    send: Any,
    its_time: Any,
    elsewhere: Any,
    waits_for_lock: Any,
    carrier: Any,
) -> Callable[[str], tuple[str | None, int]]:
    """Let the claim or the undo take the number's lock first while the other waits; the words and the texts sent."""

    def race(first: str) -> tuple[str | None, int]:
        message, gate, locked = send(cast.member), Gate(), Gate()
        its_time(message)

        def undo_slowly() -> str | None:
            with scope(cast.northside.id):
                lock_number(cast.northside.id, MARIA)
                locked.passed()
                gate.await_open()
                return take_back(load(cast), message.id, cast.member)

        def claim_slowly() -> None:
            with scope(cast.northside.id):
                lock_number(cast.northside.id, MARIA)
                locked.passed()
                gate.await_open()
                found = outbound.claim(cast.northside.id, message.conversation_id)
            if found and outbound.start(found):
                outbound.settle(found, adapter_for(found.inbox).send(found.inbox, found.text))

        def undo() -> str | None:
            with scope(cast.northside.id):
                return take_back(load(cast), message.id, cast.member)

        def claim() -> None:
            outbound.deliver(cast.northside.id, message.conversation_id)

        ahead, behind = (undo_slowly, claim) if first == "undo" else (claim_slowly, undo)
        one = elsewhere(ahead)
        locked.await_passed()
        other = elsewhere(behind)
        waits_for_lock()
        gate.open()
        words = [result for result in (one.result(10), other.result(10)) if isinstance(result, str)]
        return (words[0] if words else None), len(carrier.bodies())

    return race


def test_undo_before_the_claim(claim_and_undo: Any, texts: Any) -> None:
    assert claim_and_undo("undo") == (BODY, 0)
    assert texts(outbound=True) == []


def test_claim_before_the_undo(claim_and_undo: Any, texts: Any) -> None:
    assert claim_and_undo("claim") == (None, 1)
    assert [text.status for text in texts(outbound=True)] == ["sent"]
