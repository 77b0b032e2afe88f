"""Fetching: the attachments of inbound texts are stored after checks, or say why not, and never stop a text."""

import socket
from base64 import b64decode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from PIL import Image

from kernel.tenancy import scope
from messaging.media import fetching, refusals
from messaging.media.models import Attachment, AttachmentState
from messaging.media.picture_process import TOO_MANY_PIXELS, UNREADABLE
from messaging.models import Conversation, Message
from messaging.scope_lookups import TextFilters, find_texts
from messaging.search.indexing import index_new
from tests.cast import MARIA, STRANGER, Cast
from tests.messaging.fake_twilio import FakeTwilio, FileAnswer, new_sid
from tests.messaging.media import files

MEGABYTE = 1024 * 1024


def path_of(name: str) -> str:
    return f"/2010-04-01/Accounts/AC1/Messages/MM1/Media/{name}"


def send(carrier: FakeTwilio, cast: Cast, *names: str, body: str = "", kind: str = "image/jpeg") -> None:
    """A text from Maria with these attachments, which the carrier calls pictures."""
    media = {f"MediaUrl{at}": f"https://api.twilio.com{path_of(name)}" for at, name in enumerate(names)}
    types = {f"MediaContentType{at}": kind for at in range(len(names))}
    answer = carrier.text(cast.front_desk, MARIA, body, NumMedia=str(len(names)), **media, **types)
    assert answer.status_code == 200


def content(attachment: Attachment, *, thumbnail: bool = False) -> bytes:
    with storages["media"].open(attachment.thumbnail if thumbnail else attachment.file) as file:
        return bytes(file.read())


ANIMATED = files.picture("GIF", mode="L", save_all=True, append_images=[Image.new("L", (640, 320), 9)])
type Attachments = Callable[..., list[Attachment]]
type Round = Callable[[], None]


# -- stored ------------------------------------------------------------------------------------------------------


def test_a_picture_is_stored_upright_without_its_location(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(files.photo_with_location())
    send(carrier, cast, "ME1")
    (waiting,) = attachments()
    assert (waiting.state, waiting.position) == (AttachmentState.WAITING, 0)
    fetch()
    (stored,) = attachments()
    assert (stored.state, stored.content_type, stored.due_at) == (AttachmentState.STORED, "image/jpeg", None)
    assert (stored.width, stored.height) == (320, 640)
    written = content(stored)
    assert stored.size == len(written)
    with Image.open(BytesIO(written)) as picture:
        assert (picture.size, dict(picture.getexif())) == ((320, 640), {})
    assert b"Secret" not in written and b"Exif" not in written
    with Image.open(BytesIO(content(stored, thumbnail=True))) as small:
        assert (small.format, small.size) == ("WEBP", (240, 480))


def test_credentials_go_to_the_carrier_and_not_to_the_address_it_redirects_to(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, settings: Any
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(status=307, location=f"{settings.TWILIO_API_URL}/elsewhere")
    carrier.files["/elsewhere"] = FileAnswer(files.PDF)
    send(carrier, cast, "ME1")
    fetch()
    (first, sent), (second, nothing) = carrier.file_requests
    assert (first, second) == (path_of("ME1"), "/elsewhere")
    assert b64decode(sent.split()[-1]).decode() == f"{cast.front_desk.account_id}:front-desk-token"
    assert nothing == ""
    (stored,) = attachments()
    assert (stored.content_type, content(stored)) == ("application/pdf", files.PDF)


@pytest.mark.parametrize(("said", "body", "before", "after"), [
    ("application/octet-stream", files.picture("PNG"), [], ["Look"]), ("image/jpeg", files.PDF, ["Look"], []),
])  # fmt: skip
def test_a_search_for_pictures_follows_the_true_type(
    cast: Cast, carrier: FakeTwilio, fetch: Round, said: str, body: bytes, before: list[str], after: list[str]
) -> None:
    def found() -> list[str]:
        with scope(cast.northside.id):
            index_new(cast.northside.id)
            ids = find_texts("look", TextFilters(with_picture=True), None, 10)
            return [text.body for text in Message.objects.filter(id__in=ids)]

    carrier.files[path_of("ME1")] = FileAnswer(body)
    send(carrier, cast, "ME1", body="Look", kind=said)
    assert found() == before
    fetch()
    assert found() == after


@pytest.mark.parametrize(
    ("body", "content_type", "preview"),
    [
        (files.picture("PNG", mode="RGBA"), "image/png", "Photo"),
        (ANIMATED, "image/gif", "Photo"),
        (files.picture("TIFF"), "image/jpeg", "Photo"),
        (files.MP4, "video/mp4", "Video"),
        (files.AMR, "audio/amr", "Voice message"),
        (files.PDF, "application/pdf", "PDF file"),
        (files.CARD, "text/vcard", "Contact card"),
    ],
    ids=["png", "animated gif", "tiff", "video", "audio", "pdf", "card"],
)  # fmt: skip
def test_the_type_is_that_of_the_content_also_in_the_list(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, texts: Any,
    body: bytes, content_type: str, preview: str,
) -> None:  # fmt: skip
    """The carrier calls each of them a picture."""
    carrier.files[path_of("ME1")] = FileAnswer(body)
    send(carrier, cast, "ME1")
    with scope(cast.northside.id):
        assert Conversation.objects.get(number=MARIA).preview == "Photo"
    fetch()
    (stored,) = attachments()
    assert (stored.state, stored.content_type) == (AttachmentState.STORED, content_type)
    (text,) = texts()
    assert (text.media, text.content) == ([{"file": stored.file, "type": content_type}], preview)
    with scope(cast.northside.id):
        assert Conversation.objects.get(number=MARIA).preview == preview


def test_all_attachments_are_stored_in_their_order(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments
) -> None:
    for at in range(10):
        carrier.files[path_of(f"ME{at}")] = FileAnswer(files.PDF + b"%d" % at)
    send(carrier, cast, *(f"ME{at}" for at in range(10)), body="Ten files")
    fetch()
    stored = attachments()
    assert [content(file)[-1:] for file in stored] == [b"%d" % at for at in range(10)]
    assert len({file.file for file in stored}) == 10
    assert all(file.file.startswith(f"{cast.northside.id}/") and len(file.file) > 32 for file in stored)


def test_a_contact_card_keeps_name_and_number(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(files.CARD)
    send(carrier, cast, "ME1")
    fetch()
    assert attachments()[0].card == {"name": "Ana Lopez", "number": "+1 415 555 0177"}


# -- not stored --------------------------------------------------------------------------------------------------


def endless(piece: bytes = bytes(64 * 1024)) -> Iterator[bytes]:
    while True:
        yield piece


HOSTILE: dict[str, tuple[FileAnswer, str, str]] = {
    "picture bomb": (FileAnswer(files.bomb()), AttachmentState.REFUSED, TOO_MANY_PIXELS),
    "broken picture": (FileAnswer(files.picture()[:400]), AttachmentState.REFUSED, UNREADABLE),
    "false type": (FileAnswer(b"MZ\x90\0" + bytes(500)), AttachmentState.REFUSED, refusals.WRONG_TYPE),
    "svg with script": (FileAnswer(files.SVG), AttachmentState.REFUSED, refusals.WRONG_TYPE),
    "html": (FileAnswer(files.HTML), AttachmentState.REFUSED, refusals.WRONG_TYPE),
    "announced 100 MB": (
        FileAnswer(files.MP4 + bytes(MEGABYTE), announced=100 * MEGABYTE), AttachmentState.REFUSED,
        "This video is larger than 50 MB, so it was not stored.",
    ),
    "endless video": (
        FileAnswer(files.MP4, announced=-1, more=endless), AttachmentState.REFUSED,
        "This video is larger than 50 MB, so it was not stored.",
    ),
    "endless card": (
        FileAnswer(files.CARD, announced=-1, more=endless), AttachmentState.REFUSED,
        "This contact card is larger than 1 MB, so it was not stored.",
    ),
    "redirect to this machine": (
        FileAnswer(status=302, location="https://127.0.0.1/admin"), AttachmentState.REFUSED, refusals.PRIVATE_ADDRESS
    ),
    "redirect to the metadata of a cloud": (
        FileAnswer(status=302, location="https://metadata.example.com/latest/"), AttachmentState.REFUSED,
        refusals.PRIVATE_ADDRESS,
    ),
    "redirect to a private network": (
        FileAnswer(status=307, location="https://intranet.example.com/"), AttachmentState.REFUSED,
        refusals.PRIVATE_ADDRESS,
    ),
    "redirect without TLS": (
        FileAnswer(status=302, location="http://media.example.com/a"), AttachmentState.REFUSED,
        "Its address does not begin with https, so it was not fetched.",
    ),
    "redirect to itself": (
        FileAnswer(status=302, location=path_of("ME1")), AttachmentState.REFUSED,
        "Its address redirects too often, so it was not fetched.",
    ),
    "redirect to a file": (
        FileAnswer(status=302, location="file:///etc/passwd"), AttachmentState.REFUSED,
        "Its address does not begin with https, so it was not fetched.",
    ),
    "404": (FileAnswer(status=404), AttachmentState.GONE, "The carrier no longer has this attachment."),
    "410": (FileAnswer(status=410), AttachmentState.GONE, "The carrier no longer has this attachment."),
    "empty file": (FileAnswer(), AttachmentState.GONE, "The carrier sent an empty file."),
}  # fmt: skip


INTERNAL = {"metadata.example.com": "169.254.169.254", "intranet.example.com": "fd00::1"}


@pytest.fixture
def internal_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that resolve to internal addresses."""
    look_up = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host not in INTERNAL:
            return look_up(host, port, *args, **options)
        family = socket.AF_INET6 if ":" in INTERNAL[host] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (INTERNAL[host], port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


@pytest.mark.usefixtures("internal_names")
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_not_stored_says_why_and_later_texts_are_accepted(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, stored_files: Callable[[], list[Path]],
    texts: Any, name: str,
) -> None:  # fmt: skip
    answer, state, reason = HOSTILE[name]
    carrier.files[path_of("ME1")] = answer
    carrier.files[path_of("ME2")] = FileAnswer(files.PDF)
    send(carrier, cast, "ME1")
    fetch()
    (refused,) = attachments()
    assert (refused.state, refused.reason, refused.due_at) == (state, reason, None)
    assert stored_files() == []
    send(carrier, cast, "ME2", body="And the invoice")
    fetch()
    assert attachments()[-1].state == AttachmentState.STORED
    assert [text.body for text in texts()] == ["", "And the invoice"]


def test_a_medium_without_an_address_is_gone_at_once(
    cast: Cast, carrier: FakeTwilio, attachments: Attachments
) -> None:
    carrier.text(cast.front_desk, MARIA, "", NumMedia="1", MediaUrl0="http://x.example/a")
    (missing,) = attachments()
    assert (missing.state, missing.reason) == (AttachmentState.GONE, refusals.NOT_ARRIVED)


def test_temporary_errors_are_tried_again_and_then_given_up(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, owner: Any
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(status=503)
    send(carrier, cast, "ME1")
    for _ in fetching.RETRY_DELAYS:
        fetch()
        (waiting,) = attachments()
        assert (waiting.state, waiting.reason) == (AttachmentState.WAITING, "The carrier answered 503.")
        fetch()  # not due yet
        assert attachments()[0].attempts == waiting.attempts
        owner.execute("UPDATE messaging_attachment SET due_at = now()")
    fetch()
    (gone,) = attachments()
    assert (gone.state, gone.reason) == (
        AttachmentState.GONE,
        "It could not be fetched. The carrier answered 503.",
    )


def test_a_later_attempt_stores_it(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, owner: Any
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(files.PDF, announced=5000)  # the connection breaks
    send(carrier, cast, "ME1")
    fetch()
    assert attachments()[0].reason == "The carrier sent only a part of the file."
    carrier.files[path_of("ME1")] = FileAnswer(files.PDF)
    owner.execute("UPDATE messaging_attachment SET due_at = now()")
    fetch()
    (stored,) = attachments()
    assert (stored.state, stored.reason) == (AttachmentState.STORED, "")


def test_a_killed_worker_is_followed_by_another(
    cast: Cast, carrier: FakeTwilio, fetch: Round, attachments: Attachments, owner: Any
) -> None:
    carrier.files[path_of("ME1")] = FileAnswer(files.PDF)
    send(carrier, cast, "ME1")
    (waiting,) = attachments()
    assert fetching.claim(cast.northside.id, waiting.id)  # and nothing more
    fetch()
    assert attachments()[0].state == AttachmentState.WAITING, "claimed"
    owner.execute("UPDATE messaging_attachment SET due_at = now()")
    fetch()
    assert attachments()[0].state == AttachmentState.STORED


def test_the_text_of_a_blocked_number_has_no_attachments(
    cast: Cast, carrier: FakeTwilio, attachments: Attachments
) -> None:
    from optout import consent
    from optout.consent_types import Actor
    from optout.models import Origin

    with scope(cast.northside.id):
        consent.block(cast.northside.id, STRANGER, Actor(Origin.MEMBER, "Maya"), reason="spam")
    carrier.text(
        cast.front_desk, STRANGER, "", NumMedia="1", MediaUrl0=f"https://api.twilio.com{path_of('ME1')}"
    )
    assert attachments() == []


def test_a_delivery_that_is_repeated_has_its_attachments_once(
    cast: Cast, carrier: FakeTwilio, attachments: Attachments
) -> None:
    sid = new_sid()
    for _ in range(2):
        carrier.text(
            cast.front_desk,
            MARIA,
            "",
            sid=sid,
            NumMedia="1",
            MediaUrl0=f"https://api.twilio.com{path_of('ME1')}",
        )
    assert len(attachments()) == 1
