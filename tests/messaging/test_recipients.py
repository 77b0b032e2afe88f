"""To of a new conversation: names and numbers, suggestions, and people who may not be texted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from contacts.contact.models import Contact
from kernel.tenancy import scope
from messaging.models import Message
from messaging.recipients import find_recipients
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin, StandingState, Suppression, SuppressionKind
from tests.cast import MARIA, STRANGER, TOM, Cast


@pytest.fixture
def send(cast: Cast, as_client: Callable[[Member], Client]) -> Callable[[str], Any]:
    """Post the form with this recipient."""
    page = reverse("new_conversation", args=[cast.northside.slug])
    browser = as_client(cast.member)
    return lambda to: browser.post(
        page, {"number": to, "inbox": cast.front_desk.id, "body": "Your bike is ready"}
    )


def sent_to(cast: Cast) -> list[str]:
    with scope(cast.northside.id):
        return list(Message.objects.filter(team=cast.northside).values_list("number", flat=True))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("(415) 555-0101", MARIA), ("Maria Lopez", MARIA), ("becker", TOM), ("TOM", TOM), (STRANGER, STRANGER)],
)
def test_a_text_goes_to_a_name_or_a_number(
    cast: Cast, send: Callable[[str], Any], typed: str, number: str
) -> None:
    assert send(typed).status_code == 302
    assert sent_to(cast) == [number]


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("", "Enter a name or a phone number."),
        ("Nobody Atall", "No contact has this name. Enter a phone number."),
        ("brompton", "No contact has this name. Enter a phone number."),  # of another team
        ("Lopez", "Several people match. Choose one, or enter the phone number."),
        ("12", "There is no such phone number."),
        ("\0", "Enter a"),
    ],
)
def test_the_text_is_kept_when_the_recipient_is_not_clear(
    cast: Cast, send: Callable[[str], Any], typed: str, error: str
) -> None:
    with scope(cast.northside.id):
        Contact.objects.create(team=cast.northside, number=STRANGER, first_name="Ana", last_name="Lopez")
    answer = send(typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    if typed != "\0":
        assert error in html and "Your bike is ready</textarea>" in html
    assert sent_to(cast) == []
    if typed == "Lopez":
        assert {recipient.number for recipient in answer.context["recipients"]} == {MARIA, STRANGER}


def test_a_person_who_may_not_be_texted_cannot_be_chosen(
    cast: Cast, send: Callable[[str], Any], as_client: Callable[[Member], Client]
) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor.of(cast.owner), reason="they asked us")
    page = reverse("recipients", args=[cast.northside.slug])
    query = {"number": "maria", "inbox": str(cast.front_desk.id)}
    html = as_client(cast.member).get(page, query, HTTP_HX_REQUEST="true").content.decode()
    assert 'aria-disabled="true"' in html and "Opted out" in html and "See why" in html
    assert reverse("standing", args=[cast.northside.slug, MARIA]) in html
    assert "data-value" not in html
    answer = send("Maria Lopez")
    assert answer.status_code == 422 and "See why" in answer.content.decode()
    assert sent_to(cast) == []


def test_the_standing_is_that_of_the_chosen_inbox(cast: Cast) -> None:
    team = cast.northside
    with scope(team.id):
        Suppression.objects.create(
            team=team, number=MARIA, kind=SuppressionKind.OPT_OUT, origin=Origin.CARRIER, inbox=cast.billing,
            event_id=1, created_at=timezone.now(),
        )  # fmt: skip

        def state(inbox_id: int | None) -> StandingState:
            (found,) = find_recipients(team, "maria", inbox_id)
            return found.state

        assert state(cast.billing.id) == StandingState.OPTED_OUT
        assert state(cast.front_desk.id) == StandingState.ACTIVE


def test_suggestions_are_people_of_the_team(cast: Cast) -> None:
    with scope(cast.northside.id):
        found = find_recipients(cast.northside, "lopez", None)
        assert [(person.name, person.number, person.may_text) for person in found] == [
            ("Maria Lopez", MARIA, True)
        ]
        assert [person.number for person in find_recipients(cast.northside, STRANGER, None)] == [STRANGER]
        for typed in ("", "%", "\0", "x" * 5_000, "'; --"):
            assert find_recipients(cast.northside, typed, None) == []


def test_to_has_the_focus_and_keeps_a_given_number(cast: Cast, as_client: Callable[[Member], Client]) -> None:
    html = (
        as_client(cast.member)
        .get(reverse("new_conversation", args=[cast.northside.slug]), {"number": TOM})
        .content.decode()
    )
    field = html[html.index('name="number"') :].partition(">")[0]
    assert "autofocus" in field and f'value="{TOM}"' in field
