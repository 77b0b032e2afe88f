"""Texts to review: the folder with its counts and filters, and the way from one decision to the next text."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.loading import load
from kernel.tenancy import scope
from messaging.models import Conversation
from messaging.to_review import TextsToReview, review_counts_loader
from optout.review_wording import describe_due
from optout.reviews import Review, ReviewKind, ReviewOutcome
from tests.cast import MARIA, STRANGER, TOM, Cast
from tests.messaging.reviewed_texts import receive_text, review_text

FRIDAY = date(2026, 12, 11)


def listed(cast: Cast, member: Member, **options: Any) -> list[str]:
    with scope(cast.northside.id):
        loader = TextsToReview.loader(
            member, options.get("inbox"), options.get("kind", ""), options.get("today", FRIDAY)
        )
        page = load(loader)
        return [text.body for text in page.texts]


def conversation_of(cast: Cast, review: Review) -> int:
    with scope(cast.northside.id):
        return Conversation.objects.get(
            team_id=review.team_id, inbox_id=review.inbox_id, number=review.number
        ).id


def decide(cast: Cast, client: Client, review: Review, decision: str, query: str = "") -> Any:
    """Decide by one of the views "text_release", "text_opt_out" and "text_done"."""
    address = reverse(decision, args=[cast.northside.slug, conversation_of(cast, review), review.message_id])
    return client.post(f"{address}?{query}")


def state(cast: Cast, review: Review) -> str:
    with scope(cast.northside.id):
        return str(Review.objects.get(team_id=review.team_id, id=review.id).outcome)


def test_the_oldest_due_comes_first_and_texts_without_a_due_day_last(cast: Cast) -> None:
    review_text(cast.front_desk, MARIA, "no day", ReviewKind.MARK)
    review_text(cast.front_desk, MARIA, "later", due_on=FRIDAY)
    review_text(cast.billing, TOM, "sooner", due_on=FRIDAY - timedelta(days=1))
    assert listed(cast, cast.owner) == ["sooner", "later", "no day"]


def test_a_member_sees_only_their_inboxes(cast: Cast) -> None:
    review_text(cast.front_desk, MARIA, "at the desk")
    review_text(cast.billing, TOM, "at billing")
    assert listed(cast, cast.member) == ["at the desk"]
    assert listed(cast, cast.owner, inbox=cast.billing) == ["at billing"]
    with scope(cast.northside.id):
        members = (cast.member, cast.second, cast.owner)
        assert [load(review_counts_loader(who, None)).total for who in members] == [1, 1, 2]


def test_kinds_are_counted_and_filter(cast: Cast) -> None:
    review_text(cast.front_desk, MARIA, "held")
    review_text(cast.front_desk, TOM, "text me again", ReviewKind.WANTS_TEXTS)
    assert listed(cast, cast.owner, kind=ReviewKind.WANTS_TEXTS) == ["text me again"]
    with scope(cast.northside.id):
        choices = load(review_counts_loader(cast.owner, None)).choices
    assert [(choice.name, choice.count) for choice in choices] == [
        ("All", 2),
        ("Held", 1),
        ("Wants texts", 1),
    ]


def test_decided_texts_are_not_listed(cast: Cast) -> None:
    review = review_text(cast.front_desk, MARIA, "decided")
    with scope(cast.northside.id):
        Review.objects.filter(team=cast.northside, id=review.id).update(outcome=ReviewOutcome.DISMISSED)
    assert listed(cast, cast.owner) == []


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "overdue"), (0, "due today"), (1, "due tomorrow"), (3, "due in 3 business days")],
)
def test_the_due_day_in_words(days: int, words: str) -> None:
    assert describe_due(days) == words


def test_the_page_says_who_what_why_and_until_when(cast: Cast, as_client: Any) -> None:
    day = timezone.localdate() + timedelta(days=60)
    review_text(cast.front_desk, MARIA, "wrong number", due_on=day)
    page = as_client(cast.owner).get(reverse("inbox", args=[cast.northside.slug]) + "?folder=review")
    shown = page.content.decode()
    assert "Maria Lopez" in shown and "“wrong number”, may be meant for somebody else" in shown
    assert "due in" in shown and 'class="count">1<' in shown


def test_an_opted_out_person_is_red_with_the_word(cast: Cast, as_client: Any) -> None:
    """Also for a member with one inbox, whose rows do not name it."""
    receive_text(cast.front_desk, MARIA, "STOP")
    receive_text(cast.front_desk, MARIA, "sorry, you can text me again")
    page = as_client(cast.member).get(reverse("inbox", args=[cast.northside.slug]) + "?folder=review")
    row = page.content.decode().split('id="conversations"')[1].split("</ul>")[0]
    assert "data-stopped" in row and "Wants texts" in row and "Opted out" in row


def test_the_empty_folder_says_so(cast: Cast, as_client: Any) -> None:
    page = as_client(cast.owner).get(reverse("inbox", args=[cast.northside.slug]) + "?folder=review")
    assert "Nothing to review" in page.content.decode()


def test_the_banner_gives_the_reason_and_the_due_day(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number", due_on=date(2026, 12, 10))
    shown = as_client(cast.member).get(
        reverse("conversation", args=[cast.northside.slug, conversation_of(cast, review)])
    ).content.decode()  # fmt: skip
    words = " ".join(shown.split())
    assert (
        "<strong>Held for review</strong>: <bdi>“wrong number”, may be meant for somebody else</bdi>."
        in words
    )
    assert "Nothing is sent automatically until somebody decides." in words
    assert "Due Thursday, December 10." in words
    assert 'data-keys="o" data-keys-in-view' in shown and 'data-keys="n" data-keys-in-view' in shown


def test_the_keys_decide_the_text_that_was_chosen(cast: Cast, as_client: Any) -> None:
    """Otherwise the newest text."""
    older, newer = (review_text(cast.front_desk, MARIA, body) for body in ("who is this", "wrong number"))
    client = as_client(cast.member)
    address = reverse("conversation", args=[cast.northside.slug, conversation_of(cast, older)])
    for query, keyed in (("", newer), (f"?text={older.message_id}", older)):
        before_key = client.get(address + query).content.decode().split('data-keys="o"')[0]
        assert f'id="m{keyed.message_id}"' in before_key
        assert before_key.count('aria-label="To review"') == (2 if keyed is newer else 1)


def test_after_a_decision_comes_the_next_text(cast: Cast, as_client: Any) -> None:
    first = review_text(cast.front_desk, MARIA, "first", due_on=FRIDAY)
    second = review_text(cast.front_desk, TOM, "second", due_on=FRIDAY)
    last = review_text(cast.front_desk, STRANGER, "last", due_on=FRIDAY)
    client = as_client(cast.member)
    for decided, following in ((second, last), (last, first)):
        answer = decide(cast, client, decided, "text_release", "folder=review")
        page = reverse("conversation", args=[cast.northside.slug, conversation_of(cast, following)])
        query = f"folder=review&text={following.message_id}&decided={decided.message_id}"
        assert answer.status_code == 302 and answer.url == f"{page}?{query}#m{following.message_id}"
    answer = decide(cast, client, first, "text_opt_out", "folder=review")
    assert answer.url == f"/t/northside-dental/inbox/?folder=review&decided={first.message_id}"
    end = client.get(answer.url).content.decode()
    assert "Nothing to review" in end and "Undo" in end


def test_a_decision_in_the_thread_stays_there(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number")
    review_text(cast.front_desk, TOM, "another")
    answer = decide(cast, as_client(cast.member), review, "text_release")
    assert answer.url.startswith(
        reverse("conversation", args=[cast.northside.slug, conversation_of(cast, review)])
    )
    assert state(cast, review) == ReviewOutcome.DISMISSED


def test_undo_is_offered_to_the_member_who_decided(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number")
    client = as_client(cast.member)
    address = decide(cast, client, review, "text_release").url
    undo = reverse(
        "delete_text_opt_out", args=[cast.northside.slug, conversation_of(cast, review), review.message_id]
    )
    assert undo in client.get(address).content.decode()
    assert undo not in as_client(cast.owner).get(address).content.decode()
    assert client.post(undo).status_code == 302
    assert state(cast, review) == ReviewOutcome.OPEN


def test_undo_is_offered_for_ten_seconds(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number")
    client = as_client(cast.member)
    address = decide(cast, client, review, "text_release").url
    with scope(cast.northside.id):
        Review.objects.filter(team=cast.northside).update(decided_at=timezone.now() - timedelta(seconds=11))
    assert "Undo" not in client.get(address).content.decode()


def test_a_text_that_another_member_decided_is_refused(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number")
    decide(cast, as_client(cast.owner), review, "text_release")
    refused = decide(cast, as_client(cast.member), review, "text_opt_out")
    assert refused.status_code == 422 and "decided already by Olivia Owens" in refused.content.decode()


def test_a_member_without_the_inbox_cannot_decide(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "wrong number")
    assert decide(cast, as_client(cast.second), review, "text_release").status_code == 404


def test_an_old_text_is_shown_with_the_texts_before_it(cast: Cast, as_client: Any) -> None:
    review_text(cast.front_desk, MARIA, "before")
    review = review_text(cast.front_desk, MARIA, "the held one")
    for number in range(45):
        review_text(cast.front_desk, MARIA, f"text {number}", outcome=ReviewOutcome.DISMISSED)
    address = reverse("conversation", args=[cast.northside.slug, conversation_of(cast, review)])
    client = as_client(cast.member)
    assert "the held one" not in client.get(address).content.decode().split('id="entries"')[1]
    chosen = client.get(f"{address}?text={review.message_id}").content.decode().split('id="entries"')[1]
    assert "the held one" in chosen and "before" in chosen
