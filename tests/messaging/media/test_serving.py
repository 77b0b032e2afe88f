"""Serving: members who see the inbox get an attachment; systems need an address that we signed, and that is valid."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from kernel.tenancy import scope
from messaging.media.links import FOR_SYSTEMS, shared_address
from messaging.media.models import Attachment, AttachmentState
from messaging.models import Conversation, Message, MessageStatus
from tests.cast import MARIA, Cast
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer
from tests.messaging.media import files
from tests.messaging.media.test_fetching import Attachments, Round, path_of, send

type AsClient = Callable[[Member], Client]


@pytest.fixture
def text(cast: Cast) -> Message:
    """An inbound text at the front desk."""
    now = timezone.now()
    with scope(cast.northside.id):
        conversation = Conversation.objects.create(
            team=cast.northside, inbox=cast.front_desk, number=MARIA, last_message_at=now
        )
        return Message.objects.create(
            team=cast.northside, conversation=conversation, inbox=cast.front_desk, number=MARIA, outbound=False,
            status=MessageStatus.RECEIVED, media=[{"file": "x", "type": "image/jpeg"}], at=now,
        )  # fmt: skip


@pytest.fixture
def picture(cast: Cast, text: Message) -> Attachment:
    with scope(cast.northside.id):
        return files.stored_picture(text)


def url(cast: Cast, attachment: Attachment, name: str = "attachment") -> str:
    return reverse(name, args=[cast.northside.slug, attachment.id])


def thread(cast: Cast, browser: Client) -> str:
    with scope(cast.northside.id):
        conversation = Conversation.objects.get(number=MARIA)
    return browser.get(reverse("conversation", args=[cast.northside.slug, conversation.id])).content.decode()


def get(browser: Client, address: str, **headers: str) -> Any:
    """A response that was read to its end, with its `body`: until then it holds a file."""
    answer: Any = browser.get(address, headers=headers)
    answer.body = b"".join(answer)
    return answer


# -- to members --------------------------------------------------------------------------------------------------


def test_only_who_sees_the_inbox_gets_the_file(cast: Cast, picture: Attachment, as_client: AsClient) -> None:
    for name in ("attachment", "attachment_thumbnail", "attachment_download"):
        got = [get(as_client(who), url(cast, picture, name)).status_code for who in
               (cast.owner, cast.member, cast.second, cast.outsider)]  # fmt: skip
        assert got == [200, 200, 404, 404], name


def test_a_file_cannot_run_in_the_browser(cast: Cast, picture: Attachment, as_client: AsClient) -> None:
    browser = as_client(cast.member)
    for name in ("attachment", "attachment_thumbnail"):
        answer = get(browser, url(cast, picture, name))
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"].startswith("private")
    answer = get(browser, url(cast, picture))
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer.body == files.picture(size=(4, 2))


def test_other_files_are_saved_not_shown(cast: Cast, text: Message, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        pdf = files.stored_picture(text, content_type="application/pdf", name='in"voice.pdf', width=None)
    answer = get(as_client(cast.member), url(cast, pdf, "attachment_download"))
    assert answer["Content-Disposition"] == 'attachment; filename="in\\"voice.pdf"'
    assert as_client(cast.member).get(url(cast, pdf, "attachment_thumbnail")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-1", 206, slice(0, 2)), ("bytes=5-", 206, slice(5, None)), ("bytes=2-999999", 206, slice(2, None)),
        ("bytes=9-2", 200, slice(None)), ("bytes=99999999-", 200, slice(None)), ("lines=1-2", 200, slice(None)),
    ],
)  # fmt: skip
def test_players_get_parts(
    cast: Cast, picture: Attachment, as_client: AsClient, asked: str, status: int, part: slice
) -> None:
    whole = files.picture(size=(4, 2))
    answer: Any = as_client(cast.member).get(
        url(cast, picture, "attachment_download"), headers={"range": asked}
    )
    content = b"".join(answer)
    assert (answer.status_code, content) == (status, whole[part])
    assert answer["Content-Length"] == str(len(content))
    if status == 206:
        first = part.start or 0
        assert answer["Content-Range"] == f"bytes {first}-{first + len(content) - 1}/{len(whole)}"


def test_a_missing_file_is_not_found(cast: Cast, text: Message, as_client: AsClient) -> None:
    with scope(cast.northside.id):
        lost = Attachment.objects.create(
            team=cast.northside,
            message=text,
            state=AttachmentState.STORED,
            file="1/lost",
            content_type="image/jpeg",
        )
    assert as_client(cast.member).get(url(cast, lost)).status_code == 404


# -- to systems --------------------------------------------------------------------------------------------------


def get_shared(address: str) -> Any:
    return get(Client(), address.removeprefix(settings.PUBLIC_URL))


def test_a_signed_address_works_without_a_session_until_it_expires(cast: Cast, picture: Attachment) -> None:
    address = shared_address(cast.northside.id, picture.id, timedelta(hours=1))
    assert get_shared(address).body == files.picture(size=(4, 2))
    assert get_shared(address[:-1] + ("A" if address[-1] != "A" else "B")).status_code == 404
    number = str(picture.id)
    assert get_shared(address.replace(f"-{number}-", f"-{int(number) + 1}-")).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert get_shared(address).status_code == 410


def test_a_signed_address_says_what_became_of_the_file(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(status=404)
    send(carrier, cast, "ME1")
    (waiting,) = attachments()
    address = shared_address(cast.northside.id, waiting.id, FOR_SYSTEMS)
    answer = get_shared(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "15")
    fetch()
    answer = get_shared(address)
    assert (answer.status_code, answer.content) == (410, b"The carrier no longer has this attachment.\n")


# -- in the thread -----------------------------------------------------------------------------------------------


def test_the_thread_shows_all_attachments_and_no_address_of_the_carrier(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, as_client: AsClient
) -> None:
    bodies = [files.picture(), files.MP4, files.AMR, files.PDF, files.CARD, files.SVG]
    for at, body in enumerate(bodies):
        carrier.files[path_of(f"ME{at}")] = FileAnswer(body)
    carrier.files[path_of("ME6")] = FileAnswer(status=404)
    send(carrier, cast, *(f"ME{at}" for at in range(7)))
    browser = as_client(cast.member)
    page = thread(cast, browser)
    assert page.count("it is being fetched") == 7 and "api.twilio.com" not in page
    fetch()
    page = thread(cast, browser)
    assert "api.twilio.com" not in page and "it is being fetched" not in page
    stored = attachments()
    places = [
        page.index(f'src="{url(cast, stored[0], "attachment_thumbnail")}"'),
        page.index(f'src="{url(cast, stored[1], "attachment_download")}"'),
        page.index(f'src="{url(cast, stored[2], "attachment_download")}"'),
        page.index(f'href="{url(cast, stored[3], "attachment_download")}"'),
        page.index("Ana Lopez"),
        page.index("so it was not stored"),
        page.index("The carrier no longer has this attachment."),
    ]
    assert places == sorted(places)
    assert 'width="288"' in page and 'height="144"' in page, "the place of a picture is known before it loads"
    assert "?number=%2B1%20415%20555%200177&name=Ana%20Lopez" in page


def test_a_card_prefills_a_new_contact(cast: Cast, as_client: AsClient) -> None:
    page = as_client(cast.member).get(
        reverse("new_contact", args=[cast.northside.slug]), {"number": "+14155550177", "name": "Ana Lopez"}
    )
    content = page.content.decode()
    assert 'value="Ana"' in content and 'value="Lopez"' in content and "555-0177" in content
