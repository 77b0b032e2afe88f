"""Search in texts: what is found, by whom, in which order, and how hits are marked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Inbox, Member
from kernel.tenancy import scope
from messaging import erasure
from messaging.models import Conversation, Message, MessageStatus
from messaging.scope_lookups import teams_to_index
from messaging.search.hits import excerpt, typed_words
from messaging.search.indexing import index_team
from messaging.search.text_search import PAGE_SIZE
from messaging.tasks import index_texts
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.cluster_database import node_of_team

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
Search = Callable[..., list[str]]


def add(inbox: Inbox, number: str, *bodies: str, at: datetime = NOW, **columns: Any) -> list[Message]:
    """Texts of a conversation, a minute apart, the first at `at`."""
    with scope(inbox.team_id):
        conversation, _ = Conversation.objects.get_or_create(
            team_id=inbox.team_id, inbox=inbox, number=number, defaults={"last_message_at": at}
        )
        values = {"outbound": False, "status": MessageStatus.RECEIVED, **columns}
        return Message.objects.bulk_create(
            Message(
                team_id=inbox.team_id, conversation=conversation, inbox=inbox, number=number, body=body,
                at=at + timedelta(minutes=n), **values,
            )
            for n, body in enumerate(bodies)
        )  # fmt: skip


@pytest.fixture
def results(cast: Cast, as_client: Callable[[Member], Client]) -> Callable[..., Any]:
    """The context of the search page, by default of the owner, who sees all inboxes."""

    def get(q: str = "", member: Member | None = None, **filters: Any) -> Any:
        team = (member or cast.owner).team
        answer = as_client(member or cast.owner).get(reverse("search", args=[team.slug]), {"q": q, **filters})
        assert answer.status_code == 200
        return answer.context

    return get


@pytest.fixture
def search(results: Callable[..., Any]) -> Search:
    """The bodies that a search finds, newest first."""
    return lambda *args, **filters: [text.message.body for text in results(*args, **filters)["page"].texts]


# The text, what is typed, and whether it is found.
CASES = [
    ("Do you open on Sunday?", "sunday", True),
    ("Do you open on Sunday?", "SUN open", True),
    ("Do you open on Sunday?", "monday", False),
    ("Do you open on Sunday?", "sunday monday", False),
    ("Do you open on Sunday?", "unda", True),  # a part of a word
    ("Do you open on Sunday?", "do", True),
    ("Do you open on Sunday?", "un", False),  # two letters must begin a word
    ("Greetings from Łukasz", "lukasz", True),
    ("Greetings from Lukasz", "łukasz", True),
    ("Meine Straße 5", "strasse", True),
    ("Meine STRASSE 5", "straße", True),
    ("Ein schöner Tag", "schoner", True),
    ("cafe\u0301 au lait", "café", True),
    ("invi\u200bsible \u202amarks\u202c", "invisible marks", True),
    ("invisible marks", "\u2068invi\u00adsible\u2069", True),
    ("Call me at (415) 555-0123.", "4155550123", True),
    ("Call me at (415) 555-0123.", "415-555-0123", True),
    ("Call me at 4155550123", "(415) 555 0123", True),
    ("Code 884213", "8842", True),
    ("See https://example.com/a?b=c", "example.com/a", True),
    ("It's Maria's", "marias", True),
    ("我们明天见", "明天", True),
    ("Thanks 🙏🙏", "🙏", True),
    ("100% sure", "100%", True),
    ("100 sure", "10_", True),  # a sign is no wildcard and no part of a word
    ("sure", "%", False),
    ("nothing of it", "_____x", False),
    ("a'b\\c", "a'b\\c", True),
    ("drop table", "'; DROP TABLE messaging_message; --", False),
    ("plain", "plain:* | other & !x <-> y", False),
    ("plain", "@plain", True),
    ("/us", "/them", False),
    ("x" * 5_000, "x" * 150, True),
    ("word " * 1_000 + "needle", "needle", True),
]  # fmt: skip


@pytest.mark.parametrize("walked", [True, False], ids=["walk", "index"])
def test_what_is_found(cast: Cast, search: Search, owner: psycopg.Connection, walked: bool) -> None:
    """The newest texts are walked, older ones are looked up in the index; both must find the same."""
    add(cast.front_desk, MARIA, *dict.fromkeys(body for body, _, _ in CASES))
    if not walked:
        bury(cast, owner)
    wrong = [(body, typed) for body, typed, found in CASES if (body in search(typed)) != found]
    assert wrong == []


def bury(cast: Cast, owner: psycopg.Connection) -> None:
    """Add more newer texts than a search walks, and index all."""
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.billing, number=STRANGER, last_message_at=NOW
        )
    owner.execute(
        "INSERT INTO messaging_message (team_id, conversation_id, inbox_id, number, outbound, purpose, status, body,"
        " media, at, created_at, possible_opt_out, author_name, attempts, reason, error_code, error, crossed)"
        " SELECT %s, %s, %s, %s, false, 'text', 'received', '...', '[]', %s + n * interval '1 minute', now(),"
        " false, '', 0, '', '', '', false FROM generate_series(1, 2100) AS n",
        [cast.northside.id, conversation.id, cast.billing.id, STRANGER, NOW + timedelta(days=40)],
    )
    index_team(cast.northside.id, 10)


def test_texts_are_found_newest_first_page_by_page(cast: Cast, results: Callable[..., Any]) -> None:
    bodies = [f"apple {n}" for n in range(PAGE_SIZE + 5)]
    add(cast.front_desk, MARIA, *bodies[:20])
    add(cast.billing, TOM, *bodies[20:], at=NOW + timedelta(days=3))
    first = results("apple")
    assert [text.message.body for text in first["page"].texts] == bodies[::-1][:PAGE_SIZE]
    rest = results("apple", before=first["next_url"].partition("before=")[2].replace("%7E", "~"))
    assert [text.message.body for text in rest["page"].texts] == bodies[::-1][PAGE_SIZE:]
    assert rest["next_url"] == ""


def test_pages_continue_through_the_weeks_of_the_index(
    cast: Cast, results: Callable[..., Any], owner: psycopg.Connection
) -> None:
    bodies = [f"apple {n}" for n in range(2 * PAGE_SIZE + 5)]
    for n, body in enumerate(bodies):
        add(cast.front_desk, MARIA, body, at=NOW - timedelta(days=400) + timedelta(days=5 * n))
    bury(cast, owner)
    found: list[str] = []
    before = ""
    for _ in range(3):
        context = results("apple", before=before)
        found += [text.message.body for text in context["page"].texts]
        before = str(context["page"].last)
    assert found == bodies[::-1]


def test_a_member_finds_texts_of_the_own_inboxes_only(cast: Cast, search: Search) -> None:
    add(cast.front_desk, MARIA, "apple at the desk")
    add(cast.billing, MARIA, "apple in billing")
    add(cast.shop, MARIA, "apple of another team")
    both = ["apple at the desk", "apple in billing"]
    assert sorted(search("apple")) == both
    assert search("apple", cast.member) == both[:1]
    assert search("apple", cast.second) == both[1:]
    assert search("apple", cast.outsider) == ["apple of another team"]
    assert search("apple", cast.member, inbox=cast.billing.id) == []
    assert search("apple", cast.member, person="Maria") == both[:1]


def test_isolation_holds_in_the_index(cast: Cast, search: Search, owner: psycopg.Connection) -> None:
    add(cast.front_desk, MARIA, "apple at the desk")
    add(cast.billing, MARIA, "apple in billing")
    add(cast.shop, MARIA, "apple of another team")
    index_team(cast.harbor.id, 10)
    bury(cast, owner)
    assert search("apple", cast.member) == ["apple at the desk"]
    assert search("apple", cast.second) == ["apple in billing"]
    assert search("apple", cast.outsider) == ["apple of another team"]


def test_a_member_without_an_inbox_finds_nothing(cast: Cast, search: Search) -> None:
    add(cast.front_desk, MARIA, "apple")
    with scope(cast.northside.id):
        cast.member.seats.all().delete()
    assert search("apple", cast.member) == []


PICTURE = [{"url": "https://x.example/1", "type": "image/jpeg"}]


@pytest.mark.parametrize("walked", [True, False], ids=["walk", "index"])
def test_filters(cast: Cast, search: Search, owner: psycopg.Connection, walked: bool) -> None:
    add(cast.front_desk, MARIA, "apple one")
    add(cast.front_desk, MARIA, "apple two", at=NOW + timedelta(days=1), outbound=True)
    add(cast.billing, TOM, "apple three", at=NOW + timedelta(days=2), media=PICTURE)
    if not walked:
        bury(cast, owner)
    assert search("apple", by="us") == ["apple two"]
    assert search("apple", by="them") == ["apple three", "apple one"]
    assert search("apple", inbox=cast.billing.id) == ["apple three"]
    assert search("apple", picture="on") == ["apple three"]
    assert search("", picture="on") == ["apple three"]
    assert search("apple", person="becker") == ["apple three"]
    assert search("apple", person="415 555 0101") == ["apple two", "apple one"]
    assert search("apple", person="nobody") == []
    assert search("", person="Maria Lopez") == ["apple two", "apple one"]
    assert search("apple", since="2026-06-16") == ["apple three", "apple two"]
    assert search("apple", until="2026-06-16") == ["apple two", "apple one"]
    assert search("apple", since="2026-06-16", until="2026-06-16") == ["apple two"]


def test_a_day_is_that_of_the_teams_zone(cast: Cast, search: Search) -> None:
    with scope(cast.northside.id):
        type(cast.northside).objects.filter(id=cast.northside.id).update(time_zone="America/Los_Angeles")
    add(cast.front_desk, MARIA, "late apple", at=datetime(2026, 6, 16, 6, 30, tzinfo=UTC))  # 23:30 on June 15
    assert search("apple", until="2026-06-15") == ["late apple"]
    assert search("apple", since="2026-06-16") == []


def test_people_are_found_by_name_and_number(cast: Cast, results: Callable[..., Any]) -> None:
    add(cast.front_desk, MARIA, "hello")
    add(cast.billing, MARIA, "hello")
    add(cast.shop, MARIA, "hello")

    def people(typed: str, member: Member | None = None) -> list[int]:
        return sorted(row.inbox_id for row in results(typed, member).get("people", []))

    both = sorted([cast.front_desk.id, cast.billing.id])
    assert people("lopez") == people("(415) 555-0101") == people("0101") == both
    assert people("lopez", cast.member) == [cast.front_desk.id]
    assert people("brompton") == []
    assert people("brompton", cast.outsider) == [cast.shop.id]


def test_erased_texts_are_not_found(cast: Cast, search: Search, owner: psycopg.Connection) -> None:
    add(cast.front_desk, MARIA, "apple to erase")
    add(cast.front_desk, TOM, "apple to keep")
    assert len(search("apple")) == 2
    with scope(cast.northside.id):
        erasure.erase_messages(cast.northside.id, [MARIA])
    assert search("apple") == ["apple to keep"]
    assert owner.execute("SELECT count(*) FROM messaging_searchabletext").fetchone() == (1,)


LATE = """
    INSERT INTO messaging_message SELECT (jsonb_populate_record(m, jsonb_build_object(
      'id', nextval('messaging_message_id_seq'), 'body', 'late apple'))).* FROM messaging_message AS m
      WHERE team_id = %s AND id = %s
"""


def test_a_text_that_commits_late_is_found(cast: Cast, search: Search, owner: psycopg.Connection) -> None:
    """A text with a lower ID may appear after one with a higher ID was indexed."""
    (first,) = add(cast.front_desk, MARIA, "early apple")
    index_texts()
    node = node_of_team(owner, cast.northside.id)
    with node.transaction():
        node.execute(LATE, [first.team_id, first.id])
        add(cast.front_desk, TOM, "newer apple", at=NOW + timedelta(days=1))
        for _ in range(3):
            index_texts()
            assert search("apple") == ["newer apple", "early apple"]
    index_texts()
    assert sorted(search("apple")) == ["early apple", "late apple", "newer apple"]
    index_texts()
    assert teams_to_index() == [], "once no gap can be left, nothing is read again"


def test_the_worker_indexes_the_history_newest_first(
    cast: Cast, results: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.search.indexing.BATCH", 3)
    add(cast.front_desk, MARIA, *(f"apple {n}" for n in range(8)))
    context = results("apple")
    assert [text.message.body for text in context["page"].texts] == ["apple 7", "apple 6", "apple 5"]
    assert context["behind"], "the page says that older texts are still missing"
    index_texts()
    context = results("apple")
    assert len(context["page"].texts) == 8 and not context["behind"]


def test_bad_input_is_no_error(cast: Cast, results: Callable[..., Any]) -> None:
    add(cast.front_desk, MARIA, "apple")
    for typed in ("\0", "%", "''", "\\", "a" * 5_000, "é" * 300, "\u202e", "{{", "$1 $name %s"):
        assert results(typed)["page"].texts == []
    assert results("apple", since="2026-99-99")["form"].errors
    assert results("apple", inbox=cast.shop.id)["form"].errors, "another team's inbox is no choice"
    assert results("x" * 5_001)["form"].errors
    assert len(results("apple", before="x")["page"].texts) == 1


def test_a_search_that_takes_too_long_is_ended(
    cast: Cast, results: Callable[..., Any], owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(cast.front_desk, MARIA, "apple")
    assert not results("apple").get("too_long")
    monkeypatch.setattr("messaging.search.text_search.LONGEST", 50)
    with owner.transaction():
        owner.execute("LOCK TABLE messaging_searchabletext")
        assert results("apple")["too_long"]


def test_hits_are_marked_and_everything_else_is_escaped(
    cast: Cast, as_client: Callable[[Member], Client]
) -> None:
    add(cast.front_desk, STRANGER, "<b>Straße</b> & <script>alert(1)</script>")
    page = as_client(cast.owner).get(reverse("search", args=[cast.northside.slug]), {"q": "strasse <script>"})
    html = page.content.decode()
    assert "&lt;b&gt;<mark>Straße</mark>&lt;/b&gt; &amp; &lt;<mark>script</mark>&gt;alert(1)" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("body", "typed", "marked"),
    [
        ("Apple pie", "apple", "[Apple] pie"),
        ("Pineapple", "apple", "Pine[apple]"),
        ("Straße", "strasse", "[Straße]"),
        ("Łukasz", "lukasz", "[Łukasz]"),
        ("caf\u0065\u0301!", "café", "[caf\u0065\u0301]!"),
        ("at a table", "a", "[a]t [a] table"),  # one letter begins a word
        ("invi\u200bsible", "invisible", "[invi\u200bsible]"),
        ("one two", "two one", "[one] [two]"),
        ("nothing", "apple", "nothing"),
        ("", "apple", ""),
        ("x " * 100 + "needle " + "y " * 200, "needle", "…" + "x " * 29 + "[needle] " + "y " * 78 + "…"),
    ],
)
def test_excerpts(body: str, typed: str, marked: str) -> None:
    parts = excerpt(body, typed_words(typed))
    shown = "".join(f"[{part.words}]" if part.is_hit else part.words for part in parts)
    assert shown.replace(" ", "") == marked.replace(" ", "")
