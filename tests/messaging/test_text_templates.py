"""Templates: kept by a team or a member, filled and sent, with a picture; refused in words when a field is empty."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from kernel.tenancy import scope
from messaging.media import fetching
from messaging.media.models import Attachment
from messaging.models import Conversation
from messaging.scheduling.models import ScheduledText
from messaging.scope_lookups import attachments_due
from messaging.text_templates.models import TextTemplate
from messaging.text_templates.templates import fill_text, list_templates, make_template, most_used
from tests.cast import MARIA, TOM, Cast
from tests.messaging.fake_twilio import FakeTwilio
from tests.messaging.media.files import PDF, picture

type ClientOf = Callable[[Member], Client]
GREETING = "Hi {{ first_name | there }}, {{ sender_first_name }} here."


@pytest.fixture
def conversation(cast: Cast, carrier: FakeTwilio) -> Conversation:
    carrier.text(cast.front_desk, MARIA, "Hello")
    with scope(cast.northside.id):
        found: Conversation = Conversation.objects.get(team=cast.northside, number=MARIA)
    return found


def make(cast: Cast, title: str, body: str, owner: Member | None = None) -> TextTemplate:
    with scope(cast.northside.id):
        return make_template(cast.northside.id, title=title, body=body, owner=owner)


def stored(cast: Cast) -> dict[str, TextTemplate]:
    with scope(cast.northside.id):
        return {template.title: template for template in TextTemplate.objects.order_by("id")}


def url(name: str, *args: Any) -> str:
    return reverse(name, args=["northside-dental", *args])


def send(client: Client, conversation: Conversation, **data: Any) -> Any:
    return client.post(url("messages", conversation.id), data)


# -- the pages ---------------------------------------------------------------------------------------------------


def test_shared_ones_and_ones_own(cast: Cast, as_client: ClientOf) -> None:
    admin, desk = as_client(cast.admin), as_client(cast.member)
    new = url("new_text_template")
    assert admin.post(new, {"title": "Greeting", "body": GREETING, "shared": "on"}).status_code == 302
    assert desk.post(new, {"title": "Mine", "body": "Bye", "shared": "on"}).status_code == 302
    found = stored(cast)
    assert found["Greeting"].is_shared and found["Mine"].owner_id == cast.member.id, "a member shares nothing"
    page = desk.get(url("text_templates")).content.decode()
    assert "Greeting" in page and "Mine" in page
    assert url("edit_text_template", found["Greeting"].id) not in page, (
        "only owners and admins change shared ones"
    )
    assert "Mine" not in admin.get(url("text_templates")).content.decode()
    with scope(cast.northside.id):
        assert [one.title for one in list_templates(cast.northside.id, cast.member, "bye")] == ["Mine"]
        assert [one.title for one in list_templates(cast.northside.id, None)] == ["Greeting"]

    shared, own = found["Greeting"].id, found["Mine"].id
    change = {"title": "Changed", "body": "Changed"}
    for method, name, client, id, status in (
        ("post", "edit_text_template", desk, shared, 403),
        ("get", "edit_text_template", desk, shared, 403),
        ("post", "text_template_deletion", desk, shared, 403),
        ("post", "edit_text_template", admin, own, 404),
        ("post", "text_template_deletion", admin, own, 404),
        ("post", "edit_text_template", desk, own, 302),
        ("post", "text_template_deletion", admin, shared, 302),
    ):
        assert getattr(client, method)(url(name, id), change).status_code == status, (name, id)
    assert list(stored(cast)) == ["Changed"]
    assert stored(cast)["Changed"].owner_id == cast.member.id
    assert offered_to(cast.member) == ["Changed"]
    assert desk.post(url("edit_text_template", own), {**change, "archived": "on"}).status_code == 302
    assert offered_to(cast.member) == [] and ">Archived<" in desk.get(url("text_templates")).content.decode()
    assert desk.post(url("edit_text_template", own), change).status_code == 302
    assert offered_to(cast.member) == ["Changed"]
    assert ">Archived<" not in desk.get(url("text_templates")).content.decode()


def offered_to(member: Member) -> list[str]:
    with scope(member.team_id):
        return [str(template) for template in most_used(member, "", 9)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"title": "", "body": "Hello"}, "required"),
        ({"title": "Empty", "body": ""}, "Write a text, or choose a picture."),
        ({"title": "Wrong", "body": "Hi {{ frist_name }}"}, "Did you mean {{ first_name }}?"),
        ({"title": "Open", "body": "Hi {{ first_name"}, "A field begins with {{ and does not end with }}."),
        ({"title": "Long", "body": "x" * 1601}, "at most 1600"),
        (
            {"title": "PDF", "body": "", "picture_file": SimpleUploadedFile("a.jpg", PDF, "image/jpeg")},
            "Choose a picture",
        ),
    ],
)
def test_a_template_with_a_mistake_is_refused(
    cast: Cast, as_client: ClientOf, data: dict[str, Any], words: str
) -> None:
    answer = as_client(cast.member).post(url("new_text_template"), data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert stored(cast) == {}


# -- sending -----------------------------------------------------------------------------------------------------


def test_the_chooser_offers_filled_texts_and_their_use_is_counted(
    cast: Cast, conversation: Conversation, as_client: ClientOf, texts: Any
) -> None:
    greeting = make(cast, "Greeting", GREETING)
    make(cast, "Of somebody else", "Hello", cast.owner)
    desk = as_client(cast.member)
    choices = desk.get(
        url("conversation_templates", conversation.id), headers={"HX-Request": "true"}
    ).content.decode()
    assert 'data-text="Hi Maria, Maya here."' in choices and "Of somebody else" not in choices
    assert (
        "Greeting"
        not in desk.get(f"{url('conversation_templates', conversation.id)}?q=invoice").content.decode()
    )
    page = desk.get(f"{url('conversation', conversation.id)}?template={greeting.id}").content.decode()
    assert ">Hi Maria, Maya here.</textarea>" in page, "without JavaScript, the link fills the composer"
    assert send(desk, conversation, body="Hi Maria, Maya here.", template=greeting.id).status_code == 302
    assert [text.body for text in texts(outbound=True)] == ["Hi Maria, Maya here."]
    assert stored(cast)["Greeting"].uses == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Hi {{ last_name }}", "{{ last_name }} is empty for this person."),
        ("Hi {{ nick_name | you }}", "There is no field {{ nick_name | you }}."),
        ("{{ first_name }}" + "x" * 1580, "longer than 1600"),
    ],
)
def test_a_field_without_a_value_is_refused_before_sending(
    cast: Cast, conversation: Conversation, as_client: ClientOf, texts: Any, body: str, words: str
) -> None:
    with scope(cast.northside.id):
        cast.maria.last_name = ""
        cast.maria.first_name = "M" * 40
        cast.maria.save()
    desk = as_client(cast.member)
    answer = send(desk, conversation, body=body)
    assert answer.status_code == 422 and words in answer.content.decode()
    later = desk.post(url("scheduled_texts", conversation.id), {"body": body, "send_at": "2099-01-01T09:00"})
    assert later.status_code == 422
    assert texts(outbound=True) == []
    with scope(cast.northside.id):
        assert not ScheduledText.objects.exists()


def test_a_new_conversation_fills_fields_for_its_recipient(
    cast: Cast, as_client: ClientOf, texts: Any, carrier: FakeTwilio
) -> None:
    greeting = make(cast, "Greeting", GREETING)
    desk, address = as_client(cast.member), url("new_conversation_templates")
    unfilled = desk.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Hi {{ first_name | there }}" in unfilled, "the recipient is not known yet"
    filled = desk.get(address, {"number": TOM}, headers={"HX-Request": "true"}).content.decode()
    assert 'data-text="Hi Tom, Maya here."' in filled
    assert GREETING in desk.get(f"{url('new_conversation')}?template={greeting.id}").content.decode()
    data = {"number": TOM, "inbox": cast.front_desk.id, "body": GREETING, "template": greeting.id}
    assert desk.post(url("new_conversation"), data).status_code == 302
    assert [text.body for text in texts(outbound=True)] == ["Hi Tom, Maya here."]
    assert stored(cast)["Greeting"].uses == 1


def test_all_fields_have_values(cast: Cast, conversation: Conversation) -> None:
    body = "{{ name }} {{ email | – }} {{ number }} {{ sender_name }}"
    body += " {{ inbox_name }} {{ inbox_number }} {{ team_name }}"
    with scope(cast.northside.id):
        filled = fill_text(body, cast.front_desk, MARIA, cast.member)
        by_program = fill_text("{{ sender_name | us }}", cast.front_desk, MARIA, None)
    assert filled.text == "Maria Lopez – (415) 555-0101 Maya Chen Front Desk (510) 555-0100 Northside Dental"
    assert by_program.text == "us"


# -- pictures ----------------------------------------------------------------------------------------------------


def test_a_picture_goes_along_and_is_kept_while_a_template_has_it(
    cast: Cast, conversation: Conversation, as_client: ClientOf, texts: Any, owner: psycopg.Connection
) -> None:
    desk = as_client(cast.member)
    file = SimpleUploadedFile("map.jpg", picture(), "image/jpeg")
    desk.post(url("new_text_template"), {"title": "Map", "body": "", "picture_file": file})
    (template,) = stored(cast).values()
    assert b"".join(desk.get(url("text_template_picture", template.id)))
    page = desk.get(f"{url('conversation', conversation.id)}?template={template.id}").content.decode()
    assert f'name="picture" value="{template.id}" checked' in page
    send(desk, conversation, body="", template=template.id, picture=template.id)
    (sent,) = texts(outbound=True)
    assert [medium["type"] for medium in sent.media] == ["image/jpeg"] and sent.media[0]["file"] != ""

    def let_uploads_lapse() -> None:
        owner.execute(
            "UPDATE messaging_attachment SET due_at = now() - interval '1 day' WHERE message_id IS NULL"
        )
        for due in attachments_due(10):
            fetching.work_on(due.team_id, due.id)

    let_uploads_lapse()
    assert b"".join(desk.get(url("text_template_picture", template.id)))
    desk.post(
        url("edit_text_template", template.id), {"title": "Map", "body": "Here", "without_picture": "on"}
    )
    let_uploads_lapse()
    with scope(cast.northside.id):
        assert [attachment.message_id for attachment in Attachment.objects.all()] == [sent.id]
    send(desk, conversation, body="Again", picture=template.id)
    assert texts(body="Again")[0].media == []


def test_nobody_uses_the_template_of_another_member(
    cast: Cast, conversation: Conversation, as_client: ClientOf, texts: Any
) -> None:
    secret = make(cast, "Secret", "Secret words", cast.owner)
    desk = as_client(cast.member)
    page = desk.get(f"{url('conversation', conversation.id)}?template={secret.id}").content.decode()
    assert "Secret words" not in page
    send(desk, conversation, body="Hello", template=secret.id, picture=secret.id)
    assert [text.body for text in texts(outbound=True)] == ["Hello"]
    assert stored(cast)["Secret"].uses == 0
    for name in ("edit_text_template", "text_template_picture"):
        assert desk.get(url(name, secret.id)).status_code == 404
