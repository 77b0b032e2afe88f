"""Reviews on the pages: wishes to be texted again, calls after a CANCEL, and opt-outs in own words."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.models import Message
from optout import consent
from optout.consent_types import Actor
from optout.ledger import history
from optout.models import StandingState
from optout.number_locks import lock_number
from optout.number_state import fetch_number_state, standing
from optout.reader.outcome import Outcome
from optout.reviews import Review, ReviewKind
from tests.cast import MARIA, TOM, Cast
from tests.messaging.reviewed_texts import receive_text, review_text

WISH = "sorry, you can text me again"


def conversation(cast: Cast, client: Client, review: Review) -> str:
    with scope(cast.northside.id):
        text = Message.objects.get(team_id=review.team_id, id=review.message_id)
    page = client.get(reverse("conversation", args=[cast.northside.slug, text.conversation_id]))
    return " ".join(page.content.decode().split())


def wish(cast: Cast) -> Review:
    receive_text(cast.front_desk, MARIA, "STOP", minutes_ago=3)
    return review_text(
        cast.front_desk, MARIA, WISH, ReviewKind.WANTS_TEXTS, minutes_ago=2, rule="wishes to be texted again"
    )


def form_fields(page: str, review: Review) -> dict[str, str]:
    """The values of the form of fresh consent at the text."""
    form = page.split(f'id="text_{review.message_id}_words"')[1].split("</form>")[0]
    return {
        "words": form.split(">", 1)[1].split("</textarea>")[0].strip(),
        "source": form.split('name="source" value="')[1].split('"')[0],
        "obtained_at": form.split('name="obtained_at" value="')[1].split('"')[0],
    }


def test_an_admin_records_a_wish_as_fresh_consent_in_one_click(cast: Cast, as_client: Any) -> None:
    review, client = wish(cast), as_client(cast.admin)
    fields = form_fields(conversation(cast, client, review), review)
    assert (fields["words"], fields["source"]) == (WISH, "Text to Front Desk")
    address = reverse("opt_in", args=[cast.northside.slug, MARIA])
    assert client.post(address, fields | {"inbox": cast.front_desk.id}).status_code == 302
    with scope(cast.northside.id):
        assert standing(cast.northside.id, MARIA).state == StandingState.ACTIVE


def test_a_member_sees_that_an_admin_can_record_it(cast: Cast, as_client: Any) -> None:
    page = conversation(cast, as_client(cast.member), wish(cast))
    assert (
        "Wants texts again" in page and "An owner or admin can record these words as fresh consent." in page
    )
    assert "Record as fresh consent" not in page


def test_a_wish_has_no_keys(cast: Cast, as_client: Any) -> None:
    assert "data-keys-in-view" not in conversation(cast, as_client(cast.admin), wish(cast))


def test_a_cancel_after_an_appointment_asks_for_a_call(cast: Cast, as_client: Any) -> None:
    review = review_text(cast.front_desk, MARIA, "CANCEL", ReviewKind.APPOINTMENT)
    client = as_client(cast.member)
    page = conversation(cast, client, review)
    assert "Opted out, may have meant the appointment:" in page and f'href="tel:{MARIA}"' in page
    with scope(cast.northside.id):
        text = Message.objects.get(team_id=review.team_id, id=review.message_id)
    address = reverse("text_done", args=[cast.northside.slug, text.conversation_id, text.id])
    assert client.post(address).status_code == 302
    page = conversation(cast, client, review)
    assert "may have meant" not in page and "Called by Maya Chen" in page


def test_a_marked_text_has_no_words_about_a_hold(cast: Cast, as_client: Any) -> None:
    page = conversation(
        cast, as_client(cast.member), review_text(cast.front_desk, MARIA, "not for me", ReviewKind.MARK)
    )
    assert "May be an opt-out" in page and "Nothing is sent automatically" not in page
    assert 'data-keys="o" data-keys-in-view' in page and 'id="held-warning"' not in page


def test_the_composer_warns_while_a_text_is_held(cast: Cast, as_client: Any) -> None:
    page = conversation(
        cast,
        as_client(cast.member),
        review_text(cast.front_desk, MARIA, "wrong number", due_on=date(2026, 12, 10)),
    )
    assert 'id="held-warning"' in page and 'aria-label="Text to Maria Lopez"' not in page
    assert "Text to Maria Lopez</label>" in page, "members may reply"


def test_the_badge_of_a_held_number(cast: Cast, as_client: Any) -> None:
    """Not red, which means that a number may not be texted."""
    review_text(cast.front_desk, MARIA, "wrong number")
    client = as_client(cast.owner)
    slug = cast.northside.slug
    for address in (
        reverse("contacts", args=[slug]),
        reverse("contact", args=[slug, MARIA]),
        reverse("inbox", args=[slug]),
    ):
        page = client.get(address).content.decode()
        assert page.count('<span class="held"') == 1, address
        assert "data-stopped" not in page
    standing = client.get(reverse("standing", args=[slug, MARIA])).content.decode()
    assert 'data-state="held"' in standing and "data-stopped" not in standing
    assert '<span class="held"' not in client.get(reverse("contact", args=[slug, TOM])).content.decode()


@pytest.mark.parametrize("who", ["owner", "member"])
def test_contacts_are_filtered_by_holds(cast: Cast, as_client: Any, who: str) -> None:
    member: Member = getattr(cast, who)
    review_text(cast.front_desk, MARIA, "wrong number")
    review_text(cast.front_desk, TOM, "not for me", ReviewKind.MARK)
    page = as_client(member).get(reverse("contacts", args=[cast.northside.slug]) + "?status=held")
    shown = page.content.decode().split('id="results"')[1]
    assert "Maria Lopez" in shown and "Tom Becker" not in shown and "Status: Held for review" in shown


# -- opt-outs in a person's own words ----------------------------------------------------------------------------


def opts_out_in_own_words(cast: Cast, body: str = "take me off the waiting list") -> Message:
    """An opt-out as the reader writes it when it understands words, whatever it says about these."""
    text = receive_text(cast.front_desk, TOM, "hello")
    with scope(cast.northside.id):
        now = lock_number(cast.northside.id, TOM)
        consent.apply_keyword(
            cast.front_desk, TOM, Outcome.OPT_OUT, before=fetch_number_state(cast.northside.id, TOM), now=now,
            at=now, words=body, message_id=text.id, carrier_answers=False,
            reason="understood as opt-out: “take me off”, asks to be removed",
        )  # fmt: skip
    return text


def misread(cast: Cast, client: Client, text: Message, reason: str) -> Any:
    address = reverse("misreading", args=[cast.northside.slug, text.conversation_id, text.id])
    return client.post(address, {"reason": reason})


def thread(cast: Cast, client: Client, text: Message) -> str:
    page = client.get(reverse("conversation", args=[cast.northside.slug, text.conversation_id]))
    return " ".join(page.content.decode().split())


def state(cast: Cast) -> StandingState:
    with scope(cast.northside.id):
        return standing(cast.northside.id, TOM).state


def test_an_opt_out_in_own_words_says_why(cast: Cast, as_client: Any) -> None:
    page = thread(cast, as_client(cast.member), opts_out_in_own_words(cast))
    assert "<bdi>Understood as opt-out: “take me off”, asks to be removed</bdi>" in page
    assert "(understood as opt-out: “take me off”, asks to be removed)" in page, "in the history"
    assert "Misread…" not in page, "only owners and admins"


def test_an_admin_marks_it_as_misread(cast: Cast, as_client: Any) -> None:
    text, client = opts_out_in_own_words(cast), as_client(cast.admin)
    assert "Misread…" in thread(cast, client, text)
    assert misread(cast, client, text, "").status_code == 422
    assert misread(cast, client, text, "The waiting list").status_code == 302
    assert state(cast) == StandingState.ACTIVE
    with scope(cast.northside.id):
        lifted, opted_out = history(cast.northside.id, TOM)
    assert (lifted.action, lifted.reason, lifted.actor_name) == (
        "opted_in",
        "misread: The waiting list",
        "Amir Adams",
    )
    assert opted_out.action == "opted_out" and not lifted.is_opt_in
    assert misread(cast, client, text, "Again").status_code == 422, "there is nothing left to lift"


def test_a_misreading_lifts_that_opt_out_alone(cast: Cast, as_client: Any) -> None:
    text = opts_out_in_own_words(cast)
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, TOM, Actor.of(cast.owner), reason="Our decision")
    assert misread(cast, as_client(cast.admin), text, "The waiting list").status_code == 302
    assert state(cast) == StandingState.OPTED_OUT


def test_a_stop_since_cannot_be_misread(cast: Cast, as_client: Any) -> None:
    text = opts_out_in_own_words(cast)
    receive_text(cast.front_desk, TOM, "STOP")
    client = as_client(cast.admin)
    assert "Misread…" not in thread(cast, client, text)
    assert misread(cast, client, text, "The waiting list").status_code == 422
    assert state(cast) == StandingState.OPTED_OUT
