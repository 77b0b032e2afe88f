"""One contact: its page, made, edited, given another number, merged, deleted; and never an opt-out lost on the way."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Inbox, Member
from contacts.contact import number_changes
from contacts.contact.forms import TagsField
from contacts.contact.merge import merge_columns
from contacts.contact.models import Contact
from contacts.lists.models import ContactList, ListEntry, Tag
from kernel.number_field import NumberField
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import inbound, outbound
from messaging.carriers.base import InboundText
from messaging.models import MessageStatus
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin, StandingState
from optout.number_state import standing_across_inboxes
from tests.cast import MARIA, STRANGER, TOM, Cast

MAYA = Actor(Origin.MEMBER, "Maya Chen", 7)
NEW = "+14155550177"


@pytest.fixture
def maya(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.member)


@pytest.fixture
def olivia(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.owner)


def at(cast: Cast, name: str, *number: str) -> str:
    return reverse(name, args=[cast.northside.slug, *number])


def say(inbox: Inbox, number: str, body: str, sid: str = "SM1") -> None:
    with scope(inbox.team_id):
        inbound.receive(inbox, InboundText(sid, number, body, timezone.now()))


def opt_out(cast: Cast, number: str) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, number, MAYA, reason="They asked us")


def state(cast: Cast, number: str) -> StandingState:
    with scope(cast.northside.id):
        return standing_across_inboxes(cast.northside.id, number).state


def find(cast: Cast, number: str) -> Contact | None:
    with scope(cast.northside.id):
        return (
            Contact.objects.select_related("assignee__user")
            .filter(team=cast.northside, number=number)
            .first()
        )


def labels(cast: Cast, number: str) -> tuple[list[str], list[str]]:
    with scope(cast.northside.id):
        found = Contact.objects.get(team=cast.northside, number=number)
        return [tag.name for tag in found.sorted_tags()], [entry.name for entry in found.sorted_lists()]


def goes_to(response: Any, address: str) -> bool:
    return response.status_code == 302 and str(response.url) == address


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# -- reading -----------------------------------------------------------------------------------------------------

NUMBERS = [
    ("US", "(415) 555-0101", MARIA),
    ("US", "1 415 555 0101", MARIA),
    ("US", "384387", "US:384387"),
    ("DE", "384387", "DE:384387"),
    ("DE", "US:384387", "US:384387"),
    ("DE", "4915123456789", "+4915123456789"),
    ("GB", "020 7946 0958", "+442079460958"),
    ("US", "415 555 0101 ext. 7", None),
    ("US", "12", None),
    ("US", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("country", "typed", "number"), NUMBERS)
def test_a_number_is_read_with_the_teams_country(country: str, typed: str, number: str | None) -> None:
    field = NumberField(country)
    if number:
        assert field.clean(typed) == number
    else:
        with pytest.raises(ValidationError):
            field.clean(typed)


@pytest.mark.parametrize("typed", ["ACME", "DE:384387", "+19995550000"])
def test_a_number_that_nobody_could_enter_is_kept_by_whom_it_has(typed: str) -> None:
    assert NumberField("US", current=typed).clean(typed) == typed


def test_tags_are_words_between_commas_in_one_spelling() -> None:
    assert TagsField().clean(" VIP, new  patient ,vip,, ") == ["vip", "new patient"]
    assert TagsField().clean("") == []
    with pytest.raises(ValidationError):
        TagsField().clean("x" * 41)


def test_what_no_table_can_hold_is_no_crash(cast: Cast, olivia: Client) -> None:
    for name, asked in (("new_contact", "number"), ("number_preview", "number"), ("merge_contact", "q")):
        number = [MARIA] if name == "merge_contact" else []
        assert olivia.get(at(cast, name, *number), {asked: "\0x"}).status_code == 200
    everything = dict.fromkeys(
        ["number", "first_name", "tags", "note", "lists", "assignee", "status", "answer"], "\0"
    )
    assert olivia.post(at(cast, "new_contact"), everything).status_code == 422


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_shows_details_history_and_the_conversations_that_one_may_see(
    cast: Cast, maya: Client, olivia: Client
) -> None:
    say(cast.front_desk, MARIA, "See you at five")
    say(cast.billing, MARIA, "About the bill", "SM2")
    say(cast.front_desk, TOM, "Something else", "SM3")
    seen = text(maya.get(at(cast, "contact", MARIA)))
    assert "Maria Lopez" in seen and "See you at five" in seen
    assert "About the bill" not in seen and "Something else" not in seen
    assert "conversations/new/?number=%2B14155550101" in seen
    assert at(cast, "contact_deletion", MARIA) not in seen
    say(cast.front_desk, MARIA, "STOP", "SM4")
    seen = text(olivia.get(at(cast, "contact", MARIA)))
    assert "About the bill" in seen and "Contact opted out by texting STOP to Front Desk" in seen
    assert "conversations/new/?number=" not in seen
    assert at(cast, "contact_deletion", MARIA) in seen


def test_a_number_that_is_nobodys_contact_has_a_page_that_offers_to_make_one(
    cast: Cast, maya: Client
) -> None:
    opt_out(cast, STRANGER)
    seen = text(maya.get(at(cast, "contact", STRANGER)))
    assert "Nobody&#x27;s contact" in seen or "Nobody's contact" in seen
    assert "Opted out" in seen and "Maya Chen opted this contact out" in seen
    assert f"{at(cast, 'new_contact')}?number=%2B14155550199" in seen
    assert maya.get(at(cast, "edit_contact", STRANGER)).status_code == 302
    assert 'value="(415) 555-0199"' in text(maya.get(at(cast, "new_contact"), {"number": STRANGER}))


# -- made --------------------------------------------------------------------------------------------------------


def test_a_contact_is_made_with_everything(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        recalls = ContactList.objects.create(team=cast.northside, name="Recalls")
        Tag.objects.create(team=cast.northside, name="VIP")
    form: dict[str, Any] = {
        "number": "(415) 555-0177", "first_name": "Ana", "last_name": "Ng", "email": "ana@ng.example",
        "tags": "vip, Braces", "lists": [recalls.id], "assignee": cast.second.id, "note": "Mornings",
        "status": "active",
    }  # fmt: skip
    assert goes_to(maya.post(at(cast, "new_contact"), form), at(cast, "contact", NEW))
    made = find(cast, NEW)
    assert made and (made.name, made.email, made.note) == ("Ana Ng", "ana@ng.example", "Mornings")
    assert made.assignee == cast.second
    assert labels(cast, NEW) == (["Braces", "VIP"], ["Recalls"])
    assert state(cast, NEW) == StandingState.ACTIVE
    again = maya.post(at(cast, "new_contact"), form)  # the form sent twice
    assert again.status_code == 422
    assert "Ana Ng has this number already." in text(again) and at(cast, "contact", NEW) in text(again)


@pytest.mark.parametrize(
    ("status", "after", "words"),
    [
        ("opt_out", StandingState.OPTED_OUT, "Maya Chen opted this contact out (created as opted out)"),
        ("block", StandingState.BLOCKED, "Maya Chen blocked this number (created as blocked)"),
    ],
)
def test_a_contact_is_made_opted_out_or_blocked(
    cast: Cast, maya: Client, status: str, after: StandingState, words: str
) -> None:
    maya.post(at(cast, "new_contact"), {"number": NEW, "status": status})
    assert state(cast, NEW) == after
    assert words in text(maya.get(at(cast, "contact", NEW)))


def test_a_contact_made_at_the_same_moment_by_a_text_is_an_error_and_no_crash(
    cast: Cast, maya: Client, owner: psycopg.Connection
) -> None:
    """The text's contact is not there yet when one looks for it, and there when one's own is written."""

    def post() -> Any:
        try:
            return maya.post(at(cast, "new_contact"), {"number": NEW, "status": "block"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as elsewhere:
        with owner.transaction(), scope(cast.northside.id):
            owner.execute(
                "INSERT INTO contacts_contact (team_id, number, first_name, last_name, display_name, email, note,"
                " created_at, updated_at) VALUES (%s, %s, 'Ana', '', '', '', '', now(), now())",
                [cast.northside.id, NEW],
            )
            posted = elsewhere.submit(post)
            until = time.monotonic() + 5
            while not fetch("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"):
                assert time.monotonic() < until, "it does not wait for the text's contact"
                time.sleep(0.005)
        answer = posted.result()
    assert answer.status_code == 422 and "Ana has this number already." in text(answer)
    assert state(cast, NEW) == StandingState.ACTIVE


def test_a_number_that_may_not_be_texted_says_so_while_typed_and_once_when_saved(
    cast: Cast, maya: Client
) -> None:
    say(cast.front_desk, NEW, "STOP")
    with scope(cast.northside.id):
        Contact.objects.filter(team=cast.northside, number=NEW).delete()
    who = "Contact opted out by texting STOP to Front Desk"
    check = at(cast, "number_preview")
    assert who in text(maya.get(check, {"number": "415-555-0177"}))
    assert "Maria Lopez" in text(maya.get(check, {"number": MARIA}))
    assert text(maya.get(check, {"number": MARIA, "of": str(cast.maria.id)})) == ""
    assert (
        text(maya.get(check, {"number": "415-555"}))
        == text(maya.get(check, {"number": TOM[:-1] + "9"}))
        == ""
    )
    form = {"number": "415-555-0177", "status": "active"}
    asked = maya.post(at(cast, "new_contact"), form)
    assert asked.status_code == 422 and who in text(asked) and "Save anyway" in text(asked)
    assert find(cast, NEW) is None
    key = asked.context["question"].key
    other = maya.post(at(cast, "new_contact"), form | {"answer": key.replace(NEW, MARIA)})
    assert other.status_code == 422  # the answer to another question
    assert maya.post(at(cast, "new_contact"), form | {"answer": key}).status_code == 302
    assert find(cast, NEW) and state(cast, NEW) == StandingState.OPTED_OUT


# -- edited ------------------------------------------------------------------------------------------------------


def edited(cast: Cast, maya: Client, **form: Any) -> Any:
    return maya.post(at(cast, "edit_contact", MARIA), {"number": MARIA, "first_name": "Maria"} | form)


def test_what_is_edited_is_saved_and_nothing_else(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        lists = [ContactList.objects.create(team=cast.northside, name=name) for name in ("Recalls", "Spring")]
        ListEntry.objects.create(team=cast.northside, contact=cast.maria, list=lists[0])
    say(cast.front_desk, MARIA, "Hello")
    before = find(cast, MARIA)
    assert 'value="(415) 555-0101"' in text(maya.get(at(cast, "edit_contact", MARIA)))
    saved = edited(cast, maya, last_name="Ortiz", tags="VIP", lists=[lists[1].id], next=at(cast, "inbox"))
    assert saved.url == at(cast, "inbox")
    after = find(cast, MARIA)
    assert before and after and after.name == "Maria Ortiz"
    assert (after.last_message_at, after.last_inbox_id) == (before.last_message_at, before.last_inbox_id)
    assert after.updated_at > before.updated_at
    assert labels(cast, MARIA) == (["VIP"], ["Spring"])
    wrong = edited(cast, maya, email="nobody", number="12")
    assert wrong.status_code == 422 and "valid email" in text(wrong)
    assert edited(cast, maya, number=TOM).status_code == 422


def test_the_small_form_beside_a_conversation_goes_on_working(cast: Cast, maya: Client) -> None:
    beside: Any = {"HX-Request": "true", "HX-Target": "contact-details"}
    for number in (MARIA, STRANGER):  # who is nobody's contact becomes one
        form = text(maya.get(at(cast, "edit_contact", number), headers=beside))
        assert "<html" not in form and 'name="tags"' in form and 'name="number"' not in form
        data = {"first_name": "Ana", "email": "ana@ng.example", "tags": "VIP"}
        saved = maya.post(at(cast, "edit_contact", number), data, headers=beside)
        assert saved.status_code == 200 and "Ana" in text(saved) and "VIP" in text(saved)
        found = find(cast, number)
        assert found and found.email == "ana@ng.example"
    wrong = maya.post(at(cast, "edit_contact", MARIA), {"email": "nobody"}, headers=beside)
    assert wrong.status_code == 422 and "<html" not in text(wrong)


# -- another number ----------------------------------------------------------------------------------------------


def stand(cast: Cast, number: str, wanted: str) -> None:
    with scope(cast.northside.id):
        for word in wanted.split():
            record = consent.block if word == "block" else consent.opt_out
            record(cast.northside.id, number, MAYA, reason="They asked us")


MOVES = [  # the old number, the new one, what the member answers; the new one after it
    ("", "", None, StandingState.ACTIVE),
    ("opt_out", "", True, StandingState.OPTED_OUT),
    ("opt_out", "", False, StandingState.ACTIVE),
    ("block", "", True, StandingState.BLOCKED),
    ("block", "opt_out", False, StandingState.OPTED_OUT),
    ("opt_out block", "opt_out", True, StandingState.BLOCKED),
    ("", "opt_out", False, StandingState.OPTED_OUT),
    ("", "block", True, StandingState.BLOCKED),
]


def test_a_new_number_lifts_nothing_and_the_old_one_keeps_its_own(cast: Cast) -> None:
    for place, (old, new, carry, after) in enumerate(MOVES):
        left, taken = f"+1415555020{place}", f"+1415555030{place}"
        stand(cast, left, old)
        stand(cast, taken, new)
        before = state(cast, left)
        with scope(cast.northside.id):
            someone = Contact.objects.create(team=cast.northside, number=left)
            question = number_changes.NumberWarning.about(cast.northside.id, taken, leaves=left)
            assert question.is_open == (carry is not None)
            number_changes.change_number(someone, taken, by=MAYA, answer=question.key, carry=bool(carry))
        assert (state(cast, taken), state(cast, left)) == (after, before), f"{old} to {new}, carry {carry}"


@pytest.mark.parametrize(
    ("old", "new", "carry"), [("", "", ""), ("opt_out", "", "on"), ("block", "opt_out", "")]
)
def test_a_new_number_asks_first_and_takes_along_what_was_filled_in(
    cast: Cast, maya: Client, old: str, new: str, carry: str
) -> None:
    stand(cast, MARIA, old)
    stand(cast, NEW, new)
    form = {"number": NEW, "last_name": "Ortiz", "tags": "VIP"}
    moved = edited(cast, maya, **form)
    if old:
        seen = text(moved)
        assert moved.status_code == 422 and find(cast, NEW) is None
        assert (
            "Maya Chen" in seen
            and 'name="carry" checked' in seen
            and 'name="last_name" value="Ortiz"' in seen
        )
        answer = {"answer": moved.context["question"].key, **({"carry": carry} if carry else {})}
        moved = edited(cast, maya, **form, **answer)
    assert goes_to(moved, at(cast, "contact", NEW))
    assert state(cast, NEW) == (StandingState.OPTED_OUT if carry or new else StandingState.ACTIVE)
    found = find(cast, NEW)
    assert found and found.id == cast.maria.id and found.last_name == "Ortiz"
    assert labels(cast, NEW)[0] == ["VIP"] and find(cast, MARIA) is None


def test_what_changed_since_the_question_is_asked_anew(cast: Cast, maya: Client) -> None:
    stand(cast, MARIA, "opt_out")
    key = edited(cast, maya, number=NEW).context["question"].key
    stand(cast, NEW, "block")
    again = edited(cast, maya, number=NEW, answer=key)
    assert again.status_code == 422 and find(cast, NEW) is None
    with scope(cast.northside.id):  # of the same state, but another word of another origin
        consent.opt_out(cast.northside.id, MARIA, Actor(Origin.API, "CRM key"), reason="asked")
    assert edited(cast, maya, number=NEW, answer=again.context["question"].key).status_code == 422
    with scope(cast.northside.id), pytest.raises(number_changes.ContactGone):
        cast.tom.number = STRANGER  # as an old page shows him
        number_changes.change_number(cast.tom, "+14155550178", by=MAYA)


# -- two become one ----------------------------------------------------------------------------------------------


def contact(**columns: Any) -> Contact:
    return Contact(team_id=1, number=MARIA, created_at=datetime(2026, 5, 5, tzinfo=UTC), **columns)


LATER = {"last_message_at": datetime(2026, 5, 6, tzinfo=UTC), "last_inbox_id": 4}
OURS, THEIRS = {"email": "a@l.example", "assignee_id": 2}, {"email": "m@l.example", "assignee_id": 3}
UNITED = [  # the kept one, the other one, what becomes of them
    ({"first_name": "Maria"}, {"first_name": "Mary", "last_name": "Ng"}, {"first_name": "Maria", "last_name": "Ng"}),
    ({"first_name": "Maria"}, {"display_name": "M."}, {"first_name": "Maria", "display_name": ""}),
    ({}, {"display_name": "M.", **THEIRS}, {"display_name": "M.", **THEIRS}),
    (OURS, THEIRS, OURS),
    ({"note": "Mornings"}, {"note": "Cash"}, {"note": "Mornings\n\nCash"}),
    ({"note": "Cash "}, {"note": "Cash"}, {"note": "Cash"}),
    ({"custom": {"plan": "Plus", "kids": False}}, {"custom": {"kids": True, "size": 4}},
     {"custom": {"plan": "Plus", "kids": False, "size": 4}}),
    ({}, LATER, LATER),
    (LATER, {}, LATER),
]  # fmt: skip


@pytest.mark.parametrize(("kept", "other", "expected"), UNITED)
def test_blanks_are_filled_and_what_is_there_is_kept(
    kept: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]
) -> None:
    older = contact(**other)
    older.created_at = datetime(2026, 5, 1, tzinfo=UTC)
    values = merge_columns(contact(**kept), older)
    assert values["created_at"] == older.created_at
    assert {name: values[name] for name in expected} == expected


def test_two_contacts_become_one_with_the_strictest_of_both(cast: Cast, olivia: Client) -> None:
    team = cast.northside
    with scope(team.id):
        recalls, spring = (ContactList.objects.create(team=team, name=name) for name in ("Recalls", "Spring"))
        vip = Tag.objects.create(team=team, name="VIP")
        for one, lists in ((cast.maria, [recalls]), (cast.tom, [recalls, spring])):
            one.lists.add(*lists, through_defaults={"team": team})
        cast.tom.tags.add(vip, through_defaults={"team": team})
    say(cast.front_desk, TOM, "STOP")
    found = text(olivia.get(at(cast, "merge_contact", MARIA), {"q": "tom"}))
    assert "Tom Becker" in found and "Opted out" in found
    preview = text(olivia.get(at(cast, "merge_contact", MARIA), {"other": TOM}))
    assert "by texting STOP" in preview and "Recalls, Spring" in preview
    assert find(cast, TOM)
    assert goes_to(olivia.post(at(cast, "merge_contact", MARIA), {"other": TOM}), at(cast, "contact", MARIA))
    assert find(cast, TOM) is None
    kept = find(cast, MARIA)
    assert (
        kept
        and kept.name == "Maria Lopez"
        and kept.last_message_at
        and kept.last_inbox_id == cast.front_desk.id
    )
    assert labels(cast, MARIA) == (["VIP"], ["Recalls", "Spring"])
    assert state(cast, MARIA) == state(cast, TOM) == StandingState.OPTED_OUT
    with scope(team.id):  # and is as hard to lift as it was
        assert standing_across_inboxes(team.id, MARIA).persons_own
    history = text(olivia.get(at(cast, "contact", MARIA)))
    assert "Merged with Tom Becker" in history or "merged with Tom Becker" in history
    assert "STOP" in text(olivia.get(at(cast, "contact", TOM)))  # his texts stay with his number


def test_merging_with_oneself_or_with_nobody_asks_for_another_one(cast: Cast, olivia: Client) -> None:
    for other in (MARIA, STRANGER, "", "\0", "nobody"):
        assert "With whom?" in text(olivia.post(at(cast, "merge_contact", MARIA), {"other": other}))
    assert goes_to(olivia.get(at(cast, "merge_contact", STRANGER)), at(cast, "contact", STRANGER))
    assert find(cast, MARIA)


# -- the whole way round -----------------------------------------------------------------------------------------


def test_an_opt_out_outlives_deletion_a_new_contact_and_another_contacts_number(
    cast: Cast, maya: Client, olivia: Client
) -> None:
    def is_red(words: str = "Contact opted out by texting STOP to Front Desk") -> None:
        page = text(maya.get(at(cast, "contact", MARIA)))
        assert "Opted out" in page and words in page and "conversations/new/?number=" not in page
        with scope(cast.northside.id):
            sent = outbound.compose(cast.front_desk, MARIA, "Hello again", author=cast.member)
        assert (sent.status, sent.reason) == (MessageStatus.REFUSED, "opted_out")

    say(cast.front_desk, MARIA, "STOP")
    is_red()
    before = text(olivia.get(at(cast, "contact_deletion", MARIA)))
    assert "stays on the do-not-text list" in before and "by texting STOP" in before
    deleted = olivia.post(at(cast, "contact_deletion", MARIA), follow=True)
    assert "stays on the do-not-text list" in text(deleted) and find(cast, MARIA) is None
    with scope(cast.northside.id):  # a send to a number that is nobody's contact makes one
        assert outbound.compose(cast.front_desk, MARIA, "Hello", author=cast.member).reason == "opted_out"
        Contact.objects.filter(team=cast.northside, number=MARIA).delete()
    form = {"number": MARIA, "first_name": "Maria", "status": "active"}
    asked = maya.post(at(cast, "new_contact"), form)
    assert asked.status_code == 422
    maya.post(at(cast, "new_contact"), form | {"answer": asked.context["question"].key})
    assert find(cast, MARIA)
    is_red()
    olivia.post(at(cast, "contact_deletion", MARIA))
    move = {"number": MARIA, "first_name": "Tom"}
    asked = maya.post(at(cast, "edit_contact", TOM), move)
    assert asked.status_code == 422 and "Contact opted out by texting STOP" in text(asked)
    maya.post(at(cast, "edit_contact", TOM), move | {"answer": asked.context["question"].key, "carry": "on"})
    found = find(cast, MARIA)
    assert found and found.id == cast.tom.id
    is_red()
