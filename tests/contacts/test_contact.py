"""Pages of one contact: show, create, edit, change the number, merge, delete. None of them loses an opt-out."""

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
from kernel.phone_numbers import display
from kernel.sql import fetch
from kernel.tenancy import scope
from messaging import inbound
from messaging.carriers.base import InboundText
from messaging.compose import compose_text
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


def url_of(cast: Cast, name: str, *number: str) -> str:
    return reverse(name, args=[cast.northside.slug, *number])


def receive_text(inbox: Inbox, number: str, body: str, sid: str = "SM1") -> None:
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


def redirects_to(response: Any, address: str) -> bool:
    return response.status_code == 302 and str(response.url) == address


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# -- reading -----------------------------------------------------------------------------------------------------

NUMBERS = [
    ("US", "(415) 555-0101", MARIA),
    ("US", "1 415 555 0101", MARIA),
    ("US", "384387", None),  # a short code by a slip
    ("DE", "US:384387", "US:384387"),
    ("DE", "4915123456789", "+4915123456789"),
    ("GB", "020 7946 0958", "+442079460958"),
    ("US", "415 555 0101 ext. 7", None),
    ("US", "12", None),
    ("US", "12345", None),
    ("US", "555-01", None),
    ("US", "US:12345", "US:12345"),
    ("US", "", None),
]  # fmt: skip


@pytest.mark.parametrize(("country", "typed", "number"), NUMBERS)
def test_a_number_is_read_with_the_teams_country(country: str, typed: str, number: str | None) -> None:
    field = NumberField(country)
    assert NumberField("DE", short_codes=True).clean("384387") == "DE:384387"
    if number:
        assert field.clean(typed) == number
    else:
        with pytest.raises(ValidationError):
            field.clean(typed)


@pytest.mark.parametrize("typed", ["ACME", "DE:384387", "+19995550000"])
def test_a_contact_keeps_a_number_that_cannot_be_entered(typed: str) -> None:
    assert NumberField("US", current=typed).clean(typed) == typed


def test_tags_are_separated_by_commas_without_duplicates() -> None:
    assert TagsField().clean(" VIP, new  patient ,vip,, ") == ["vip", "new patient"]
    assert TagsField().clean("") == []
    with pytest.raises(ValidationError):
        TagsField().clean("x" * 41)


def test_null_characters_cause_no_crash(cast: Cast, olivia: Client) -> None:
    for name, parameter in (("new_contact", "number"), ("number_preview", "number"), ("merge_contact", "q")):
        number = [MARIA] if name == "merge_contact" else []
        assert olivia.get(url_of(cast, name, *number), {parameter: "\0x"}).status_code == 200
    everything = dict.fromkeys(
        ["number", "first_name", "tags", "note", "lists", "assignee", "status", "answer"], "\0"
    )
    assert olivia.post(url_of(cast, "new_contact"), everything).status_code == 422


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_shows_details_history_and_visible_conversations(
    cast: Cast, maya: Client, olivia: Client
) -> None:
    receive_text(cast.front_desk, MARIA, "See you at five")
    receive_text(cast.billing, MARIA, "About the bill", "SM2")
    receive_text(cast.front_desk, TOM, "Something else", "SM3")
    seen = text(maya.get(url_of(cast, "contact", MARIA)))
    assert "Maria Lopez" in seen and "See you at five" in seen
    assert "About the bill" not in seen and "Something else" not in seen
    assert "conversations/new/?number=%2B14155550101" in seen
    assert url_of(cast, "contact_deletion", MARIA) not in seen
    receive_text(cast.front_desk, MARIA, "STOP", "SM4")
    seen = text(olivia.get(url_of(cast, "contact", MARIA)))
    assert "About the bill" in seen and "Contact opted out by texting STOP to Front Desk" in seen
    assert "conversations/new/?number=" not in seen
    assert url_of(cast, "contact_deletion", MARIA) in seen


def test_the_page_of_a_number_without_a_contact_offers_a_new_contact(cast: Cast, maya: Client) -> None:
    opt_out(cast, STRANGER)
    seen = text(maya.get(url_of(cast, "contact", STRANGER)))
    assert "No contact has this number." in seen
    assert "Opted out" in seen and "Maya Chen opted this contact out" in seen
    assert f"{url_of(cast, 'new_contact')}?number=%2B14155550199" in seen
    assert maya.get(url_of(cast, "edit_contact", STRANGER)).status_code == 302
    assert 'value="(415) 555-0199"' in text(maya.get(url_of(cast, "new_contact"), {"number": STRANGER}))


# -- new ---------------------------------------------------------------------------------------------------------


def test_a_contact_is_created_with_all_values(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        recalls = ContactList.objects.create(team=cast.northside, name="Recalls")
        Tag.objects.create(team=cast.northside, name="VIP")
    form: dict[str, Any] = {
        "number": "(415) 555-0177", "first_name": "Ana", "last_name": "Ng", "email": "ana@ng.example",
        "tags": "vip, Braces", "lists": [recalls.id], "assignee": cast.second.id, "note": "Mornings",
        "status": "active",
    }  # fmt: skip
    assert redirects_to(maya.post(url_of(cast, "new_contact"), form), url_of(cast, "contact", NEW))
    contact = find(cast, NEW)
    assert contact and (contact.name, contact.email, contact.note) == ("Ana Ng", "ana@ng.example", "Mornings")
    assert contact.assignee == cast.second
    assert labels(cast, NEW) == (["Braces", "VIP"], ["Recalls"])
    assert state(cast, NEW) == StandingState.ACTIVE
    again = maya.post(url_of(cast, "new_contact"), form)  # the form sent twice
    assert again.status_code == 422
    assert "Ana Ng has this number already." in text(again) and url_of(cast, "contact", NEW) in text(again)


@pytest.mark.parametrize(
    ("status", "why", "after", "words"),
    [
        ("opt_out", {"opt_out_reason": "decision"}, StandingState.OPTED_OUT, "You decided not to text this"),
        ("opt_out", {"opt_out_reason": "asked"}, StandingState.OPTED_OUT, "They asked us not to text them"),
        ("block", {"block_reason": "Spam"}, StandingState.BLOCKED, "Maya Chen blocked this number (spam)"),
    ],
)
def test_a_contact_is_created_opted_out_or_blocked(
    cast: Cast, maya: Client, status: str, why: dict[str, str], after: StandingState, words: str
) -> None:
    without = maya.post(url_of(cast, "new_contact"), {"number": NEW, "status": status})
    assert without.status_code == 422 and "Say why." in text(without) and find(cast, NEW) is None
    maya.post(url_of(cast, "new_contact"), {"number": NEW, "status": status, **why})
    assert state(cast, NEW) == after
    assert words in text(maya.get(url_of(cast, "contact", NEW)))


def test_a_contact_created_by_a_text_at_the_same_moment_is_an_error_on_the_form(
    cast: Cast, maya: Client, owner: psycopg.Connection
) -> None:
    """The form's first check does not see the text's contact yet; its INSERT does."""

    def post() -> Any:
        try:
            return maya.post(
                url_of(cast, "new_contact"), {"number": NEW, "status": "block", "block_reason": "Spam"}
            )
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
                assert time.monotonic() < until, "the form does not wait for the text's contact"
                time.sleep(0.005)
        answer = posted.result(30)
    assert answer.status_code == 422 and "Ana has this number already." in text(answer)
    assert state(cast, NEW) == StandingState.ACTIVE


def test_a_suppressed_number_is_shown_while_typed_and_confirmed_when_saved(cast: Cast, maya: Client) -> None:
    receive_text(cast.front_desk, NEW, "STOP")
    with scope(cast.northside.id):
        Contact.objects.filter(team=cast.northside, number=NEW).delete()
    sentence = "Contact opted out by texting STOP to Front Desk"
    check = url_of(cast, "number_preview")
    assert sentence in text(maya.get(check, {"number": "415-555-0177"}))
    assert "Maria Lopez" in text(maya.get(check, {"number": MARIA}))
    assert text(maya.get(check, {"number": MARIA, "of": str(cast.maria.id)})).strip() == ""
    assert (
        text(maya.get(check, {"number": "415-555"}))
        == text(maya.get(check, {"number": TOM[:-1] + "9"}))
        == ""
    )
    form = {"number": "415-555-0177", "status": "active"}
    typed: Any = maya.get(check, {"number": "415-555-0177"}, headers={"HX-Request": "true"})
    response: Any = maya.post(url_of(cast, "new_contact"), form)  # without JavaScript
    assert response.status_code == 422 and find(cast, NEW) is None
    for page in (typed, response):
        assert sentence in text(page) and "Add as opted out" in text(page)
    key = response.context["preview"].key
    assert f'name="answer" value="{key}"' in text(typed)
    other = maya.post(url_of(cast, "new_contact"), form | {"answer": key.replace(NEW, MARIA)})
    assert other.status_code == 422  # the answer to another question
    assert maya.post(url_of(cast, "new_contact"), form | {"answer": key}).status_code == 302
    assert find(cast, NEW) and state(cast, NEW) == StandingState.OPTED_OUT


# -- edit --------------------------------------------------------------------------------------------------------


def edited(cast: Cast, maya: Client, **form: Any) -> Any:
    return maya.post(url_of(cast, "edit_contact", MARIA), {"number": MARIA, "first_name": "Maria"} | form)


def test_an_edit_saves_only_the_values_of_the_form(cast: Cast, maya: Client) -> None:
    with scope(cast.northside.id):
        lists = [ContactList.objects.create(team=cast.northside, name=name) for name in ("Recalls", "Spring")]
        ListEntry.objects.create(team=cast.northside, contact=cast.maria, list=lists[0])
    receive_text(cast.front_desk, MARIA, "Hello")
    before = find(cast, MARIA)
    assert 'value="(415) 555-0101"' in text(maya.get(url_of(cast, "edit_contact", MARIA)))
    saved = edited(cast, maya, last_name="Ortiz", tags="VIP", lists=[lists[1].id], next=url_of(cast, "inbox"))
    assert saved.url == url_of(cast, "inbox")
    after = find(cast, MARIA)
    assert before and after and after.name == "Maria Ortiz"
    assert (after.last_message_at, after.last_inbox_id) == (before.last_message_at, before.last_inbox_id)
    assert after.updated_at > before.updated_at
    assert labels(cast, MARIA) == (["VIP"], ["Spring"])
    wrong = edited(cast, maya, email="nobody", number="12")
    assert wrong.status_code == 422 and "valid email" in text(wrong)
    assert edited(cast, maya, number=TOM).status_code == 422


def test_the_form_beside_a_conversation_saves_details(cast: Cast, maya: Client) -> None:
    beside: Any = {"HX-Request": "true", "HX-Target": "contact-details"}
    for number in (MARIA, STRANGER):  # creates a contact for the number
        form = text(maya.get(url_of(cast, "edit_contact", number), headers=beside))
        assert "<html" not in form and 'name="tags"' in form and 'name="number"' not in form
        data = {"first_name": "Ana", "email": "ana@ng.example", "tags": "VIP"}
        saved = maya.post(url_of(cast, "edit_contact", number), data, headers=beside)
        assert saved.status_code == 200 and "VIP" in text(saved) and saved.headers["HX-Trigger"] == "changed"
        found = find(cast, number)
        assert found and found.email == "ana@ng.example"
    wrong = maya.post(url_of(cast, "edit_contact", MARIA), {"email": "nobody"}, headers=beside)
    assert wrong.status_code == 422 and "<html" not in text(wrong)


# -- change the number-------------------------------------------------------------------------------------------


def suppress(cast: Cast, number: str, kinds: str) -> None:
    with scope(cast.northside.id):
        for kind in kinds.split():
            record = consent.block if kind == "block" else consent.opt_out
            record(cast.northside.id, number, MAYA, reason="They asked us")


NUMBER_CHANGES = [  # old and new number's standing, `carry` (None: no question), new number's standing afterwards
    ("", "", None, StandingState.ACTIVE),
    ("opt_out", "", True, StandingState.OPTED_OUT),
    ("opt_out", "", False, StandingState.ACTIVE),
    ("block", "", True, StandingState.BLOCKED),
    ("block", "opt_out", False, StandingState.OPTED_OUT),
    ("opt_out block", "opt_out", True, StandingState.BLOCKED),
    ("", "opt_out", False, StandingState.OPTED_OUT),
    ("", "block", True, StandingState.BLOCKED),
]


def test_a_number_change_lifts_nothing_from_either_number(cast: Cast) -> None:
    for n, (old, new, carry, after) in enumerate(NUMBER_CHANGES):
        old_number, new_number = f"+1415555020{n}", f"+1415555030{n}"
        suppress(cast, old_number, old)
        suppress(cast, new_number, new)
        before = state(cast, old_number)
        with scope(cast.northside.id):
            contact = Contact.objects.create(team=cast.northside, number=old_number)
            warning = number_changes.NumberWarning.about(cast.northside.id, new_number, old_number)
            assert warning.needs_answer == (carry is not None)
            reason = "" if carry else "Another person has it"
            number_changes.change_number(
                contact, new_number, by=MAYA, answer=warning.key, left_behind_because=reason
            )
        assert (state(cast, new_number), state(cast, old_number)) == (after, before), (
            f"{old} to {new}, carry {carry}"
        )


@pytest.mark.parametrize("origin", sorted(Origin))
def test_the_persons_own_opt_out_moves_along_and_leaving_ours_is_in_the_ledger(
    cast: Cast, maya: Client, origin: str
) -> None:
    """Whatever the form says. Leaving ours behind is an entry of the new number, with the member and the reason."""
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, MARIA, Actor(Origin(origin), "Somebody"), reason="of this origin")
        own = bool(standing_across_inboxes(cast.northside.id, MARIA).persons_own)
    moved = edited(cast, maya, number=NEW)
    assert ('type="hidden" name="carry"' in text(moved)) is own
    answer = {"answer": moved.context["warning"].key, "reason": "Her son has the new phone"}
    assert redirects_to(edited(cast, maya, number=NEW, **answer), url_of(cast, "contact", NEW))
    assert state(cast, MARIA) == StandingState.OPTED_OUT
    assert state(cast, NEW) == (StandingState.OPTED_OUT if own else StandingState.ACTIVE)
    with scope(cast.northside.id):
        entries = list(cast.northside.consent_events.filter(number=NEW).order_by("position"))
        assert entries[0].action == "opted_out" and entries[0].origin == origin
        assert [(entry.action, entry.actor_name, entry.reason) for entry in entries[1:]] == (
            [] if own
            else [("opted_in", "Maya Chen", "Left behind by the number change: Her son has the new phone")]
        )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "carry"), [("", "", ""), ("opt_out", "", "on"), ("block", "opt_out", "")]
)
def test_a_number_change_is_confirmed_and_keeps_the_typed_values(
    cast: Cast, maya: Client, old: str, new: str, carry: str
) -> None:
    suppress(cast, MARIA, old)
    suppress(cast, NEW, new)
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
        answer = {"answer": moved.context["warning"].key, **({"carry": carry} if carry else {})}
        if not carry:
            assert edited(cast, maya, **form, **answer).status_code == 422  # without a reason
            answer["reason"] = "Her son has the new phone"
        moved = edited(cast, maya, **form, **answer)
    assert redirects_to(moved, url_of(cast, "contact", NEW))
    assert state(cast, NEW) == (StandingState.OPTED_OUT if carry or new else StandingState.ACTIVE)
    found = find(cast, NEW)
    assert found and found.id == cast.maria.id and found.last_name == "Ortiz"
    assert labels(cast, NEW)[0] == ["VIP"] and find(cast, MARIA) is None


def test_a_changed_standing_is_confirmed_again(cast: Cast, maya: Client) -> None:
    suppress(cast, MARIA, "opt_out")
    key = edited(cast, maya, number=NEW).context["warning"].key
    suppress(cast, NEW, "block")
    again = edited(cast, maya, number=NEW, answer=key)
    assert again.status_code == 422 and find(cast, NEW) is None
    with scope(cast.northside.id):  # the same state with a second opt-out of another origin
        consent.opt_out(cast.northside.id, MARIA, Actor(Origin.API, "CRM key"), reason="asked")
    assert edited(cast, maya, number=NEW, answer=again.context["warning"].key).status_code == 422
    with scope(cast.northside.id), pytest.raises(number_changes.ContactGone):
        cast.tom.number = STRANGER  # the contact as an old page shows it
        number_changes.change_number(cast.tom, "+14155550178", by=MAYA)


# -- merge ------------------------------------------------------------------------------------------------------


def contact(**columns: Any) -> Contact:
    return Contact(team_id=1, number=MARIA, created_at=datetime(2026, 5, 5, tzinfo=UTC), **columns)


LATER = {"last_message_at": datetime(2026, 5, 6, tzinfo=UTC), "last_inbox_id": 4}
OURS, THEIRS = {"email": "a@l.example", "assignee_id": 2}, {"email": "m@l.example", "assignee_id": 3}
MERGES = [  # the kept contact, the other contact, the result
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


@pytest.mark.parametrize(("kept", "other", "expected"), MERGES)
def test_a_merge_fills_empty_values_only(
    kept: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]
) -> None:
    older = contact(**other)
    older.created_at = datetime(2026, 5, 1, tzinfo=UTC)
    values = merge_columns(contact(**kept), older)
    assert values["created_at"] == older.created_at
    assert {name: values[name] for name in expected} == expected


def test_a_merged_contact_has_the_labels_and_suppressions_of_both(cast: Cast, olivia: Client) -> None:
    team = cast.northside
    with scope(team.id):
        recalls, spring = (ContactList.objects.create(team=team, name=name) for name in ("Recalls", "Spring"))
        vip = Tag.objects.create(team=team, name="VIP")
        for each, lists in ((cast.maria, [recalls]), (cast.tom, [recalls, spring])):
            each.lists.add(*lists, through_defaults={"team": team})
        cast.tom.tags.add(vip, through_defaults={"team": team})
    receive_text(cast.front_desk, TOM, "STOP")
    found = text(olivia.get(url_of(cast, "merge_contact", MARIA), {"q": "tom"}))
    assert "Tom Becker" in found and "Opted out" in found
    preview = text(olivia.get(url_of(cast, "merge_contact", MARIA), {"other": TOM}))
    assert "by texting STOP" in preview and "Recalls, Spring" in preview
    assert find(cast, TOM)
    assert redirects_to(
        olivia.post(url_of(cast, "merge_contact", MARIA), {"other": TOM}), url_of(cast, "contact", MARIA)
    )
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
    with scope(team.id):  # the opt-out is still the person's own
        assert standing_across_inboxes(team.id, MARIA).persons_own
    history = text(olivia.get(url_of(cast, "contact", MARIA)))
    assert f"erged with the contact at {display(TOM)}" in history
    assert "erged with Tom" not in history  # the ledger would keep the name after an erasure
    assert "STOP" in text(olivia.get(url_of(cast, "contact", TOM)))  # the texts stay with the number


def test_merging_with_an_invalid_number_asks_for_another_contact(cast: Cast, olivia: Client) -> None:
    for other in (MARIA, STRANGER, "", "\0", "nobody"):
        assert "Merge with" in text(olivia.post(url_of(cast, "merge_contact", MARIA), {"other": other}))
    assert redirects_to(
        olivia.get(url_of(cast, "merge_contact", STRANGER)), url_of(cast, "contact", STRANGER)
    )
    assert find(cast, MARIA)


# -- everything together ----------------------------------------------------------------------------------------


def test_an_opt_out_outlives_deletion_re_creation_and_a_number_change(
    cast: Cast, maya: Client, olivia: Client
) -> None:
    def is_red(words: str = "Contact opted out by texting STOP to Front Desk") -> None:
        page = text(maya.get(url_of(cast, "contact", MARIA)))
        assert "Opted out" in page and words in page and "conversations/new/?number=" not in page
        with scope(cast.northside.id):
            sent = compose_text(cast.front_desk, MARIA, "Hello again", author=cast.member)
        assert (sent.status, sent.reason) == (MessageStatus.REFUSED, "opted_out")

    receive_text(cast.front_desk, MARIA, "STOP")
    is_red()
    before = text(olivia.get(url_of(cast, "contact_deletion", MARIA)))
    assert "stays on the do-not-text list" in before and "by texting STOP" in before
    deleted = olivia.post(url_of(cast, "contact_deletion", MARIA), follow=True)
    assert "stays on the do-not-text list" in text(deleted) and find(cast, MARIA) is None
    with scope(cast.northside.id):  # a send creates the number's contact
        assert compose_text(cast.front_desk, MARIA, "Hello", author=cast.member).reason == "opted_out"
        Contact.objects.filter(team=cast.northside, number=MARIA).delete()
    form = {"number": MARIA, "first_name": "Maria", "status": "active"}
    response = maya.post(url_of(cast, "new_contact"), form)
    assert response.status_code == 422
    maya.post(url_of(cast, "new_contact"), form | {"answer": response.context["preview"].key})
    assert find(cast, MARIA)
    is_red()
    olivia.post(url_of(cast, "contact_deletion", MARIA))
    move = {"number": MARIA, "first_name": "Tom"}
    response = maya.post(url_of(cast, "edit_contact", TOM), move)
    assert response.status_code == 422 and "Contact opted out by texting STOP" in text(response)
    maya.post(
        url_of(cast, "edit_contact", TOM), move | {"answer": response.context["warning"].key, "carry": "on"}
    )
    found = find(cast, MARIA)
    assert found and found.id == cast.tom.id
    is_red()
