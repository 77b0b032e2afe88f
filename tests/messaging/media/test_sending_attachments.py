"""Sending of attachments: checked and stored before the text is queued, and fetched by the carrier from us."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import Inbox, Member
from kernel.phone_numbers import country_of
from kernel.tenancy import scope
from messaging import form_sending
from messaging.carriers.registry import adapter_for
from messaging.media.models import AttachmentState
from messaging.models import Conversation, MessageStatus
from optout import consent
from optout.consent_types import Actor
from optout.models import Origin
from tests.api.conftest import ApiClient, create_client
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import OVERLOADED, FakeTwilio, FileAnswer, refusal
from tests.messaging.media import files
from tests.messaging.media.test_fetching import Attachments, Round, path_of, send
from tests.messaging.media.test_serving import get_shared
from webhooks.models import Endpoint, EventType, WebhookEvent

type StoredFiles = Callable[[], list[Path]]


@pytest.fixture
def browser(cast: Cast, as_client: Callable[[Member], Client]) -> Client:
    return as_client(cast.member)


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    with scope(cast.northside.id):
        return Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=timezone.now()
        )


def post(
    cast: Cast, browser: Client, conversation: Conversation, body: str, *attached: Any, **fields: Any
) -> Any:
    data = {
        "body": body,
        "attachments": [SimpleUploadedFile(name, content) for name, content in attached],
        **fields,
    }
    return browser.post(reverse("messages", args=[cast.northside.slug, conversation.id]), data)


# -- from the page -----------------------------------------------------------------------------------------------


def test_pictures_go_to_the_carrier_by_an_address_that_it_can_open_for_an_hour(
    cast: Cast,
    carrier: FakeTwilio,
    browser: Client,
    conversation: Conversation,
    work: Round,
    attachments: Attachments,
) -> None:
    photo, pdf = files.photo_with_location(), files.PDF
    answer = post(cast, browser, conversation, "Here you are", ("IMG_1.jpg", photo), ("Invoice 7.pdf", pdf))
    assert answer.status_code == 302
    work()
    (sent,) = carrier.sent
    assert (sent.body, len(sent.media)) == ("Here you are", 2)
    picture, document = (get_shared(address) for address in sent.media)
    assert picture["Content-Type"] == "image/jpeg" and b"Secret" not in picture.body
    with Image.open(BytesIO(picture.body)) as opened:
        assert opened.size == (320, 640)
    assert (document["Content-Type"], document.body) == ("application/pdf", pdf)
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert get_shared(sent.media[0]).status_code == 410
    assert [(file.position, file.name, file.due_at) for file in attachments()] == [
        (0, "IMG_1.jpg", None), (1, "Invoice 7.pdf", None),
    ]  # fmt: skip
    page = browser.get(reverse("conversation", args=[cast.northside.slug, conversation.id])).content.decode()
    assert "Photo from Maya Chen" in page and "Invoice 7.pdf" in page


def test_a_text_may_consist_of_attachments_only(
    cast: Cast, carrier: FakeTwilio, browser: Client, conversation: Conversation, work: Round, texts: Any
) -> None:
    post(cast, browser, conversation, "", ("a.png", files.picture("PNG")))
    work()
    assert [(text.body, len(text.media)) for text in carrier.sent] == [("", 1)]
    assert texts()[0].content == "Photo"
    with scope(cast.northside.id):
        assert Conversation.objects.get(id=conversation.id).preview == "Photo"
    assert post(cast, browser, conversation, " ").status_code == 422


@pytest.mark.parametrize(
    ("attached", "sentence"),
    [
        ([("virus.jpg", b"MZ\x90\0" + bytes(99))], "“virus.jpg”: It is not a picture"),
        ([("a.svg", files.SVG)], "“a.svg”: It is not a picture"),
        ([("bomb.png", files.bomb())], "“bomb.png”: This picture has too many pixels"),
        ([(f"{at}.pdf", files.PDF) for at in range(11)], "Attach at most 10 files."),
        ([("a.mp4", files.MP4 + bytes(3 << 20)), ("b.mp4", files.MP4 + bytes(3 << 20))], "larger than 5 MB together"),
    ],
    ids=["false type", "svg", "bomb", "eleven", "too large"],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(
    cast: Cast, browser: Client, conversation: Conversation, texts: Any, stored_files: StoredFiles,
    attachments: Attachments, attached: list[Any], sentence: str,
) -> None:  # fmt: skip
    answer = post(cast, browser, conversation, "My words", *attached)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page and "My words" in page
    assert (texts(), stored_files(), attachments()) == ([], [], [])


def test_an_inbox_that_sends_only_words_offers_and_takes_no_files(
    cast: Cast, browser: Client, owner: Any, conversation: Conversation, texts: Any
) -> None:
    address = reverse("conversation", args=[cast.northside.slug, conversation.id])
    assert "Up to 10 files, 5 MB together" in browser.get(address).content.decode()
    owner.execute("UPDATE accounts_inbox SET number = '+442071838750' WHERE id = %s", [cast.front_desk.id])
    page = browser.get(address).content.decode()
    assert "Attach files" not in page
    answer = post(cast, browser, conversation, "Hello", ("a.pdf", files.PDF))
    assert answer.status_code == 422 and "This inbox can only send words." in answer.content.decode()
    assert texts() == []


@pytest.mark.parametrize(
    ("number", "country", "takes"),
    [
        ("+15105550100", "US", True), ("+14165550123", "CA", True), ("+18885550123", "US", True),
        ("US:384387", "US", True), ("+18765550123", "JM", False), ("+442071838750", "GB", False),
        ("Northside", "", False),
    ],
)  # fmt: skip
def test_which_inboxes_send_attachments(number: str, country: str, takes: bool) -> None:
    inbox = Inbox(number=number)
    assert country_of(number) == country
    assert (adapter_for(inbox).media_limits(inbox) is not None) == takes


def test_a_retry_sends_the_same_files(
    cast: Cast, carrier: FakeTwilio, browser: Client, conversation: Conversation, work: Round, owner: Any
) -> None:
    carrier.answers = [OVERLOADED]
    post(cast, browser, conversation, "", ("a.pdf", files.PDF))
    work()
    owner.execute("UPDATE messaging_message SET due_at = now()")
    work()
    assert [get_shared(text.media[0]).body for text in carrier.sent] == [files.PDF]


def test_send_again_sends_the_files_again_and_is_offered_once(
    cast: Cast, carrier: FakeTwilio, browser: Client, conversation: Conversation, work: Round, texts: Any,
    attachments: Attachments,
) -> None:  # fmt: skip
    carrier.answers = [refusal(30005)]
    post(cast, browser, conversation, "", ("a.png", files.picture("PNG")))
    work()
    (failed,) = texts()
    address = reverse("conversation", args=[cast.northside.slug, conversation.id])
    page = browser.get(address).content.decode()
    assert page.count("Send again") == 1 and f'name="again" value="{failed.id}"' in page
    post(cast, browser, conversation, "", again=failed.id)
    work()
    first, second = attachments()
    assert first.file != second.file and get_shared(carrier.sent[0].media[0]).body
    assert "Send again" not in browser.get(address).content.decode()


def test_nobody_sends_the_files_of_another_conversation_again(
    cast: Cast, carrier: FakeTwilio, browser: Client, conversation: Conversation, texts: Any, owner: Any
) -> None:
    post(cast, browser, conversation, "", ("a.pdf", files.PDF))
    (theirs,) = texts()
    owner.execute("UPDATE messaging_message SET inbox_id = %s", [cast.billing.id])
    assert post(cast, browser, conversation, "", again=theirs.id).status_code == 422
    assert len(texts()) == 1


def test_a_first_text_may_have_attachments(
    cast: Cast, carrier: FakeTwilio, browser: Client, work: Round
) -> None:
    data = {
        "number": STRANGER,
        "inbox": cast.front_desk.id,
        "body": "",
        "attachments": SimpleUploadedFile("a.pdf", files.PDF),
    }
    page = reverse("new_conversation", args=[cast.northside.slug])
    assert '<input type="file" name="attachments" multiple' in browser.get(page).content.decode()
    assert browser.post(page, data).status_code == 302
    work()
    assert [len(text.media) for text in carrier.sent] == [1]


def test_an_upload_that_is_never_sent_is_deleted_after_a_day(
    cast: Cast, browser: Client, conversation: Conversation, fetch: Round, attachments: Attachments,
    stored_files: StoredFiles, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the transaction rolls back")

    monkeypatch.setattr(form_sending, "compose_text", fails)
    with pytest.raises(RuntimeError):
        post(cast, browser, conversation, "", ("a.pdf", files.PDF))
    fetch()
    assert len(stored_files()) == 1, "kept for a day"
    with scope(cast.northside.id):
        (upload,) = attachments()
        upload.due_at = timezone.now()
        upload.save()
    fetch()
    assert (stored_files(), attachments()) == ([], [])


# -- from the API ------------------------------------------------------------------------------------------------


def send_by_api(cast: Cast, crm: ApiClient, **fields: Any) -> Any:
    return crm.post("message/send", {"inbox_id": cast.front_desk.id, "phone_number": "14155550199", **fields})


@pytest.fixture
def crm(cast: Cast) -> ApiClient:
    """Northside's app."""
    return create_client(cast.owner)


@pytest.fixture
def source(carrier: FakeTwilio, settings: Any) -> str:
    """A program's server with files, on this machine."""
    settings.WEBHOOKS_ALLOW_LOOPBACK = True
    return str(settings.TWILIO_API_URL)


def test_a_text_by_api_waits_for_its_file(
    cast: Cast, carrier: FakeTwilio, crm: ApiClient, source: str, work: Round, fetch: Round, texts: Any
) -> None:
    carrier.files["/label.png"] = FileAnswer(files.picture("PNG"))
    answer = send_by_api(cast, crm, media_url=f"{source}/label.png")
    assert answer["status"] == "queued"
    work()
    assert carrier.sent == [], "not yet"
    fetch()
    work()
    (sent,) = carrier.sent
    assert get_shared(sent.media[0])["Content-Type"] == "image/png"
    assert carrier.file_requests == [("/label.png", "")], "without our credentials"
    (listed,) = crm.get(f"messages?phoneNumber=14155550199&inboxID={cast.front_desk.id}")
    assert (listed["content"], len(listed["media"])) == ("Photo", 1)
    assert get_shared(listed["media"][0]).status_code == 200


def test_a_text_by_api_fails_without_its_file(
    cast: Cast, carrier: FakeTwilio, crm: ApiClient, source: str, work: Round, fetch: Round, texts: Any
) -> None:
    send_by_api(cast, crm, text="Look", media_url=f"{source}/nothing.png")
    send_by_api(cast, crm, text="And this")
    carrier.files["/nothing.png"] = FileAnswer(status=404)
    fetch()
    work()
    first, _ = texts()
    assert (first.status, first.trouble) == (
        MessageStatus.FAILED, "An attachment cannot be sent. The carrier no longer has this attachment.",
    )  # fmt: skip
    assert carrier.bodies() == ["And this"], "the texts behind it are not stopped"


def test_a_file_that_takes_too_long_ends_the_wait(
    cast: Cast, carrier: FakeTwilio, crm: ApiClient, source: str, work: Round, texts: Any, owner: Any
) -> None:
    send_by_api(cast, crm, text="Look", media_url=f"{source}/slow.png")
    owner.execute("UPDATE messaging_message SET due_at = now()")
    work()
    (text,) = texts()
    assert text.trouble == "An attachment cannot be sent. It could not be fetched in time."
    assert carrier.sent == []


def test_nothing_is_fetched_for_a_refused_text(
    cast: Cast, carrier: FakeTwilio, crm: ApiClient, source: str, fetch: Round, attachments: Attachments
) -> None:
    with scope(cast.northside.id):
        consent.opt_out(cast.northside.id, STRANGER, Actor(Origin.MEMBER, "Maya"), reason="x")
    refused = {"inbox_id": cast.front_desk.id, "phone_number": "14155550199", "media_url": f"{source}/a.png"}
    assert crm.refused("POST", "message/send", refused) == (409, "unsubscribed_number")
    fetch()
    assert carrier.file_requests == []
    assert attachments()[0].state == AttachmentState.GONE


def test_webhooks_give_our_address_of_what_was_sent_and_received(
    cast: Cast, carrier: FakeTwilio, browser: Client, conversation: Conversation, work: Round, fetch: Round
) -> None:
    with scope(cast.northside.id):
        endpoint = Endpoint(
            team=cast.northside,
            name="CRM",
            url="https://crm.example/",
            events=[EventType.RECEIVED, EventType.SENT],
        )
        endpoint.rotate_secret()
        endpoint.save()
    carrier.files[path_of("ME1")] = FileAnswer(files.PDF)
    send(carrier, cast, "ME1")
    post(cast, browser, conversation, "", ("a.png", files.picture("PNG")))
    fetch()
    work()
    with scope(cast.northside.id):
        received, sent = (event.data["media"] for event in WebhookEvent.objects.order_by("id"))
    assert [get_shared(media["url"])["Content-Type"] for media in (*received, *sent)] == [
        "application/pdf",
        "image/png",
    ]
    assert "twilio" not in str((received, sent))
